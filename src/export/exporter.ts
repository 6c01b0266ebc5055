// What an export format is: a header, a piece for each step, an end. Pieces go out as they come; nothing is gathered.

import type { Kernel } from '../kernel/define.ts';
import type { StepEvent } from '../runtime/events.ts';
import type { Topology } from '../scenario/topology.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';

export interface Exporter {
  readonly name: string;
  /** Of files that hold it, with the dot; empty where it makes a folder. */
  readonly extension: string;
  readonly description: string;
  /** Bytes, or half a megabyte of markup: nothing that a terminal should get. */
  readonly unreadable?: true;
  /** Makes a folder: its parts are the files in it, and the writer answers nothing but empty pieces. */
  readonly folder?: true;
  /** It says something of the run as a whole, so it must be told every step from the first one on. */
  readonly fromStart?: true;
  /** Why traces with this header cannot be written so, as the end of a sentence that begins with the trace's name; nothing when they can. */
  refuses?(header: TraceHeader): string | undefined;
  /** A fresh writer for one trace. `run`: what the trace is of, for formats that need more of it than its events. `parts`: for what cannot
   *  go out in the order of the steps. */
  open(header: TraceHeader, actors: readonly ExportedActor[], run?: ExportRun, parts?: Parts): ExportWriter;
}

/** What a trace is a run of. */
export interface ExportRun {
  readonly kernel: Kernel;
  readonly topology: Topology;
  /** The page of `faultline inspect`, for what is put into it: all in front of a trace, and all behind it. */
  readonly page?: ((header: TraceHeader) => { readonly head: string; readonly tail: string }) | undefined;
}

/** An actor of the scenario, in the order of their numbers, from 1. */
export interface ExportedActor { readonly name: string; readonly machine: string }

/** Text goes out as UTF-8. Bytes hold until the next call of the writer only: it may fill them anew. */
export type Piece = string | Uint8Array;

export interface ExportWriter {
  header(): Piece;
  step(event: StepEvent): Piece;
  /** `footer` is missing when only a part of the trace was asked for. Several pieces go out in their order; `part`: all of that part. */
  end(footer: TraceFooter | undefined): Piece | readonly (Piece | { readonly part: string })[];
}

/** What grows beside the output: in a folder its files; elsewhere kept aside, until the end names them. */
export interface Parts {
  /** Adds bytes to the end of a part, which begins to be with that. They are taken at once. */
  append(part: string, bytes: Uint8Array): void;
}

// What an export format is: a header, a piece for each step, an end. Text goes out as it comes; nothing is gathered.

import type { Kernel } from '../kernel/define.ts';
import type { StepEvent } from '../runtime/events.ts';
import type { Topology } from '../scenario/topology.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';

export interface Exporter {
  readonly name: string;
  /** Of files that hold it, with the dot. */
  readonly extension: string;
  readonly description: string;
  /** It says something of the run as a whole, so it must be told every step from the first one on. */
  readonly fromStart?: true;
  /** A fresh writer for one trace. `run`: what the trace is of, for formats that need more of it than its events. */
  open(header: TraceHeader, actors: readonly { readonly name: string; readonly machine: string }[], run?: ExportRun): ExportWriter;
}

/** What a trace is a run of. */
export interface ExportRun { readonly kernel: Kernel; readonly topology: Topology }

export interface ExportWriter {
  header(): string;
  step(event: StepEvent): string;
  /** `footer` is missing when only a part of the trace was asked for. */
  end(footer: TraceFooter | undefined): string;
}

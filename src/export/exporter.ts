// What an export format is: a header, a piece for each step, an end. Text goes out as it comes; nothing is gathered.

import type { StepEvent } from '../runtime/events.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';

export interface Exporter {
  readonly name: string;
  /** Of files that hold it, with the dot. */
  readonly extension: string;
  readonly description: string;
  /** A fresh writer for one trace. */
  open(header: TraceHeader, actors: readonly { readonly name: string; readonly machine: string }[]): ExportWriter;
}

export interface ExportWriter {
  header(): string;
  step(event: StepEvent): string;
  /** `footer` is missing when only a part of the trace was asked for. */
  end(footer: TraceFooter | undefined): string;
}

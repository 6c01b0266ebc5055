// Sends the steps of a trace through a writer to where they go.

import type { Exporter, Piece } from '../export/exporter.ts';
import { html } from '../export/html.ts';
import { pageFiles } from '../inspect/page-files.ts';
import { singleFile } from '../inspect/single-file.ts';
import type { Kernel } from '../kernel/define.ts';
import type { StepEvent } from '../runtime/events.ts';
import { eventsOfTrace } from '../runtime/replay.ts';
import type { Topology } from '../scenario/topology.ts';
import type { TraceSource } from '../trace/source.ts';
import { layoutsText } from './chart-layouts.ts';
import { ExportProgress } from './export-progress.ts';
import type { Sink } from './export-sink.ts';

/** A trace, and what it takes to replay it. */
export interface Exportable { readonly source: TraceSource; readonly kernel: Kernel; readonly topology: Topology }

/** What of a trace goes out: steps by number; with `wanted` only those of these actors, and those that send them something. */
export interface Part { readonly from: number; readonly to: number; readonly wanted?: ReadonlySet<string> | undefined }

const isWanted = ({ actor, messages }: StepEvent, wanted: ReadonlySet<string>): boolean => wanted.has(actor) || messages.some((message) => wanted.has(message.to));

/** Characters that are written at a time. */
const PIECE = 1 << 16;

/** Sends everything to the sink, a piece at a time, until it is `ended`; answers how many steps it was. */
export async function exported({ source, kernel, topology }: Exportable, exporter: Exporter, sink: Sink, { from, to, wanted }: Part, ended: () => boolean = () => false): Promise<number> {
  // Charts of a person's own kernel are laid out now; those of others were when the package was built.
  const charts = exporter.name === html.name && source.header.kernelText !== undefined ? await layoutsText(kernel) : undefined;
  const writer = exporter.open(source.header, topology.actors, { kernel, topology, page: (header) => singleFile(pageFiles(), header, charts) }, sink.parts);
  const events = eventsOfTrace(source, kernel, topology, from, to);
  const progress = new ExportProgress();
  let pending = '';
  /** Text is gathered, bytes go at once: they may be others when the writer is asked again. */
  const put = async (piece: Piece): Promise<void> => {
    if (typeof piece === 'string' && (pending += piece).length < PIECE) return;
    if (pending !== '') await sink.write(pending);
    pending = '';
    if (typeof piece !== 'string' && piece.length > 0) await sink.write(piece);
  };
  let count = 0;
  try {
    await put(writer.header());
    for (let one = events.next(); ; one = events.next()) {
      if (one.done === true) {
        const last = writer.end(one.value);
        for (const piece of typeof last === 'string' || last instanceof Uint8Array ? [last] : last) {
          if (typeof piece === 'string' || piece instanceof Uint8Array) await put(piece);
          else for (const bytes of sink.parts.read(piece.part)) await put(bytes);
        }
        if (pending !== '') await sink.write(pending);
        return count;
      }
      if ((one.value.step & 0xff) === 0) await progress.at(one.value.step);
      if (ended()) return count;
      if (wanted !== undefined && !isWanted(one.value, wanted)) continue;
      count++;
      const piece = writer.step(one.value);
      if (typeof piece === 'string' && (pending += piece).length < PIECE) continue;
      await put(typeof piece === 'string' ? '' : piece);
      if (sink.closed()) return count;
    }
  } finally {
    events.return(undefined);
    progress.clear();
  }
}

// A recorded run in a format of bytes: what goes out, with the parts where the end names them; in a folder, the parts by name.

import type { Exporter, ExportWriter, Parts, Piece } from '../../src/export/exporter.ts';
import type { StepEvent } from '../../src/runtime/events.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { TraceFooter } from '../../src/trace/header.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { bytesOf, SC01, type Recorded } from './recorded.ts';

export interface Exported { readonly bytes: Buffer; readonly parts: ReadonlyMap<string, Buffer> }

/** The whole export. */
export function exportedParts(exporter: Exporter, recorded: Recorded, scenario: Scenario = SC01): Exported {
  const { kernel } = recorded;
  const topology = compile(scenario, kernel);
  return gathered((parts) => exporter.open(recorded.header, topology.actors, { kernel, topology }, parts), () => eventsOfTrace(traceInMemory('t', bytesOf(recorded)), kernel, topology));
}

/** What a writer makes of a stream of steps. */
export function gathered(open: (parts: Parts) => ExportWriter, stream: () => Generator<StepEvent, TraceFooter | undefined>): Exported {
  const grown = new Map<string, Uint8Array[]>();
  const writer = open({
    append(part, bytes) {
      grown.set(part, [...grown.get(part) ?? [], Uint8Array.from(bytes)]);
    },
  });
  const out: Uint8Array[] = [];
  const put = (piece: Piece): void => { out.push(typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece)); };
  put(writer.header());
  const events = stream();
  for (let one = events.next(); ; one = events.next()) {
    if (one.done !== true) {
      put(writer.step(one.value));
      continue;
    }
    const last = writer.end(one.value);
    for (const piece of typeof last === 'string' || last instanceof Uint8Array ? [last] : last) {
      if (typeof piece === 'string' || piece instanceof Uint8Array) put(piece);
      else out.push(...grown.get(piece.part)!);
    }
    return { bytes: Buffer.concat(out), parts: new Map([...grown].map(([name, pieces]) => [name, Buffer.concat(pieces)])) };
  }
}

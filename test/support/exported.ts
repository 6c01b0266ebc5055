// A recorded run in an export format, whole or in part.

import type { Exporter } from '../../src/export/exporter.ts';
import { ndjson } from '../../src/export/ndjson.ts';
import type { StepEvent } from '../../src/runtime/events.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { bytesOf, SC01, type Recorded } from './recorded.ts';

/** The whole text of an export. */
export function exported(exporter: Exporter, recorded: Recorded, scenario: Scenario = SC01, from = 1, to = Infinity): string {
  const { kernel } = recorded;
  const topology = compile(scenario, kernel);
  const writer = exporter.open(recorded.header, topology.actors, { kernel, topology });
  const textOf = (piece: string | Uint8Array): string => (typeof piece === 'string' ? piece : Buffer.from(piece).toString());
  let text = textOf(writer.header());
  const events = eventsOfTrace(traceInMemory('t', bytesOf(recorded)), kernel, topology, from, to);
  for (let one = events.next(); ; one = events.next()) {
    if (one.done === true) return text + [writer.end(one.value)].flat().map((piece) => textOf(piece as string | Uint8Array)).join('');
    text += textOf(writer.step(one.value));
  }
}

/** The steps of a run as the archive has them: what other formats are held against. */
export const archived = (recorded: Recorded, scenario: Scenario = SC01): StepEvent[] =>
  exported(ndjson, recorded, scenario).trimEnd().split('\n').map((line) => JSON.parse(line) as StepEvent & { type: string }).filter(({ type }) => type === 'step');

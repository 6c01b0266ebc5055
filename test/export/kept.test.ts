// What a stream of passing events goes out as: the same bytes as with an event of its own for each step.

import { describe, expect, it } from 'vitest';
import { exporters } from '../../src/export/index.ts';
import { isKept } from '../../src/runtime/kept-steps.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { compile } from '../../src/scenario/compile.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { gathered } from '../support/exported-parts.ts';
import { bytesOf, ENDLESS, record, v6_8 } from '../support/recorded.ts';

const recorded = await record(ENDLESS, { limits: { steps: 4000 } });
const topology = compile(ENDLESS, v6_8);
const events = (passing: boolean) => eventsOfTrace(traceInMemory('t', bytesOf(recorded)), v6_8, topology, 1, Infinity, passing);

describe('passing events', () => {
  it('are the same objects for most steps, and what each step is', () => {
    const own = [...events(false)];
    let kept = 0, at = 0;
    for (const event of events(true)) {
      if (isKept(event)) kept++;
      expect({ ...event }).toEqual({ ...own[at++] });
    }
    expect(at).toBe(4000);
    expect(kept).toBeGreaterThan(2000);
  });

  it.for(['ndjson', 'ftrace', 'tracedat', 'ctf', 'perfetto', 'mermaid'])('go out in %s as others do', (name) => {
    const exporter = exporters.find((one) => one.name === name)!;
    const [passing, own] = [true, false].map((how) => gathered((parts) => exporter.open(recorded.header, topology.actors, { kernel: v6_8, topology }, parts), () => events(how)));
    expect(passing!.bytes.equals(own!.bytes)).toBe(true);
    expect(passing!.parts).toEqual(own!.parts);
  });
});

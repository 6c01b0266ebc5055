// ndjson: everything of every step, so that memory can be followed from the lines alone.

import { expect, test } from 'vitest';
import { ndjson } from '../../src/export/ndjson.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { exported } from '../support/exported.ts';
import { bytesOf, ENDLESS, record, SC01, v6_8, type Recorded } from '../support/recorded.ts';

interface Word { object: string; at: object; field: string; element?: number; old: number; value: number; text?: string }
interface Line { type: string; step: number; actor: string; state: string; name: string; outcome: string; to: string; choice?: number; reads: Word[]; writes: Word[]; messages: { message: string }[] }

const linesOf = (recorded: Recorded, scenario: Scenario): Line[] => exported(ndjson, recorded, scenario).trimEnd().split('\n').map((line) => JSON.parse(line) as Line);

test('a step is what JSON.stringify makes of its event', async () => {
  const recorded = await record(ENDLESS, { limits: { steps: 3000 } });
  const topology = compile(ENDLESS, v6_8);
  const lines = exported(ndjson, recorded, ENDLESS).trimEnd().split('\n').slice(1, -1);
  const events = [...eventsOfTrace(traceInMemory('t', bytesOf(recorded)), v6_8, topology)];
  expect(lines).toEqual(events.map((event) => JSON.stringify({ type: 'step', ...event })));
});

test('a header, one line for each step, a footer', async () => {
  const recorded = await record();
  const lines = linesOf(recorded, SC01);
  expect(lines.map(({ type }) => type)).toEqual(['header', ...Array.from({ length: recorded.result.steps }, () => 'step'), 'footer']);
  expect(lines[0]).toMatchObject({ kernel: 'v6.8', seed: 1, scenario: { name: 'SC01' }, actors: expect.arrayContaining([{ name: 'vcpu0', machine: 'vcpu' }]) as object });
  expect(lines.at(-1)).toMatchObject({ why: 'finished', hash: recorded.footer.hash });
});

test('each read and each old value is what the last write left', async () => {
  const lines = linesOf(await record(ENDLESS, { limits: { steps: 3000 } }), ENDLESS);
  const memory = new Map<string, number>();
  let known = 0;
  for (const { type, step, reads, writes } of lines) {
    if (type !== 'step') continue;
    for (const { object, at, field, element, value } of reads) {
      const key = JSON.stringify([object, at, field, element]);
      if (memory.has(key)) { known++; expect(value, `read in step ${step}: ${key}`).toBe(memory.get(key)); }
      memory.set(key, value);
    }
    for (const { object, at, field, element, old, value } of writes) {
      const key = JSON.stringify([object, at, field, element]);
      if (memory.has(key)) { known++; expect(old, `old in step ${step}: ${key}`).toBe(memory.get(key)); }
      memory.set(key, value);
    }
  }
  expect(known).toBeGreaterThan(5000);
});

test('an actor goes on in the state to which its last step led', async () => {
  const lines = linesOf(await record(), SC01);
  const state = new Map<string, string>();
  for (const { type, actor, state: now, to } of lines) {
    if (type !== 'step') continue;
    expect(state.get(actor) ?? now).toBe(now);
    state.set(actor, to);
  }
});

test('names stand beside numbers where a value is a name', async () => {
  const words = linesOf(await record(), SC01).flatMap(({ type, writes }) => (type === 'step' ? writes : []));
  expect(words).toContainEqual({ object: 'vcpu_mode', at: { vcpu: 0 }, field: 'mode', old: 0, value: 1, text: 'IN_GUEST_MODE' });
  expect(words).toContainEqual(expect.objectContaining({ object: 'invalidate_lock', field: 'writer', text: 'main.gmem' }));
});

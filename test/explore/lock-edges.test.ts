// A circle in the lock order that no schedule shows alone: each of its edges has a schedule of its own, made small, which shows it again.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { scheduleOfTrace, traceOfSchedule } from '../../src/explore/schedule-trace.ts';
import { shrink } from '../../src/explore/shrink.ts';
import { whatsBroken } from '../../src/explore/whats-broken.ts';
import { blocked, ok } from '../../src/memory/outcome.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { tiny, type TinyStep } from '../support/tiny.ts';

const sampled = (kernel: Parameters<typeof shrink>[0], topology: Parameters<typeof shrink>[1]) => {
  const sampler = new Sampler(kernel, topology, { strategy: 'random', schedules: 200, seed: 1 });
  while (sampler.advance(10_000)) { /* to the end */ }
  return sampler.result().findings.filter(({ kind }) => kind === 'lock-order');
};

/** Takes the two locks in the order that its first step has chosen: no schedule has both orders. */
const take = (first: boolean): TinyStep => ({ lock, cell }, self) => {
  const one = lock(first ? cell(0).value : 1 - cell(0).value);
  if (one.owner !== 0) return blocked(one);
  one.owner = self;
  return ok;
};
const chooses = tiny({
  a: [({ cell }, _self, choose) => { cell(0).value = choose(2); }, take(true), take(false), ({ lock }) => { lock(0).owner = 0; }, ({ lock }) => { lock(1).owner = 0; }],
  b: [({ cell }) => { cell(1).value = 1; }, ({ cell }) => { cell(1).value = 2; }],
});

describe('a circle that several schedules show together', () => {
  const { kernel, topology } = chooses;
  const [circle] = sampled(kernel, topology);

  it('cannot be made small as a whole', () => {
    expect(circle).toMatchObject({ id: 'S-17', key: 'S-17 lock lock' });
    expect(() => shrink(kernel, topology, circle!, { invariants: [] })).toThrow('the schedule does not break S-17');
  });

  it('is made small edge by edge, and every edge is shown again by its schedule', () => {
    expect(circle!.edges!.map(({ key }) => key).toSorted()).toEqual(['S-17 edge lock exclusive -> lock exclusive ascending', 'S-17 edge lock exclusive -> lock exclusive descending']);
    for (const edge of circle!.edges!) {
      const shrunk = shrink(kernel, topology, edge, { invariants: [] });
      // The choice, and the two locks; nothing of b.
      expect(shrunk.after).toMatchObject({ steps: 3, switches: 0 });
      const { edges, broken } = whatsBroken(kernel, topology, shrunk.schedule, []);
      expect(edges.map(({ key }) => key)).toEqual([edge.key]);
      expect(broken).toEqual([]);
    }
  });
});

it('edges of a known bug become traces, which say what they show', () => {
  const scenario = builtinScenario('SC22')!;
  const topology = compile(scenario, v6_8);
  const [circle] = sampled(v6_8, topology);
  for (const edge of circle!.edges!) {
    const { broken, schedule, after, scenario: smaller } = shrink(v6_8, topology, edge, { scenario, invariants: [] });
    expect(broken.key).toBe(edge.key);
    expect(after.operations).toBe(1);
    const source = traceInMemory('edge', traceOfSchedule(v6_8, smaller!, schedule, { invariants: [], finding: broken }));
    expect(scheduleOfTrace(source)).toEqual(schedule.map(({ actor, choice }) => ({ actor, choice })));
    const batches = source.batches();
    let last = batches.next();
    while (last.done !== true) last = batches.next();
    expect(last.value.finding).toEqual({ kind: 'lock-order', id: 'S-17', key: edge.key, sentence: broken.sentence });
  }
});

it('an edge in a long run of a scenario without an end is made small too', () => {
  const scenario = builtinScenario('stress')!;
  const topology = compile(scenario, v6_8);
  const sampler = new Sampler(v6_8, topology, { strategy: 'portfolio', schedules: 60, seed: 1 });
  while (sampler.advance(10_000)) { /* to the end */ }
  const circle = sampler.result().findings.find(({ kind }) => kind === 'lock-order')!;
  const longest = circle.edges!.toSorted((a, b) => b.schedule.length - a.schedule.length)[0]!;
  expect(longest.schedule.length).toBeGreaterThan(1000);
  const { after, broken } = shrink(v6_8, topology, longest, { budget: 200_000 });
  expect(broken.key).toBe(longest.key);
  expect(after.steps).toBeLessThan(200);
  expect(after.switches).toBeLessThan(10);
});

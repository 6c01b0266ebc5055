// What sampled schedules find, on kernels of a few steps: each kind of finding once, with its schedule, and what must not be found.

import { describe, expect, it } from 'vitest';
import { Sampler } from '../../../src/explore/sample.ts';
import { blocked, ok } from '../../../src/memory/outcome.ts';
import { LaboratoryError } from '../../../src/runtime/world.ts';
import { tiny, type Line, type Tiny, type TinyStep } from '../../support/tiny.ts';
import type { SampleOptions, SampleResult } from '../../../src/explore/sample-types.ts';

const nothing: TinyStep = () => {};
const add = (n: number): TinyStep => ({ cell }) => { cell(n).value++; };
const take = (n: number): TinyStep => ({ lock }, self) => {
  if (lock(n).owner !== 0) return blocked(lock(n));
  lock(n).owner = self;
  return ok;
};
const drop = (n: number): TinyStep => ({ lock }) => { lock(n).owner = 0; };
const until = (n: number, value: number): TinyStep => ({ cell }) => (cell(n).value >= value ? ok : blocked(cell(n)));

function run({ kernel, topology }: Tiny, options: SampleOptions = {}): SampleResult {
  const sampler = new Sampler(kernel, topology, { strategy: 'random', schedules: 200, seed: 1, ...options });
  while (sampler.advance(997)) { /* to the end */ }
  return sampler.result();
}
const briefly = ({ findings }: SampleResult): string[] => findings.map(({ kind, key }) => `${kind} ${key}`);

describe('a deadlock', () => {
  const world = tiny({ a: [take(0), take(1), drop(1), drop(0)], b: [take(1), take(0), drop(0), drop(1)] });

  it('is found once, with who waits for what, and the step that closes the circle last', () => {
    const result = run(world);
    const deadlock = result.findings.find(({ kind }) => kind === 'deadlock')!;
    expect(deadlock.key).toBe('L-04 a.1>lock b.1>lock');
    expect(deadlock.sentence).toMatch(/^[ab] waits in [ab]\.1 for lock\(slot [01]\), which [ab] holds or is to have first; [ab] waits/);
    expect(deadlock.schedule.map(({ actor }) => actor).toSorted()).toEqual([1, 2]);
    expect(result.endings.deadlock).toBe(deadlock.times);
    expect(result.endings.deadlock + result.endings.finished).toBe(200);
  });

  it('of some is found while another one runs for ever', () => {
    const forever: Line = { run: add(3), next: 0, progress: true };
    const result = run(tiny({ a: [take(0), take(1)], b: [take(1), take(0)], c: [forever] }), { bound: 400 });
    expect(briefly(result)).toContain('deadlock L-04 a.1>lock b.1>lock');
    expect(result.endings.deadlock).toBeGreaterThan(0);
  });

  it('with oneself is one', () => {
    const result = run(tiny({ a: [take(0), take(0)] }), { analysed: false });
    expect(result.findings).toMatchObject([{ kind: 'deadlock', sentence: 'a waits in a.1 for lock(slot 0), which it holds itself', times: 200, first: 1 }]);
  });

  it('that is a wait for nothing is seen at the end', () => {
    const result = run(tiny({ a: [until(0, 1)], b: [nothing] }), { analysed: false });
    expect(result.findings).toMatchObject([{ kind: 'deadlock', sentence: 'nobody can go on: a waits in a.0 for cell(event 0)', key: 'L-04 a.0>cell', times: 200 }]);
    expect(result.findings[0]!.schedule).toEqual([{ actor: 2, choice: -1 }]);
  });

  it('is none when locks have an order', () => {
    expect(run(tiny({ a: [take(0), take(1), drop(1), drop(0)], b: [take(0), take(1), drop(1), drop(0)] })).findings).toEqual([]);
  });
});

describe('a lock order', () => {
  it('that could deadlock is found though nothing hangs', () => {
    // b begins when a is done: the two orders never meet.
    const result = run(tiny({ a: [take(0), take(1), drop(1), drop(0), add(0)], b: [until(0, 1), take(1), take(0), drop(0), drop(1)] }));
    expect(briefly(result)).toEqual(['race data-race cell a.4 b.0', 'lock-order S-17 lock lock']);
    expect(result.endings).toEqual({ finished: 200, deadlock: 0, broken: 0, cut: 0 });
    const order = result.findings[1]!;
    expect(order).toMatchObject({ times: 1, first: 1, by: 'random' });
    // The last edge: b, holding lock 1, wants lock 0.
    expect(order.schedule.at(-1)).toEqual({ actor: 2, choice: -1 });
    expect(order.schedule.length).toBe(8);
  });
});

describe('a data race', () => {
  it('is found with the two steps', () => {
    const result = run(tiny({ a: [add(0)], b: [add(0)] }));
    expect(briefly(result)).toEqual(['race data-race cell a.0 b.0']);
    expect(result.findings[0]).toMatchObject({ times: 200, first: 1 });
  });

  it('is none under a lock', () => {
    expect(run(tiny({ a: [take(0), add(0), drop(0)], b: [take(0), add(0), drop(0)] })).findings).toEqual([]);
  });
});

describe('a leak', () => {
  it('is a lock that nobody gives back', () => {
    const result = run(tiny({ a: [take(0), nothing], b: [nothing] }), { analysed: false });
    expect(result.findings).toMatchObject([{ kind: 'leak', id: 'L-07', key: 'L-07 held lock', sentence: 'everybody rests, but lock(slot 0) is still held by a', times: 200 }]);
  });
});

describe('a livelock', () => {
  const round = (progress: boolean): Line[] => [{ run: nothing }, { run: nothing, next: 0, ...(progress ? { progress: true as const } : {}) }];

  it('is a schedule that goes on without progress, though all have turns', () => {
    const result = run(tiny({ a: round(false), b: round(false) }), { analysed: false, bound: 2000, schedules: 5 });
    expect(result.findings).toMatchObject([{ kind: 'livelock', id: 'L-01', key: 'L-01 a.0 a.1', times: 5 }]);
    const { schedule, loop } = result.findings[0]!;
    expect(schedule.slice(loop)).toEqual([{ actor: 1, choice: -1 }, { actor: 1, choice: -1 }]);
  });

  it('is none when somebody makes progress', () => {
    expect(run(tiny({ a: round(false), b: round(true) }), { analysed: false, bound: 2000, schedules: 5 }).findings).toEqual([]);
  });

  it('is none when somebody had no turn', () => {
    // Without change points PCT lets one actor run alone, as long as it does not count as one that spins.
    const unfair = run(tiny({ a: round(false), b: [nothing] }), { strategy: 'preemptions', analysed: false, bound: 1000, schedules: 3 });
    expect(unfair.findings.every(({ kind }) => kind === 'livelock')).toBe(true);
    expect(unfair.endings.cut).toBe(unfair.schedules);
  });
});

describe('a step that depends on something besides memory', () => {
  it('is a defect that names step and cell', () => {
    let count = 0;
    const world = tiny({ a: [nothing, ({ cell }) => { cell(2).value = ++count; }], b: [add(0)] });
    expect(() => run(world)).toThrow(LaboratoryError);
    count = 0;
    expect(() => run(world)).toThrow(/^step [23] of a schedule, 'a\.1' of a, went another way when it was executed again: cell\(event 2\)\.value is \d+ and was \d+; a step must depend on memory/);
  });

  it('is found in a large world by the state that a schedule ends in', () => {
    let count = 0;
    const programs = { a: [nothing, ({ cell }: Parameters<TinyStep>[0]) => { cell(2).value = ++count; }], b: [add(0)] };
    const large = { cells: 300_000 };
    expect(() => run(tiny(programs, large), { analysed: false, schedules: 2 })).toThrow(/of the 3 steps of a schedule one went another way .*: cell\(event 2\)\.value is \d+ and was \d+;/);
    expect(run(tiny({ a: [add(1)], b: [add(0)] }, large), { analysed: false, schedules: 4, recheck: 1 }).rechecked).toBe(4);
  });

  it('is one too when it blocks', () => {
    let count = 0;
    const world = tiny({ a: [({ cell }) => (++count % 40 === 39 ? blocked(cell(2)) : ok)], b: [add(2)] });
    expect(() => run(world, { recheck: 1 })).toThrow(/'a\.0' of a, went another way .* it was blocked/);
  });

  it('is not looked for when that is turned off; else some schedules are executed twice', () => {
    const world = tiny({ a: [nothing], b: [nothing] });
    expect(run(world, { recheck: 0 }).rechecked).toBe(0);
    expect(run(world).rechecked).toBe(Math.ceil(200 / 64));
    expect(run(world, { recheck: 10 }).rechecked).toBe(20);
  });
});

describe('holding is earned', () => {
  const racing = tiny({ a: [take(0), add(0), drop(0)], b: [take(0), add(0), drop(0)] });

  it('when things raced, were exercised, and came to their end', () => {
    expect(run(racing, { about: ['L-04', 'L-07'] }).inconclusive).toEqual([]);
  });

  it('and not when nothing raced', () => {
    expect(run(tiny({ a: [add(0)], b: [add(1)] })).inconclusive).toEqual(['nothing raced: no race window was hit, and no two conflicting steps were seen in both orders']);
  });

  it('nor when a property was never exercised, or has no check', () => {
    expect(run(tiny({ a: [add(0)], b: [({ cell }) => { cell(1).value = cell(0).value; }] }), { about: ['L-04', 'S-98'] }).inconclusive).toEqual([
      'the scenario is about L-04, which was never exercised', 'the scenario is about S-98, which nothing here checks',
    ]);
  });

  it('nor when bounds have cut', () => {
    expect(run(racing, { bound: 5 }).inconclusive).toEqual(['200 of 200 schedules were cut after 5 steps, more than 5 %']);
  });

  it('but a scenario without an end is not cut by a bound: only what is seen at an end was not looked at', () => {
    const endless = tiny({ a: [{ run: take(0) }, { run: add(0) }, { run: drop(0), next: 0, progress: true }], b: [take(0), add(0), drop(0)] });
    expect(run(endless, { bound: 100 })).toMatchObject({ inconclusive: [], endings: { cut: 200 } });
    expect(run(endless, { bound: 100, about: ['L-04', 'L-07'] }).inconclusive).toEqual(['the scenario is about L-07, which was never exercised']);
  });

  it('nor when it was stopped, or is one shard', () => {
    const sampler = new Sampler(racing.kernel, racing.topology, { strategy: 'random', schedules: 1000, shard: { index: 1, of: 4 } });
    sampler.advance(100);
    expect(sampler.result().inconclusive).toEqual(['only one shard of 4 is in it', 'the exploration was stopped before its end']);
    expect(sampler.progress().of).toBe(250);
  });
});

describe('coverage', () => {
  it('says which states and outcomes were seen', () => {
    const { machines } = run(tiny({ a: [until(0, 1), nothing], b: [nothing] }), { analysed: false });
    expect(machines).toEqual([
      { machine: 'a', states: { seen: ['line0'], notSeen: ['line1', 'over'] }, outcomes: { seen: [], notSeen: ['line0: ok', 'line1: ok'] } },
      { machine: 'b', states: { seen: ['line0', 'over'], notSeen: [] }, outcomes: { seen: ['line0: ok'], notSeen: [] } },
    ]);
  });

  it('and which conflicting steps in both orders', () => {
    const { pairs } = run(tiny({ a: [add(0), add(1)], b: [add(0), until(3, 1)], c: [until(1, 1), add(3)] }));
    const orders = Object.fromEntries(pairs.map(({ layout, steps, times }) => [`${layout} ${steps.join(' ')}`, times.map((one) => one > 0)]));
    expect(orders).toEqual({ 'cell a.0 b.0': [true, true], 'cell a.1 c.0': [true, false], 'cell b.1 c.1': [false, true] });
    const [[first, second]] = pairs.map(({ times }) => times) as [readonly [number, number]];
    expect(first + second).toBe(200);
  });
});

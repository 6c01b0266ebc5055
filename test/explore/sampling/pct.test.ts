// PCT's promise, kept: bugs of known depth are found at least as often as 1 / (n k^(d-1)) says, and never with fewer change points.

import { describe, expect, it } from 'vitest';
import { Sampler } from '../../../src/explore/sample.ts';
import { pctBound, pctConfidence, pctSentences } from '../../../src/explore/strategies/pct.ts';
import { tiny, type TinyStep, type Tiny } from '../../support/tiny.ts';
import type { SampleResult, StateCheck } from '../../../src/explore/sample-types.ts';
import type { RunWorld } from '../../../src/runtime/world.ts';

const nothing: TinyStep = () => {};
const put = (n: number, value: number): TinyStep => ({ cell }) => { cell(n).value = value; };
/** Goes from one state of the bug to the next if cell 0 has this value. */
const sees = (value: number, from: number): TinyStep => ({ cell }) => { if (cell(0).value === value && cell(1).value === from) cell(1).value = from + 1; };

const lines = (count: number, at: Readonly<Record<number, TinyStep>>): TinyStep[] => Array.from({ length: count }, (_one, i) => at[i] ?? nothing);

/** Broken when the bug has come to this state. */
const broken = (state: number) => (world: RunWorld): StateCheck => ({
  afterStep: () => ((world.objects as never as { cell: (n: number) => { value: number } }).cell(1).value === state ? { id: 'S-99', sentence: 'the bug is there' } : undefined),
});

/** A reader must come between two writes: two orders, depth 2. */
const depth2 = tiny({ a: lines(10, { 4: put(0, 1), 5: put(0, 2) }), b: lines(10, { 6: sees(1, 0) }) });
/** It must come between them, and again behind the second: depth 3. */
const depth3 = tiny({ a: lines(6, { 2: put(0, 1), 3: put(0, 2) }), b: lines(6, { 1: sees(1, 0), 2: sees(2, 1) }) });
const SCHEDULES = 20_000;

function run({ kernel, topology }: Tiny, depth: number, state: number, strategy = 'pct'): SampleResult {
  const sampler = new Sampler(kernel, topology, { strategy, depth, schedules: SCHEDULES, seed: 5, check: broken(state), analysed: false });
  while (sampler.advance(100_000)) { /* to the end */ }
  return sampler.result();
}
const timesOf = ({ found }: SampleResult): number => found.find(({ id }) => id === 'S-99')?.times ?? 0;

describe('PCT', () => {
  it.each([
    ['of depth 2', depth2, 2, 1, 20],
    ['of depth 3', depth3, 3, 2, 12],
  ] as const)('finds a bug %s at least as often as it promises', (_what, world, depth, state, k) => {
    const result = run(world, depth, state);
    const { probability, ...bound } = pctBound(2, k, depth);
    expect(result.pct).toEqual({ n: 2, k, d: depth, schedules: SCHEDULES, longer: 0 });
    expect(bound).toEqual({ n: 2, k, d: depth });
    expect(timesOf(result)).toBeGreaterThanOrEqual(probability * SCHEDULES);
  });

  it('never finds it with fewer change points than it takes', () => {
    expect(timesOf(run(depth2, 1, 1))).toBe(0);
    expect(timesOf(run(depth3, 1, 2))).toBe(0);
  });

  it('makes exactly n! schedules without change points: one for each order of the actors', () => {
    const three = tiny({ a: lines(3, {}), b: lines(3, {}), c: lines(3, {}) });
    const seen = new Set<string>();
    const sampler = new Sampler(three.kernel, three.topology, {
      strategy: 'pct', depth: 1, schedules: 200, analysed: false,
      check: () => ({ afterStep: () => { order.push(sampler.world.last.actor); if (order.length === 9) seen.add(order.splice(0).join('')); return undefined; } }),
    });
    const order: number[] = [];
    while (sampler.advance(1000)) { /* to the end */ }
    expect([...seen].toSorted()).toEqual(['111222333', '111333222', '222111333', '222333111', '333111222', '333222111']);
  });

  it('says what its bound buys', () => {
    expect(pctConfidence(pctBound(2, 20, 2), 20)).toBeCloseTo(1 - (1 - 1 / 40) ** 20, 12);
    expect(pctSentences(pctBound(2, 20, 2), 100, 3)).toEqual([
      'n = 2 actors, k = 20 steps, d = 2: one schedule finds a bug of depth 2 with probability 1/(n k^1) = 2.50e-2 or more',
      '100 schedules would have found it with probability 0.920 or more',
      '3 schedules had more than 20 steps: for those the bound does not hold',
    ]);
  });

  it('refuses a depth that is none', () => {
    expect(() => new Sampler(depth2.kernel, depth2.topology, { strategy: 'pct', depth: 0, schedules: 1 })).toThrow('the depth of PCT must be a whole number from 1 to 16, not 0');
  });
});

describe('random and POS', () => {
  it.each(['random', 'pos'])('%s finds the bug of depth 2 as well', (strategy) => {
    expect(timesOf(run(depth2, 2, 1, strategy))).toBeGreaterThan(0);
  });
});

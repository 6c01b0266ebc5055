// What strategies do apart from finding bugs: fairness by numbers, turns, limits, seeds, names.

import { describe, expect, it } from 'vitest';
import { Sampler } from '../../../src/explore/sample.ts';
import { PctStrategy } from '../../../src/explore/strategies/pct.ts';
import { Portfolio } from '../../../src/explore/strategies/portfolio.ts';
import { strategies, strategyKind } from '../../../src/explore/strategies/index.ts';
import { tiny, type Tiny, type TinyStep } from '../../support/tiny.ts';
import type { SampleOptions } from '../../../src/explore/sample-types.ts';

const nothing: TinyStep = () => {};
const add = (n: number): TinyStep => ({ cell }) => { cell(n).value++; };
const repeat = (count: number, step: TinyStep): TinyStep[] => Array.from({ length: count }, () => step);

/** The schedules of an exploration, as texts of actors. */
function schedules({ kernel, topology }: Tiny, options: SampleOptions): string[] {
  const texts: string[] = [];
  let text = '';
  const sampler = new Sampler(kernel, topology, {
    analysed: false, recheck: 0, ...options,
    check: () => ({ afterStep: () => { text += sampler.world.last.actor; if (text.length === steps) texts.push(text); text = text.length === steps ? '' : text; return undefined; } }),
  });
  const steps = topology.actors.reduce((sum, { name }) => sum + kernel.table.leaves.filter((leaf) => leaf.machine === name && !leaf.final).length, 0);
  while (sampler.advance(1000)) { /* to the end */ }
  return texts;
}

describe('plain random', () => {
  it('picks each of those who can go on with the same probability', () => {
    const counts = new Map<string, number>();
    for (const text of schedules(tiny({ a: [nothing], b: [nothing], c: [nothing] }), { strategy: 'random', schedules: 6000, seed: 2 })) counts.set(text, (counts.get(text) ?? 0) + 1);
    expect([...counts.keys()].toSorted()).toEqual(['123', '132', '213', '231', '312', '321']);
    // 1000 each; a deviation of 150 has a probability below one in ten thousand.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('makes the same schedules of the same seed, and others of another', () => {
    const world = tiny({ a: repeat(10, nothing), b: repeat(10, nothing) });
    const of = (seed: number): string[] => schedules(world, { strategy: 'random', schedules: 20, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(new Set(of(1)).size).toBe(20);
  });
});

describe('POS', () => {
  it('does not let steps that conflict with nothing count: the rare order has 1/22, where random has 1 of two millions', () => {
    // a does twenty things of its own before it writes; b reads at once. That a comes first is rare in a random walk.
    const sees: TinyStep = ({ cell }) => { cell(1).value = cell(0).value; };
    const world = tiny({ a: [...repeat(20, add(2)), add(0)], b: [sees] });
    const times = (strategy: string): number => {
      let found = 0;
      const sampler = new Sampler(world.kernel, world.topology, {
        strategy, schedules: 2200, seed: 4, analysed: false,
        check: ({ objects, last }) => ({ afterStep: () => { if (last.actor === 2 && (objects as never as { cell: (n: number) => { value: number } }).cell(1).value === 1) found++; return undefined; } }),
      });
      while (sampler.advance(10_000)) { /* to the end */ }
      return found;
    };
    expect(times('random')).toBe(0);
    expect(Math.abs(times('pos') - 100)).toBeLessThan(40);
  });
});

describe('a portfolio', () => {
  it('takes turns, and has plain random among its members', () => {
    const world = tiny({ a: repeat(6, nothing), b: repeat(6, nothing) });
    const mixed = schedules(world, { strategy: 'portfolio', schedules: 30, seed: 9 });
    expect(mixed.filter((_one, k) => k % 3 === 0)).toEqual(schedules(world, { strategy: 'random', schedules: 10, seed: 9 }));
    expect(mixed.filter((_one, k) => k % 3 === 1)).toEqual(schedules(world, { strategy: 'pct', schedules: 10, seed: 9 }));
    expect(mixed.filter((_one, k) => k % 3 === 2)).toEqual(schedules(world, { strategy: 'pos', schedules: 10, seed: 9 }));
  });

  it('without it is refused', () => {
    const pct = new PctStrategy({ seed: 1, actors: 2, alive: 2, longest: 10, patience: 64, depth: 2 });
    expect(() => new Portfolio([pct])).toThrow('a portfolio has plain random among its strategies; add it');
  });
});

describe('the list of strategies', () => {
  it('has each once, and says what it does', () => {
    expect(strategies.map(({ name }) => name)).toEqual(['portfolio', 'random', 'pct', 'pos', 'preemptions', 'dpor', 'replay']);
    expect(new Set(strategies.map(({ says }) => says)).size).toBe(strategies.length);
  });

  it('helps with names', () => {
    expect(() => strategyKind('randm')).toThrow("there is no strategy 'randm'; did you mean 'random'?");
    const world = tiny({ a: [nothing] });
    expect(() => new Sampler(world.kernel, world.topology, { strategy: 'pos' })).toThrow("strategy 'pos' has no end of its own; say how many schedules");
    expect(() => new Sampler(world.kernel, world.topology, { strategy: 'replay' })).toThrow("strategy 'replay' needs a schedule to repeat; give one");
    expect(() => new Sampler(world.kernel, world.topology, { strategy: 'random', schedules: 3, shard: { index: 3, of: 3 } })).toThrow('there is no shard 4 of 3; shards are 1/n to n/n');
  });
});

// Preemption-bounded search against brute force: every schedule of a tiny kernel, counted by recursion, by its preemptions.

import { describe, expect, it } from 'vitest';
import { Sampler } from '../../../src/explore/sample.ts';
import { blocked, isBlocked, ok } from '../../../src/memory/outcome.ts';
import { preparedWorld } from '../../../src/runtime/prepared.ts';
import { tiny, type Tiny, type TinyStep } from '../../support/tiny.ts';
import type { SampleResult } from '../../../src/explore/sample-types.ts';

const add = (n: number): TinyStep => ({ cell }) => { cell(n).value++; };
const take = (n: number): TinyStep => ({ lock }, self) => {
  if (lock(n).owner !== 0) return blocked(lock(n));
  lock(n).owner = self;
  return ok;
};
const drop = (n: number): TinyStep => ({ lock }) => { lock(n).owner = 0; };
const choice: TinyStep = ({ cell }, _self, choose) => { cell(2).value = choose(3); };

/** Number of schedules by their preemptions, and every one of them as text. */
function bruteForce({ kernel, topology }: Tiny): { counts: number[]; all: Set<string> } {
  const { world } = preparedWorld(kernel, topology);
  const { words } = world;
  const counts: number[] = [];
  const all = new Set<string>();
  const actors = topology.actors.map((_one, i) => i + 1);
  const follow = (last: number, preemptions: number, text: string): void => {
    const kept = words.slice();
    const can = actors.filter((actor) => {
      const goes = !world.ended(actor) && !isBlocked(world.step(actor, () => 0));
      words.set(kept);
      return goes;
    });
    if (can.length === 0) {
      counts[preemptions] = (counts[preemptions] ?? 0) + 1;
      all.add(text);
    }
    for (const actor of can) {
      for (let k = 0, choices = 1; k < choices; k++) {
        world.step(actor, () => k);
        choices = world.last.choices;
        follow(actor, preemptions + (actor !== last && can.includes(last) ? 1 : 0), `${text} ${actor}:${world.last.choice}`);
        words.set(kept);
      }
    }
  };
  follow(0, 0, '');
  return { counts, all };
}

/** Runs the search, with every schedule that counts as text. */
function search({ kernel, topology }: Tiny, preemptions?: number, shard = { index: 0, of: 1 }): SampleResult {
  const sampler = new Sampler(kernel, topology, { strategy: 'preemptions', preemptions, shard });
  while (sampler.advance(1000)) { /* to the end */ }
  return sampler.result();
}

const worlds: Record<string, Tiny> = {
  'two actors without anything in common': tiny({ a: [add(0), add(0), add(0)], b: [add(1), add(1), add(1)] }),
  'three actors and a lock': tiny({ a: [take(0), add(0), drop(0)], b: [take(0), add(0), drop(0)], c: [add(1), add(1)] }),
  'a free choice': tiny({ a: [add(0), choice, add(0)], b: [choice, add(1)] }),
  'a lock order that can deadlock': tiny({ a: [add(0), take(0), add(2), take(1), drop(1), drop(0)], b: [add(1), take(1), take(0), drop(0), drop(1)] }),
};

describe.each(Object.entries(worlds))('%s', (name, world) => {
  const { counts, all } = bruteForce(world);
  it('has so many schedules with at most b preemptions, for every b', () => {
    expect(counts.length).toBeGreaterThan(2);
    let sum = 0;
    counts.forEach((count, b) => {
      sum += count;
      const { schedules, exhausted } = search(world, b);
      expect({ b, schedules, exhausted }).toEqual({ b, schedules: sum, exhausted: true });
    });
  });

  it('and ends by itself when all were tried', () => {
    const { schedules, exhausted, inconclusive, findings } = search(world);
    expect(schedules).toBe(all.size);
    expect(exhausted).toBe(true);
    expect(inconclusive.filter((reason) => !reason.startsWith('nothing raced'))).toEqual([]);
    expect(findings.some(({ kind }) => kind === 'deadlock')).toBe(name.includes('deadlock'));
  });

  it('which shards divide among them', () => {
    const whole = search(world);
    const parts = [0, 1, 2].map((index) => search(world, undefined, { index, of: 3 }));
    expect(parts.reduce((sum, part) => sum + part.schedules, 0)).toBe(whole.schedules);
    expect(parts.reduce((sum, part) => (sum + part.digest[0]) | 0, 0)).toBe(whole.digest[0]);
    expect(parts.filter((part) => part.schedules > 0).length).toBeGreaterThan(1);
  });
});

describe('an actor that spins', () => {
  it('gives way, so that what it waits for happens', () => {
    // a goes round until b has written.
    const world = tiny({ a: [{ run: ({ cell }) => { cell(0).value = cell(1).value; }, next: 0 }], b: [add(1), add(1)] });
    const sampler = new Sampler(world.kernel, world.topology, { strategy: 'preemptions', preemptions: 0, bound: 300 });
    while (sampler.advance(1000)) { /* to the end */ }
    const { endings, exhausted } = sampler.result();
    expect(endings.cut).toBe(sampler.result().schedules);
    expect(exhausted).toBe(true);
    expect(sampler.result().machines.find(({ machine }) => machine === 'b')!.outcomes.notSeen).toEqual([]);
  });
});

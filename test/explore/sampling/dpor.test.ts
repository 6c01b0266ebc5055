// Stateless dynamic partial-order reduction: it comes to every end and to every finding that a search over all states comes to, by far
// fewer schedules than there are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { ScheduleLoop, STILL } from '../../../src/explore/sample-loop.ts';
import { PeekLog } from '../../../src/explore/sample-log.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { DporStrategy } from '../../../src/explore/strategies/dpor.ts';
import { MonotoneWords } from '../../../src/memory/canonical.ts';
import { hashState, hashText } from '../../../src/memory/hash.ts';
import { blocked, isBlocked, ok } from '../../../src/memory/outcome.ts';
import { preparedWorld } from '../../../src/runtime/prepared.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { tiny, type TinyStep } from '../../support/tiny.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { SampleOptions } from '../../../src/explore/sample-types.ts';
import type { RunWorld } from '../../../src/runtime/world.ts';
import type { Topology } from '../../../src/scenario/topology.ts';

/** Hash of a state as searches count it. */
function hasher(world: RunWorld): () => string {
  const monotone = new MonotoneWords(world.plan, world.words);
  return () => hashText(hashState(world.words, world.plan.stateWords, (cell) => monotone.value(cell)));
}

/** Every state in which nobody can go on, and the number of schedules that lead to one: all orders are walked. */
function allEnds(kernel: Kernel, topology: Topology): { ends: Set<string>; schedules: number } {
  const { world } = preparedWorld(kernel, topology);
  const hash = hasher(world);
  const known = new Map<string, number>();
  const ends = new Set<string>();
  const state = world.words.subarray(0, world.plan.stateWords);
  const visit = (): number => {
    const here = hash();
    const before = known.get(here);
    if (before !== undefined) return before;
    const kept = state.slice();
    let schedules = 0;
    for (let actor = 1; actor <= topology.actors.length; actor++) {
      for (let choice = 0, choices = 1; choice < choices && !world.ended(actor); choice++) {
        if (isBlocked(world.step(actor, () => choice))) break;
        choices = Math.max(1, world.last.choices);
        schedules += visit();
        state.set(kept);
      }
    }
    if (schedules === 0) ends.add(here);
    known.set(here, Math.max(1, schedules));
    return Math.max(1, schedules);
  };
  return { schedules: visit(), ends };
}

/** The same by the strategy alone, without checks. */
function reduced(kernel: Kernel, topology: Topology, most = 100_000): { ends: Set<string>; schedules: number; blocked: number } {
  const { world, observer } = preparedWorld(kernel, topology, (objects) => new PeekLog(objects));
  observer.watchOnly(new Uint8Array(world.plan.objects));
  const loop = new ScheduleLoop(world, observer, 1000);
  const strategy = new DporStrategy({ actors: topology.actors.length, peek: (actor) => observer.peek(world, actor) });
  const hash = hasher(world);
  const ends = new Set<string>();
  let schedules = 0;
  let given = 0;
  while (strategy.begin()) {
    expect(schedules + given).toBeLessThan(most);
    loop.begin(strategy);
    let what = loop.next();
    for (; what === 0; what = loop.next()) strategy.executed(world.last, observer.footprint);
    if (what === STILL) {
      ends.add(hash());
      schedules++;
    } else given++;
    strategy.end(loop.steps, false, false);
  }
  return { ends, schedules, blocked: given };
}

const sorted = (set: ReadonlySet<string>): string[] => [...set].toSorted();
const add = (n: number): TinyStep => ({ cell }) => { cell(n).value++; };
const store = (n: number): TinyStep => ({ cell }) => { cell(n).value = 7; };
const copy = (from: number, to: number): TinyStep => ({ cell }) => { cell(to).value = cell(from).value; };
const take = (n: number): TinyStep => ({ lock }, self) => {
  if (lock(n).owner !== 0) return blocked(lock(n));
  lock(n).owner = self;
  return ok;
};
const drop = (n: number): TinyStep => ({ lock }) => { lock(n).owner = 0; };
const until = (n: number): TinyStep => ({ cell }) => (cell(n).value > 0 ? ok : blocked(cell(n)));
const choose = (n: number, from: number): TinyStep => ({ cell }, _self, choice) => { cell(n).value = choice(from) + 1; };

describe('one schedule for each order of conflicting steps', () => {
  it.each([
    ['of steps that touch different things', { a: [add(0), add(0)], b: [add(1), add(1)], c: [add(2)] }, 1],
    ['of two writers', { a: [add(0)], b: [add(0)] }, 2],
    ['of a writer and two readers', { a: [store(0)], b: [copy(0, 1)], c: [copy(0, 2)] }, 4],
    ['of three who take a lock', { a: [take(0), drop(0)], b: [take(0), drop(0)], c: [take(0), drop(0)] }, 6],
    ['of a choice, and who reads it', { a: [choose(0, 3)], b: [copy(0, 1)] }, 6],
    ['of one who waits for another', { a: [until(0), add(1)], b: [add(2), add(0)] }, 1],
  ] as const)('%s', (_what, programs, traces) => {
    const { kernel, topology } = tiny(programs);
    const { ends, schedules } = reduced(kernel, topology);
    expect(schedules).toBe(traces);
    expect(sorted(ends)).toEqual(sorted(allEnds(kernel, topology).ends));
  });

  it('in small worlds put together at random: the same ends as all orders have', () => {
    const step = fc.oneof(
      fc.tuple(fc.constant('add'), fc.nat(2)), fc.tuple(fc.constant('copy'), fc.nat(2), fc.nat(2)), fc.tuple(fc.constant('take'), fc.nat(1)),
      fc.tuple(fc.constant('drop'), fc.nat(1)), fc.tuple(fc.constant('until'), fc.nat(2)), fc.tuple(fc.constant('choose'), fc.nat(2), fc.constant(2)),
    );
    const make = ([name, n, m]: readonly [string, number, number?]): TinyStep =>
      name === 'add' ? add(n) : name === 'copy' ? copy(n, m!) : name === 'take' ? take(n) : name === 'drop' ? drop(n) : name === 'until' ? until(n) : choose(n, m!);
    fc.assert(fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }), (programs) => {
      const { kernel, topology } = tiny(Object.fromEntries(programs.map((lines, n) => ['abc'[n]!, lines.map((one) => make(one as [string, number, number?]))])));
      const all = allEnds(kernel, topology);
      const some = reduced(kernel, topology);
      expect(sorted(some.ends)).toEqual(sorted(all.ends));
      expect(some.schedules).toBeLessThanOrEqual(all.schedules);
    }), { numRuns: 300 });
  });
});

describe('on 6.8', () => {
  it.each(['SC36', 'SC33', 'SC22', 'SC07'])('%s has the same ends, by far fewer schedules', (name) => {
    const topology = compile(builtinScenario(name)!, v6_8);
    const all = allEnds(v6_8, topology);
    const some = reduced(v6_8, topology);
    expect(sorted(some.ends)).toEqual(sorted(all.ends));
    expect(some.schedules).toBeLessThan(all.schedules / 10);
  });

  it.each(['SC22', 'SC33', 'SC36'])('%s has the findings of a search over all states, with all invariants', (name) => {
    const topology = compile(builtinScenario(name)!, v6_8);
    const sampler = new Sampler(v6_8, topology, { strategy: 'dpor', invariants, analysed: false });
    while (sampler.advance(100_000)) { /* to the end */ }
    const { findings, exhausted, endings } = sampler.result();
    expect([exhausted, endings.cut]).toEqual([true, 0]);
    expect(findings.map(({ key }) => key).toSorted()).toEqual(exhaustive(v6_8, topology, { invariants, stop: 'never' }).findings.map(({ key }) => key).toSorted());
  });
});

it('that was ended, or whose schedules were cut, is inconclusive', () => {
  const { kernel, topology } = tiny({ a: [take(0), add(0), drop(0)], b: [take(0), add(0), drop(0)], c: [add(1)] });
  const inconclusive = (options: SampleOptions): readonly string[] => {
    const sampler = new Sampler(kernel, topology, { strategy: 'dpor', ...options });
    while (sampler.advance(100)) { /* to the end */ }
    return sampler.result().inconclusive;
  };
  expect(inconclusive({})).toEqual([]);
  expect(inconclusive({ schedules: 1 })).toContain('depth first, it has not come to every order of conflicting steps: what it has not tried is not spread evenly');
  expect(inconclusive({ bound: 3 }).join()).toMatch(/schedules were cut after 3 steps: what comes behind was not put into other orders/);
});

it('cannot be divided', () => {
  const { kernel, topology } = tiny({ a: [add(0)], b: [add(0)] });
  expect(() => new Sampler(kernel, topology, { strategy: 'dpor', shard: { index: 0, of: 2 } })).toThrow("strategy 'dpor' makes each schedule out of those before it, and cannot be divided");
});

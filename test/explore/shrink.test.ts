import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import noStaleTest from '../../examples/no-stale-test.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Player, switchesOf } from '../../src/explore/player.ts';
import { regrouped, touchesOf } from '../../src/explore/regroup.ts';
import { shrunkHash } from '../../src/explore/known.ts';
import { namedSchedule } from '../../src/explore/named-schedule.ts';
import { shrink, shrinking, type Shrunk } from '../../src/explore/shrink.ts';
import { operationsOf, smallerScenarios } from '../../src/explore/smaller-scenarios.ts';
import { await_, createGmem, forever, memoryError, notify, read, scenario, slot, write, allocate } from '../../src/scenario/builder.ts';
import { builtinScenario, builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { failing, randomSchedule, spinningFailure } from '../support/failing.ts';
import { locklessKernels } from '../support/lockless.ts';
import { randomScenario } from '../support/random-scenario.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Decision } from '../../src/explore/schedule.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const named = (name: string): Scenario => builtinScenario(name)!;
const text = ({ topology, schedule }: Shrunk): string => namedSchedule(topology, schedule).map((entry) => entry.join(' ')).join(', ');
/** Which key the shrunk schedule breaks, each of its steps applied. */
function breaks(kernel: Kernel, { topology, schedule, broken }: Shrunk): string | undefined {
  const played = new Player(kernel, topology, { cycles: broken.partial === true }).play(schedule, { strict: true });
  return played.steps.length === schedule.length ? played.broken?.key : undefined;
}

/** Of each known bug: what breaks, and the shrunk schedule, actor by actor. */
const known: readonly { name: string; kernel?: Kernel; id: string; actors: number; operations: number; fewest?: false; schedule: string }[] = [
  { name: 'SC26', id: 'S-11', actors: 8, operations: 2, schedule: 'closer 1, closer.gmem 3, deleter 1, deleter.vm 35' },
  { name: 'SC22', id: 'L-04', actors: 9, operations: 2, schedule: 'main 1, main.gmem 14, hw 1, hw.mf 6' },
  { name: 'SC16', id: 'S-33', actors: 12, operations: 2, schedule: 'cpu0 1, vcpu0 17, main 1, main.vm 15, vcpu0 2' },
  { name: 'SC13', id: 'S-04', actors: 9, operations: 2, schedule: 'main 1, main.vm 16, cpu0 1, vcpu0 32, main.vm 3' },
  { name: 'SC33', id: 'S-11', actors: 6, operations: 1, schedule: 'toggler 1, toggler.vm 17' },
  { name: 'SC01', kernel: noStaleTest, id: 'S-01', actors: 9, operations: 2, schedule: 'cpu0 1, vcpu0 30, main 1, main.gmem 16, vcpu0 2' },
];

describe('a known bug is shrunk to the fewest context switches that show it', () => {
  it.each(known)('$name: $schedule', ({ name, kernel = v6_8, id, actors, operations, schedule }) => {
    const [first] = failing(kernel, named(name), { id });
    const shrunk = shrink(kernel, first!.topology, { kind: first!.broken.kind, schedule: first!.schedule }, { scenario: named(name) });
    expect(text(shrunk)).toBe(schedule);
    expect(shrunk).toMatchObject({ fewest: true, broken: { id, key: first!.broken.key }, after: { actors, operations, switches: switchesOf(shrunk.schedule), steps: shrunk.schedule.length } });
    expect(shrunk.before).toEqual({ steps: first!.schedule.length, switches: switchesOf(first!.schedule), actors: first!.topology.actors.length, operations: operationsOf(named(name)) });
    expect(breaks(kernel, shrunk)).toBe(first!.broken.key);
    // Shrinking twice changes nothing.
    const again = shrink(kernel, shrunk.topology, { kind: shrunk.broken.kind, schedule: shrunk.schedule }, { scenario: shrunk.scenario! });
    expect(text(again)).toBe(schedule);
    expect(again.smaller).toBe(false);
    expect(again.after).toEqual(shrunk.after);
  });

  it.each(['SC26', 'SC22', 'SC16'])('whichever seed found it: %s', (name) => {
    const all = failing(v6_8, named(name), { count: 5 }).filter((one, _k, list) => one.broken.key === list[0]!.broken.key);
    expect(all.length).toBeGreaterThan(1);
    const hashes = all.map(({ topology, schedule, broken }) => shrunkHash(v6_8, shrink(v6_8, topology, { kind: broken.kind, schedule }, { scenario: named(name) })));
    expect(new Set(hashes).size).toBe(1);
  });

  it('out of a long run of many actors', () => {
    const [first] = failing(noStaleTest, named('stress-small'), { id: 'S-01' });
    const shrunk = shrink(noStaleTest, first!.topology, { kind: 'safety', schedule: first!.schedule }, { scenario: named('stress-small') });
    expect(shrunk.before).toMatchObject({ actors: 14, operations: 5 });
    expect(shrunk.before.switches).toBeGreaterThan(20);
    expect(shrunk.after).toEqual({ steps: 50, switches: 4, actors: 9, operations: 2 });
    expect(breaks(noStaleTest, shrunk)).toBe(first!.broken.key);
  });

  it('which no schedule of SC22 with fewer reaches: all those with at most two switches are tried', () => {
    const player = new Player(v6_8, compile(named('SC22'), v6_8));
    const actors = player.world.topology.actors.length;
    let tried = 0;
    let broken = 0;
    const extend = (schedule: readonly Decision[]): void => {
      for (let actor = 1; actor <= actors; actor++) {
        const next = [...schedule, { actor, choice: 0 }];
        if (switchesOf(next) > 2) continue;
        const played = player.play(next, { strict: true });
        if (played.steps.length < next.length) continue;
        tried++;
        if (played.broken !== undefined) broken++;
        else extend(next);
      }
    };
    extend([]);
    expect(tried).toBeGreaterThan(100);
    expect(broken).toBe(0);
  });
});

describe('shrinking', () => {
  it('never loses what it shrinks: the same key breaks, with no more switches, and a second time nothing changes', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom('SC22', 'SC26', 'SC24'), (from, name) => {
      const [one] = failing(v6_8, named(name), { from });
      const { topology, schedule, broken } = one!;
      // Without the scenario, and with little to spend: what it has by then must hold.
      const shrunk = shrink(v6_8, topology, { kind: broken.kind, schedule }, { budget: 20_000 });
      expect(shrunk.topology).toBe(topology);
      expect(breaks(v6_8, shrunk)).toBe(broken.key);
      expect(shrunk.after.switches).toBeLessThanOrEqual(switchesOf(schedule));
      expect(shrunk).toEqual(shrink(v6_8, topology, { kind: broken.kind, schedule }, { budget: 20_000 }));
    }), { numRuns: 12 });
  });

  it.each([[53, 'S-11', 3], [177, 'S-11', 3], [226, 'S-33', 4]] as const)('makes of scenario %i, put together at random, a small one that breaks %s', (seed, id, switches) => {
    const random = randomScenario(seed);
    const kernel = seed % 2 === 1 ? v6_8 : noStaleTest;
    const topology = compile(random, kernel);
    const { broken, steps } = new Player(kernel, topology).play(randomSchedule(kernel, topology, seed), { strict: true });
    const shrunk = shrink(kernel, topology, { kind: 'safety', schedule: steps }, { scenario: random });
    expect(shrunk.before.switches).toBeGreaterThan(20);
    expect(shrunk).toMatchObject({ fewest: true, broken: { id, key: broken!.key }, after: { switches, operations: 2 } });
    expect(breaks(kernel, shrunk)).toBe(broken!.key);
    const again = shrink(kernel, shrunk.topology, { kind: 'safety', schedule: shrunk.schedule }, { scenario: shrunk.scenario! });
    expect(text(again)).toBe(text(shrunk));
    expect(again.smaller).toBe(false);
  });

  it('tells what it has while it goes on, each time no worse', () => {
    const [one] = failing(noStaleTest, named('SC01'));
    const parts = shrinking(noStaleTest, one!.topology, { kind: 'safety', schedule: one!.schedule }, { scenario: named('SC01') });
    const switches: number[] = [];
    for (let next = parts.next(); next.done !== true; next = parts.next()) {
      const { best, executed, budget } = next.value;
      expect(executed).toBeLessThanOrEqual(budget);
      expect(breaks(noStaleTest, best)).toBe(one!.broken.key);
      switches.push(best.after.switches);
    }
    expect(switches.length).toBeGreaterThan(3);
    expect(switches).toEqual(switches.toSorted((a, b) => b - a));
  });

  it('refuses a schedule that breaks something else, or that does not apply', () => {
    const [one] = failing(v6_8, named('SC26'));
    const { topology, schedule } = one!;
    expect(() => shrink(v6_8, topology, { kind: 'safety', id: 'S-01', schedule })).toThrow('the schedule does not break S-01 but S-11');
    expect(() => shrink(v6_8, topology, { kind: 'deadlock', id: 'L-04', schedule: schedule.slice(0, 5) })).toThrow('the schedule does not break L-04 but nothing');
    expect(() => shrink(v6_8, topology, { kind: 'safety', id: 'S-11', schedule: [schedule[1]!, schedule[1]!, ...schedule] })).toThrow(/step \d+ of \d+ cannot be taken/);
  });

  it('finds a deadlock of some while others go on for ever, and leaves those out', () => {
    const beside = scenario({
      ...named('SC22'), name: 'beside',
      vms: [{ vcpus: [{ program: [forever([read(0)])] }] }],
    });
    const topology = compile(beside, v6_8);
    const name = (actor: number): string => topology.actors[actor - 1]!.name;
    const player = new Player(v6_8, topology, { cycles: true });
    let played = player.play([]);
    for (let seed = 1; played.broken?.kind !== 'deadlock'; seed++) played = player.play(randomSchedule(v6_8, topology, seed, 400), { strict: true });
    expect(new Set(played.steps.map(({ actor }) => name(actor)))).toContain('vcpu0');
    const shrunk = shrink(v6_8, topology, { kind: 'deadlock', schedule: played.steps }, { scenario: beside });
    expect(shrunk.broken.sentence).toBe('main.gmem waits in folio.lock for folio_lock(pfn 1), which hw.mf holds or is to have first; hw.mf waits in inode.downRead for invalidate_lock(inode 1), which main.gmem holds or is to have first');
    expect(shrunk.after).toEqual({ steps: 22, switches: 3, actors: 9, operations: 2 });
    expect(breaks(v6_8, shrunk)).toBe(shrunk.broken.key);
  });

  it('keeps a lock order that could hang, in a run in which nothing hangs', () => {
    const topology = compile(named('SC22'), v6_8);
    const player = new Player(v6_8, topology, { analysed: true });
    let schedule: readonly Decision[] = [];
    for (let seed = 1; schedule.length === 0; seed++) {
      const played = player.play(randomSchedule(v6_8, topology, seed), { strict: true });
      if (played.broken?.kind === 'lock-order') schedule = played.steps;
    }
    const shrunk = shrink(v6_8, topology, { kind: 'lock-order', id: 'S-17', schedule }, { scenario: named('SC22') });
    expect(shrunk.broken.key).toBe('S-17 folio_lock invalidate_lock');
    expect(shrunk.after.switches).toBeLessThanOrEqual(4);
    const again = new Player(v6_8, shrunk.topology, { analysed: true }).play(shrunk.schedule, { strict: true });
    expect(again.atEnd.map(({ key }) => key)).toContain('S-17 folio_lock invalidate_lock');
  });

  it('keeps a data race: the same pair of steps, nothing behind the second', () => {
    const { kernel, scenario: name } = locklessKernels[0]!;
    const topology = compile(named(name), kernel);
    const player = new Player(kernel, topology, { analysed: true, invariants: [] });
    let found = player.play([]);
    for (let seed = 1; !found.atEnd.some(({ kind }) => kind === 'race'); seed++) found = player.play(randomSchedule(kernel, topology, seed), { strict: true });
    const race = found.atEnd.find(({ kind }) => kind === 'race')!;
    const shrunk = shrink(kernel, topology, { ...race, schedule: found.steps }, { scenario: named(name), invariants: [] });
    expect(shrunk.broken.key).toBe(race.key);
    expect(shrunk.after.switches).toBeLessThanOrEqual(4);
    expect(shrunk.schedule.length).toBeLessThan(found.steps.length);
    const steps = new Player(kernel, shrunk.topology, { analysed: true, invariants: [] }).play(shrunk.schedule, { strict: true });
    expect(steps.atEnd.map(({ key }) => key)).toContain(race.key);
    const last = kernel.table.leaves[steps.steps.at(-1)!.leaf]!.step;
    expect(race.key.split(' ')).toContain(last);
  });

  it('shortens the way to a loop without progress, and leaves the loop as it is', () => {
    const { scenario: spinning, topology, schedule, loop, length } = spinningFailure(v6_8);
    const shrunk = shrink(v6_8, topology, { kind: 'livelock', schedule, loop }, { scenario: spinning });
    expect(shrunk.loop).toBe(shrunk.schedule.length - length);
    expect(shrunk.after).toMatchObject({ switches: 1, operations: 2 });
    expect(shrunk.topology.actors.map(({ name }) => name)).not.toContain('main');
  });
});

describe('independent steps, regrouped', () => {
  it('come to the same state, in no more blocks, each actor in its order', () => {
    let fewer = 0;
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom('SC01', 'SC16', 'SC26', 'SC29'), fc.integer({ min: 2, max: 60 }), (seed, name, most) => {
      const topology = compile(named(name), v6_8);
      const player = new Player(v6_8, topology, { footprints: true, invariants: [] });
      const schedule = randomSchedule(v6_8, topology, seed, most);
      player.play(schedule, { strict: true });
      const state = player.world.words.slice(0, player.world.plan.stateWords);
      const changed = regrouped(schedule, touchesOf(player, schedule));
      expect(player.play(changed, { strict: true }).steps.length).toBe(schedule.length);
      expect(player.world.words.slice(0, player.world.plan.stateWords)).toEqual(state);
      expect(changed.at(-1)).toEqual(schedule.at(-1));
      if (switchesOf(changed) < switchesOf(schedule)) fewer++;
    }), { numRuns: 60 });
    expect(fewer).toBeGreaterThan(30);
  });
});

describe('smaller scenarios', () => {
  it('have one operation or actor less each, or compile to none', () => {
    for (const one of builtinScenarios.filter(({ name }) => name !== 'scale')) {
      for (const { scenario: smaller, what } of smallerScenarios(one)) {
        if (what === 'actor') expect(operationsOf(smaller)).toBeLessThanOrEqual(operationsOf(one));
        expect(JSON.stringify(smaller).length).toBeLessThanOrEqual(JSON.stringify(one).length + 12);
      }
    }
  });

  it('number vCPUs anew where one is gone, in programs and schedules', () => {
    const three = scenario({
      name: 'three', vms: [{ vcpus: [{ program: [read(0)] }, { program: [write(1)] }, { program: [write(2), notify('done')] }] }],
      setup: [createGmem('A', 3), slot(0, 0, 3, { fd: 'A' }), allocate('A', 0, 3)],
      threads: [{ name: 'main', program: [await_('done')] }],
      hardware: [{ name: 'hw', program: [{ op: 'interrupt', vcpu: 2 }, { op: 'interrupt', vcpu: 'vcpu1' }, memoryError({ fd: 'A', page: 0, thread: 'cpu2' })] }],
    });
    const gone = [...smallerScenarios(three)].find(({ what, rename }) => what === 'actor' && rename('vcpu1') === undefined)!;
    expect(gone.scenario.vms[0]!.vcpus!.map(({ program }) => program!.length)).toEqual([1, 2]);
    expect(gone.scenario.hardware![0]!.program).toEqual([{ op: 'interrupt', vcpu: 1 }, { ...memoryError({ fd: 'A', page: 0, thread: 'cpu1' }) }]);
    expect(['vcpu0', 'vcpu2', 'irq2', 'cpu2.gmem', 'cpu1', 'main'].map(gone.rename)).toEqual(['vcpu0', 'vcpu1', 'irq1', 'cpu1.gmem', undefined, 'main']);
    expect(() => compile(gone.scenario, v6_8)).not.toThrow();
  });
});

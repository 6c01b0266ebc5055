import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { Search } from '../../../src/explore/search/search.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { isBlocked, ok } from '../../../src/memory/outcome.ts';
import { hashOf, preparedWorld } from '../../../src/runtime/prepared.ts';
import { await_, notify, scenario } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SearchOptions, SearchResult } from '../../../src/explore/search/options.ts';
import type { Finding } from '../../../src/explore/finding.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { VmmOp } from '../../../src/scenario/types.ts';
import type { Step } from '../../../src/memory/world.ts';

const all = { invariants, stop: 'never' } as const;
const topologyOf = (name: string, kernel: Kernel = v6_8) => compile(builtinScenario(name)!, kernel);
const search = (name: string, options: SearchOptions = {}, kernel: Kernel = v6_8): SearchResult => exhaustive(kernel, topologyOf(name, kernel), { ...all, ...options });
const keys = ({ findings }: SearchResult): string[] => findings.map(({ key }) => key).toSorted();

/** States, transitions and terminal states on 6.8; what is found. */
const counts: readonly (readonly [name: string, states: number, transitions: number, terminals: number, ids: readonly string[]])[] = [
  ['SC01', 11_017, 21_353, 7, []],
  ['SC07', 541, 972, 2, []],
  ['SC13', 3544, 6947, 3, ['S-04']],
  ['SC22', 904, 1677, 4, ['L-04']],
  ['SC27', 837, 1557, 1, []],
  ['SC33', 504, 990, 0, ['S-11']],
  ['SC35', 347, 688, 0, ['S-22']],
];

describe('an exhaustive search', () => {
  it.each(counts)('%s has %i states and %i transitions, whichever way it goes', (name, states, transitions, terminals, ids) => {
    const found = search(name);
    expect(found).toMatchObject({ states, transitions, complete: true, cut: undefined, notes: [] });
    expect(found.terminals.count).toBe(terminals);
    expect(found.findings.map(({ id }) => id)).toEqual(ids);
    for (const options of [{ order: 'bfs' }, { exact: true }, { order: 'bfs', exact: true }, { graph: true }] as const) {
      const other = search(name, options);
      expect(other, JSON.stringify(options)).toMatchObject({ states, transitions, complete: true, terminals: found.terminals, deadlocks: found.deadlocks });
      expect(keys(other)).toEqual(keys(found));
    }
  });

  it('is the same in however small pieces', () => {
    const pieces = new Search(v6_8, topologyOf('SC22'), all);
    let advances = 0;
    while (pieces.advance(7)) advances++;
    expect(advances).toBe(Math.floor(1677 / 7));
    expect(pieces.result().states).toBe(904);
    expect(pieces.progress()).toMatchObject({ states: 904, transitions: 1677, depth: 0, frontier: 0, findings: 1 });
  });

  it('counts how often each state of a statechart had each outcome', () => {
    const { coverage, transitions } = search('SC07');
    const { leaves } = v6_8.table;
    const sum = leaves.flatMap(({ number, outcomes }) => outcomes.map((one) => coverage.times(number, one))).reduce((a, b) => a + b, 0);
    expect(sum).toBe(transitions);
  });

  it('says how likely two states had one hash', () => {
    expect(search('SC01').collision).toBeCloseTo((11_017 * 11_016) / 2 / 2 ** 64, 15);
    expect(search('SC07', { exact: true }).collision).toBe(0);
  });

  it('breadth first comes to each finding by a shortest schedule', () => {
    const deep = search('SC13');
    const broad = search('SC13', { order: 'bfs' });
    expect(broad.findings[0]!.schedule.length).toBeLessThan(deep.findings[0]!.schedule.length);
    const shorter = search('SC13', { depth: broad.findings[0]!.schedule.length - 1, order: 'bfs' });
    expect(shorter.findings).toEqual([]);
    expect(shorter.cut).toBe('depth');
  });

  it('stops at the first finding, unless it is known', () => {
    const first = search('SC22', { stop: 'first' });
    expect(first.cut).toBe('finding');
    expect(first.states).toBeLessThan(904);
    const known = search('SC22', { stop: 'first', known: new Set(keys(first)) });
    expect(known).toMatchObject({ complete: true, states: 904, findings: [] });
    expect(known.known.map(({ key }) => key)).toEqual(keys(first));
  });
});

describe('a bound ends a search, which says so', () => {
  it('of states', () => {
    expect(search('SC01', { states: 5000 })).toMatchObject({ states: 5000, complete: false, cut: 'states' });
    expect(search('SC01', { states: 11_017 })).toMatchObject({ states: 11_017, complete: true, cut: undefined });
  });

  it('of depth', () => {
    const found = search('SC01', { depth: 40 });
    expect(found).toMatchObject({ complete: false, cut: 'depth' });
    expect(found.states).toBeLessThan(11_017);
  });

  it('of memory', () => {
    const found = search('SC08', { megabytes: 1 });
    expect(found).toMatchObject({ complete: false, cut: 'memory' });
    expect(found.states).toBeGreaterThan(10_000);
    expect(found.states).toBeLessThan(114_995);
    expect(search('SC08', { megabytes: 1, order: 'bfs' }).cut).toBe('memory');
    expect(search('SC08', { megabytes: 1, exact: true }).cut).toBe('memory');
  });
});

/** Executes a schedule; the hash of memory behind each step. */
function follow(kernel: Kernel, name: string, { schedule }: Finding): { hashes: string[]; blocked: string[] } {
  const { world } = preparedWorld(kernel, topologyOf(name, kernel));
  const hashes = schedule.map(({ actor, choice }) => {
    expect(isBlocked(world.step(actor, () => choice))).toBe(false);
    return hashOf(world);
  });
  const blocked = world.topology.actors.flatMap((actor, i) => (!world.leafOf(i + 1).idle && isBlocked(world.step(i + 1, () => 0)) ? [actor.name] : []));
  return { hashes, blocked };
}

describe('a deadlock', () => {
  it('is found at the step that closes the cycle, with everybody in it', () => {
    const [found] = search('SC22').findings;
    expect(found).toMatchObject({ kind: 'deadlock', id: 'L-04' });
    expect(found!.sentence).toBe('main.gmem waits in folio.lock for folio_lock(pfn 1), which hw.mf holds or is to have first; hw.mf waits in inode.downRead for invalidate_lock(inode 1), which main.gmem holds or is to have first');
    expect(follow(v6_8, 'SC22', found!).blocked).toEqual(expect.arrayContaining(['main.gmem', 'hw.mf']));
    // One step less, and one of the two still moves.
    expect(follow(v6_8, 'SC22', { ...found!, schedule: found!.schedule.slice(0, -1) }).blocked).not.toEqual(expect.arrayContaining(['main.gmem', 'hw.mf']));
  });

  it('is one though others can go on for ever', () => {
    const spinning = { ...builtinScenario('SC22')!, vms: [{ vcpus: [{ program: [await_('never'), notify('never')] }] }] };
    const found = exhaustive(v6_8, compile(spinning, v6_8), { ...all, graph: true });
    expect(found).toMatchObject({ complete: true, deadlocks: 0 });
    expect(keys(found)).toContain(search('SC22').findings[0]!.key);
  });

  it('is none while somebody waits for what another one is about to do', () => {
    const waiting = scenario({ name: 'w', vms: [{}], setup: [], threads: [{ name: 'a', program: [await_('go')] }, { name: 'b', program: [notify('go')] }] });
    expect(exhaustive(v6_8, compile(waiting, v6_8), all)).toMatchObject({ complete: true, deadlocks: 0, findings: [] });
    const forgotten = scenario({ name: 'w', vms: [{}], setup: [], threads: [{ name: 'a', program: [await_('go'), notify('back')] }, { name: 'b', program: [await_('back'), notify('go')] }] });
    expect(exhaustive(v6_8, compile(forgotten, v6_8), all)).toMatchObject({ complete: true, deadlocks: 1, findings: [{ kind: 'deadlock', sentence: 'nobody can go on: a waits in vmm.next for sync_point(event 1); b waits in vmm.next for sync_point(event 0)' }] });
  });
});

/** An invalidation that is never over: faults on its range are retried for ever. */
const neverOver = deriveKernel(v6_8, { name: 'never-over', steps: { 'mmu.dropInProgress': (() => ok) as Step<never> } });

describe('a livelock', () => {
  const found = exhaustive(neverOver, topologyOf('SC01', neverOver), { graph: true, stop: 'never' });

  it('is a way to a loop, and a loop that leads back to where it begins', () => {
    const [one] = found.findings;
    expect(one).toMatchObject({ kind: 'livelock', id: 'L-01' });
    expect(one!.sentence).toMatch(/^vcpu0 goes round \d+ steps for ever/);
    const { hashes } = follow(neverOver, 'SC01', one!);
    expect(one!.loop).toBeGreaterThan(0);
    expect(hashes.at(-1)).toBe(hashes[one!.loop! - 1]);
    expect(new Set(one!.schedule.slice(one!.loop).map(({ actor }) => actor))).toEqual(new Set([1]));
  });

  it('is not looked for without a graph', () => {
    expect(exhaustive(neverOver, topologyOf('SC01', neverOver), { stop: 'never' }).findings).toEqual([]);
  });

  it.each(['SC01', 'SC07', 'SC25', 'SC29'])('is none in %s on 6.8', (name) => {
    expect(search(name, { graph: true }).findings.filter(({ kind }) => kind === 'livelock')).toEqual([]);
  });

  it('is none when a guest spins until somebody moves, and one when nobody will', () => {
    const spins = (main: VmmOp[]) => scenario({ name: 's', vms: [{ vcpus: [{ program: [await_('go'), notify('back')] }] }], setup: [], threads: [{ name: 'main', program: main }] });
    const kinds = (...main: VmmOp[]): string[] => exhaustive(v6_8, compile(spins(main), v6_8), { ...all, graph: true }).findings.map(({ kind }) => kind);
    expect(kinds(notify('go'))).toEqual([]);
    expect(kinds(await_('back'), notify('go'))).toEqual(['livelock']);
  });
});

describe('the point of no return', () => {
  const whole = (name: string, kernel: Kernel = v6_8): Search => {
    const one = new Search(kernel, topologyOf(name, kernel), { ...all, graph: true });
    while (one.advance(100_000));
    return one;
  };

  it('of a deadlock is the step behind which each way leads to it', () => {
    const searched = whole('SC22');
    const [deadlock] = searched.result().findings;
    const { avoidable, step } = searched.pointOfNoReturn(deadlock!)!;
    expect(avoidable).toHaveLength(deadlock!.schedule.length);
    expect(avoidable).toEqual(avoidable.map((_one, k) => k <= step));
    expect(step).toBeGreaterThan(0);
    // Behind that step all schedules end in the deadlock: random walks from there find nothing else.
    const { world } = preparedWorld(v6_8, topologyOf('SC22'));
    for (const { actor, choice } of deadlock!.schedule.slice(0, step + 1)) world.step(actor, () => choice);
    const start = world.words.slice();
    for (let walk = 0; walk < 50; walk++) {
      world.words.set(start);
      for (let idle = 0, turn = walk; idle < 200; turn = (turn * 7 + 3) % 101) {
        const actor = 1 + (turn % world.topology.actors.length);
        idle = world.ended(actor) || isBlocked(world.step(actor, () => 0)) ? idle + 1 : 0;
      }
      expect(world.topology.actors.some((_one, i) => !world.leafOf(i + 1).idle)).toBe(true);
    }
  });

  it('of a broken property lies in front of its last step, or is that', () => {
    const searched = whole('SC35');
    const [broken] = searched.result().findings;
    const { avoidable } = searched.pointOfNoReturn(broken!)!;
    expect(avoidable).toHaveLength(broken!.schedule.length);
  });

  it('is not told where something was left out', () => {
    const part = new Search(v6_8, topologyOf('SC22'), { ...all, graph: true, states: 500 });
    while (part.advance(100_000));
    const [finding] = search('SC22').findings;
    expect(part.pointOfNoReturn(finding!)).toBeUndefined();
    const without = new Search(v6_8, topologyOf('SC22'), all);
    while (without.advance(100_000));
    expect(without.pointOfNoReturn(finding!)).toBeUndefined();
  });
});

// A search on several threads comes to what it comes to on one. From dist, since a worker cannot load TypeScript on every Node.

import { describe, expect, it } from 'vitest';
import { protocol, type Variant } from '../../../dist/bench/peers/protocol.js';
import { peers } from '../../../dist/bench/peers/world.js';
import { kernels } from '../../../dist/machines/kernels/index.js';
import { invariants } from '../../../dist/src/check/invariants/index.js';
import { shrunkHash } from '../../../dist/src/explore/known.js';
import { SearchPool, type SearchPoolOptions } from '../../../dist/src/explore/search-pool.js';
import { Search } from '../../../dist/src/explore/search/search.js';
import { shrink } from '../../../dist/src/explore/shrink.js';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import { compile } from '../../../dist/src/scenario/compile.js';
import type { Kernel } from '../../../dist/src/kernel/define.js';
import type { SearchOptions, SearchResult } from '../../../dist/src/explore/search/options.js';
import type { Scenario } from '../../../dist/src/scenario/types.js';
import type { Topology } from '../../../dist/src/scenario/topology.js';

const v6_8 = kernels.find(({ name }) => name === 'v6.8')!;
const all: SearchOptions = { invariants, stop: 'never' };
const alike: Scenario = { name: 'alike', vms: [{ vcpus: [0, 1].map(() => ({ program: [{ op: 'read', page: 0 }] })) }] };
const topologyOf = (of: string | Scenario): Topology => compile(typeof of === 'string' ? builtinScenario(of)! : of, v6_8);
const thread = new URL('../../../dist/bench/peers/thread.js', import.meta.url);

/** All that must not depend on who has searched what. */
const told = (kernel: Kernel, { findings, known, coverage, notes: _notes, ...rest }: SearchResult): object => ({
  ...rest, findings: findings.map(({ key, kind, id }) => ({ key, kind, id })).toSorted((a, b) => (a.key < b.key ? -1 : 1)), known: known.length,
  coverage: kernel.table.leaves.flatMap(({ number, outcomes }) => outcomes.map((one) => coverage.times(number, one))),
});

function alone(kernel: Kernel, topology: Topology, options: SearchOptions): Search {
  const search = new Search(kernel, topology, options);
  while (search.advance(100_000)) { /* to the end */ }
  return search;
}

/** Does something with a pool of which all threads are up. */
async function withPool<T>(given: SearchPoolOptions, act: (pool: SearchPool) => T | Promise<T>): Promise<T> {
  const pool = new SearchPool(given);
  try {
    await pool.ready();
    return await act(pool);
  } finally {
    await pool.close();
  }
}

const toTheEnd = (given: SearchPoolOptions): Promise<{ result: SearchResult; shares: readonly number[] }> => withPool(given, async (pool) => {
  expect(await pool.run()).toBe(false);
  return { result: pool.result(), shares: pool.shares };
});

describe('jobs', () => {
  it.each<[string | Scenario, SearchOptions]>([
    ['SC01', {}], ['SC16', { graph: true }], ['SC22', {}], ['SC22', { graph: true }], ['SC26', {}], [alike, {}], [alike, { symmetry: true }],
  ])('come to the same: %o %o', async (of, more) => {
    const topology = topologyOf(of);
    const options = { ...all, ...more };
    const wanted = told(v6_8, alone(v6_8, topology, options).result());
    for (const jobs of of === 'SC22' ? [1, 2, 4] : [2, 4]) {
      const { result } = await toTheEnd({ kernel: v6_8, topology, options, jobs });
      expect(told(v6_8, result)).toEqual(wanted);
    }
  });

  it.each<[Variant, number]>([[{}, 166_249], [{ bug: 'inverted' }, 120_742]])('of the protocol count %o as Spin does, and all of them work', async (variant, states) => {
    const kernel = protocol(variant);
    const wanted = told(kernel, alone(kernel, peers(3, 1), { stop: 'never' }).result());
    expect(wanted).toMatchObject({ states });
    for (const jobs of [1, 2, 4]) {
      const { result, shares } = await toTheEnd({ kernel, topology: peers(3, 1), options: { stop: 'never' }, jobs, entry: thread });
      expect(told(kernel, result)).toEqual(wanted);
      expect(shares.reduce((sum, steps) => sum + steps, 0)).toBe(result.transitions);
      expect(shares.every((steps) => steps > 1000)).toBe(true);
    }
  });

  it('let the table of states grow while they stand still', async () => {
    const options = { stop: 'never' } as const;
    const { result } = await toTheEnd({ kernel: protocol(), topology: peers(3, 2), options, jobs: 2, entry: thread });
    expect(result).toMatchObject({ states: 1_679_317, transitions: 5_897_614, complete: true });
  });

  it('find what shrinks to the same schedule', async () => {
    for (const name of ['SC22', 'SC26']) {
      const topology = topologyOf(name);
      const hashes = ({ findings }: SearchResult): string[] => findings.map((finding) => shrunkHash(v6_8, shrink(v6_8, topology, finding, { scenario: builtinScenario(name)! }))).toSorted();
      const { result } = await toTheEnd({ kernel: v6_8, topology, options: all, jobs: 2 });
      expect(hashes(result)).toEqual(hashes(alone(v6_8, topology, all).result()));
    }
  });

  it('know with their graph from which step on a finding could not be avoided', async () => {
    const topology = topologyOf('SC22');
    const options = { ...all, graph: true };
    const [finding] = alone(v6_8, topology, options).result().findings;
    const wanted = alone(v6_8, topology, options).pointOfNoReturn(finding!);
    expect(await withPool({ kernel: v6_8, topology, options, jobs: 2 }, async (pool) => {
      await pool.run();
      return pool.pointOfNoReturn(finding!);
    })).toEqual(wanted);
  });

  it('end together at their limits, at a first finding, and when somebody wants it, and go on from there', async () => {
    const topology = peers(3, 1);
    const given = { kernel: protocol(), topology, jobs: 2, entry: thread };
    await withPool({ ...given, options: { stop: 'never', states: 20_000 } }, async (pool) => {
      expect(await pool.run()).toBe(false);
      expect(pool.result()).toMatchObject({ states: 20_000, cut: 'states', complete: false });
    });
    const inverted = await toTheEnd({ ...given, kernel: protocol({ bug: 'inverted' }), options: {} });
    expect(inverted.result).toMatchObject({ cut: 'finding', complete: false, findings: [{ kind: 'deadlock' }] });
    await withPool({ ...given, options: { stop: 'never' } }, async (pool) => {
      let stops = 0;
      for (;;) {
        const timer = setInterval(() => { if (pool.progress().states > 40_000 * stops) pool.stop(); }, 1);
        const going = pool.run();
        // Once at once, and then whenever the timer comes to it.
        if (stops === 0) pool.stop();
        const more = await going;
        clearInterval(timer);
        if (!more) break;
        stops++;
      }
      expect(stops).toBeGreaterThan(0);
      expect(pool.result()).toMatchObject({ states: 166_249, transitions: 559_644, complete: true });
    });
  });

  it('end where their memory does', async () => {
    const options = { stop: 'never', megabytes: 8 } as const;
    await withPool({ kernel: protocol(), topology: peers(3, 2), options, jobs: 2, entry: thread }, async (pool) => {
      await pool.run();
      const { states, cut, complete } = pool.result();
      expect([cut, complete]).toEqual(['memory', false]);
      expect(states).toBeGreaterThan(50_000);
      expect(pool.progress().megabytes).toBeLessThanOrEqual(8);
    });
  });

  it('leave a checkpoint that as many, or one alone, or others go on with', async () => {
    const kernel = protocol();
    const topology = peers(3, 1);
    const options = { stop: 'never' } as const;
    const given = { kernel, topology, options, jobs: 2, entry: thread };
    const wanted = told(kernel, alone(kernel, topology, options).result());
    const bytes = await withPool({ ...given, options: { ...options, states: 50_000 } }, async (pool) => {
      await pool.run();
      return pool.save();
    });
    expect(told(kernel, (await toTheEnd({ ...given, resume: bytes })).result)).toEqual(wanted);
    const one = Search.resume(bytes, kernel, topology, options);
    while (one.advance(30_000)) { /* to the end */ }
    expect(told(kernel, one.result())).toEqual(wanted);
    const little = new Search(kernel, topology, { ...options, states: 30_000 });
    while (little.advance(30_000)) { /* to the limit */ }
    expect(told(kernel, (await toTheEnd({ ...given, resume: little.save() })).result)).toEqual(wanted);
    expect(() => new SearchPool({ ...given, options: { ...options, states: 10 }, resume: bytes })).toThrow('for which the limits have no room');
  });

  it('say so when one of them fails', async () => {
    const given = { kernel: v6_8, topology: topologyOf('SC01'), options: all, jobs: 2 };
    const unknown = new SearchPool({ ...given, kernel: protocol(), topology: peers(2, 1), options: {} });
    await expect(unknown.run()).rejects.toThrow(/^job [12] of 2 ended with an error: this thread does not know the kernel 'fault-vs-punch'/);
    await unknown.close();
    expect(() => new SearchPool({ ...given, jobs: 0 })).toThrow('an exploration has 1 to 64 jobs, not 0');
    for (const [options, why] of [[{ order: 'bfs' }, 'breadth first'], [{ exact: true }, 'whole states'], [{ reduction: true }, 'the one path']] as const) {
      expect(() => new SearchPool({ ...given, options })).toThrow(why);
    }
  });
});

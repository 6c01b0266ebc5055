// One key for a finding: whoever has found it, search or sample, and when it was made small.

import { describe, expect, it } from 'vitest';
import noStaleTest from '../../examples/no-stale-test.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import type { Invariant } from '../../src/check/invariant.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { shrink } from '../../src/explore/shrink.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { ok, blocked } from '../../src/memory/outcome.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { tiny, type TinyStep } from '../support/tiny.ts';
import type { Step } from '../../src/memory/world.ts';
import type { Finding } from '../../src/explore/finding.ts';
import type { Topology } from '../../src/scenario/topology.ts';

/** A slot that is deleted is never freed. */
const leaky = deriveKernel(v6_8_fixed, {
  name: 'leaky', steps: {
    'kvm.freeMemslot': (({ memslot_set, memslots, facts }, f) => {
      const { slot } = memslot_set(f.vm, memslots(f.vm).active);
      for (let id = 0; id < facts.sizes.slotId; id++) if (slot.at(id) === f.slot) slot.put(id, 0);
      return ok;
    }) as Step<{ vm: number; slot: number }> as Step<never>,
  },
});
/** An invalidation that is never over: faults on its range are retried for ever. */
const neverOver = deriveKernel(v6_8, { name: 'never-over', steps: { 'mmu.dropInProgress': (() => ok) as Step<never> } });

/** What both ways find: kinds that only an analysis of whole schedules shows, races and lock orders, are left out. */
const inStates = ({ kind }: Finding): boolean => kind !== 'race' && kind !== 'lock-order';

const checksOf = ({ name }: Kernel): readonly Invariant[] => (name === 'tiny' ? [] : invariants);

function searched(kernel: Kernel, topology: Topology, graph: boolean): readonly Finding[] {
  return exhaustive(kernel, topology, { invariants: checksOf(kernel), stop: 'never', ...(graph ? { graph } : {}) }).findings;
}

function sampled(kernel: Kernel, topology: Topology, schedules: number, bound?: number): readonly Finding[] {
  const sampler = new Sampler(kernel, topology, { strategy: 'random', schedules, seed: 3, invariants: checksOf(kernel), analysed: false, bound });
  while (sampler.advance(100_000)) { /* to the end */ }
  return sampler.result().findings.filter(inStates);
}

const keysOf = (findings: readonly Finding[]): string[] => findings.map(({ kind, key }) => `${kind} ${key}`).toSorted();
const on = (name: string, kernel: Kernel): Topology => compile(builtinScenario(name)!, kernel);

const known: readonly { readonly name: string; readonly kernel: Kernel; readonly keys: readonly string[]; readonly schedules: number }[] = [
  { name: 'SC22', kernel: v6_8, keys: ['deadlock L-04 folio.lock>folio_lock inode.downRead>invalidate_lock'], schedules: 300 },
  { name: 'SC26', kernel: v6_8, keys: ['safety S-11 memslot.freeOld'], schedules: 300 },
  { name: 'SC13', kernel: v6_8, keys: ['safety S-04 mmu.dropInProgress'], schedules: 3000 },
  { name: 'SC16', kernel: v6_8, keys: ['safety S-33 fault.prepareMemoryFault'], schedules: 1000 },
  { name: 'SC33', kernel: v6_8, keys: ['safety S-11 memslot.freeOld'], schedules: 50 },
  { name: 'SC35', kernel: v6_8, keys: ['safety S-22 set_region of main answered ok, expected was EINVAL'], schedules: 50 },
  { name: 'SC21', kernel: v6_8, keys: ['leak S-19 at rest'], schedules: 300 },
  { name: 'SC01', kernel: noStaleTest, keys: ['safety S-01 fault.map', 'safety S-01 folio.removeFromCache'], schedules: 1000 },
  { name: 'SC05', kernel: noStaleTest, keys: ['safety S-01 fault.map', 'safety S-01 folio.removeFromCache'], schedules: 2000 },
  { name: 'SC38', kernel: leaky, keys: ['leak L-07 memslot'], schedules: 20 },
];

describe('search and sample list the same keys', () => {
  it.each(known)('in $name: $keys', ({ name, kernel, keys, schedules }) => {
    const topology = on(name, kernel);
    const all = searched(kernel, topology, false);
    expect(keysOf(all)).toEqual(keys);
    const some = sampled(kernel, topology, schedules);
    expect(keysOf(some)).toEqual(keys);
    // What is made small keeps its key, whichever of both it was.
    for (const finding of [all[0]!, some[0]!]) {
      expect(shrink(kernel, topology, finding, { scenario: builtinScenario(name)!, budget: 100_000 }).broken).toMatchObject({ kind: finding.kind, key: finding.key });
    }
  });

  it('of a loop without progress, which both can make small', () => {
    const topology = on('SC01', neverOver);
    const all = searched(neverOver, topology, true).filter(({ kind }) => kind === 'livelock');
    const some = sampled(neverOver, topology, 40, 3000).filter(({ kind }) => kind === 'livelock');
    expect(keysOf(all).length).toBe(1);
    expect(keysOf(some)).toEqual(keysOf(all));
    for (const finding of [all[0]!, some[0]!]) expect(shrink(neverOver, topology, finding, { budget: 100_000 }).broken.key).toBe(finding.key);
  });

  it('of deadlocks in a small world: two that share an actor, one with oneself, one that waits for nobody', () => {
    const take = (n: number): TinyStep => ({ lock }, self) => {
      if (lock(n).owner !== 0) return blocked(lock(n));
      lock(n).owner = self;
      return ok;
    };
    const drop = (n: number): TinyStep => ({ lock }) => { lock(n).owner = 0; };
    const until = (n: number): TinyStep => ({ cell }) => (cell(n).value > 0 ? ok : blocked(cell(n)));
    const worlds = [
      tiny({ a: [take(0), take(1), take(2), drop(2), drop(1), drop(0)], b: [take(1), take(0), drop(0), drop(1)], c: [take(2), take(0), drop(0), drop(2)] }, { locks: 3 }),
      tiny({ a: [take(0), take(0)], b: [take(1), drop(1)] }),
      tiny({ a: [until(0)], b: [until(1)] }),
    ];
    const found = worlds.map(({ kernel, topology }) => {
      const keys = keysOf(searched(kernel, topology, false));
      expect(keysOf(sampled(kernel, topology, 500))).toEqual(keys);
      return keys;
    });
    expect(found).toEqual([
      ['deadlock L-04 a.1>lock b.1>lock', 'deadlock L-04 a.2>lock c.1>lock'], ['deadlock L-04 a.1>lock'], ['deadlock L-04 a.0>cell b.0>cell'],
    ]);
  });
});

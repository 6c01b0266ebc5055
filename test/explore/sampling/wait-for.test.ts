// Who waits for whom, for each kind of lock, read off memory that a test has written; and leaks once everything is closed.

import { beforeEach, describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { WaitFor } from '../../../src/runtime/wait-for.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { ok } from '../../../src/memory/outcome.ts';
import type { Topology } from '../../../src/scenario/topology.ts';
import type { World } from '../../../src/memory/world.ts';
import { preparedWorld } from '../../../src/runtime/prepared.ts';
import type { RunWorld } from '../../../src/runtime/world.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { Step } from '../../../src/memory/world.ts';

let world: RunWorld;
let objects: World;
let waitsOn: Int32Array;
let graph: WaitFor;
let topology: Topology;
beforeEach(() => {
  ({ world } = preparedWorld(v6_8, compile(builtinScenario('SC08')!, v6_8)));
  objects = world.objects;
  topology = world.topology;
  waitsOn = new Int32Array(world.topology.actors.length + 1).fill(-1);
  graph = new WaitFor(world);
});

/** Those that `actor` waits for, when it waits for this object. */
function holders(actor: number, { id }: { id: number }): number[] {
  const found: number[] = [];
  graph.holders(actor, id, (holder) => { found.push(holder); });
  return found;
}

describe('who waits for', () => {
  it('a mutex waits for its owner', () => {
    expect(holders(1, objects.slots_lock(0))).toEqual([]);
    objects.slots_lock(0).owner = 4;
    expect(holders(1, objects.slots_lock(0))).toEqual([4]);
  });

  it('an rw_semaphore waits for the writer; queued to write, for the readers; to read, for those who are queued to write', () => {
    const lock = objects.invalidate_lock(1);
    lock.writer = 3;
    expect(holders(1, lock)).toEqual([3]);
    lock.writer = 0;
    lock.readers.set(2);
    lock.readers.set(5);
    lock.waiting_writers.set(4);
    expect(holders(4, lock)).toEqual([2, 5]);
    expect(holders(1, lock)).toEqual([4]);
  });

  it('mmu_lock waits for everybody in front, and to write for the readers too', () => {
    const lock = objects.mmu_lock(0);
    lock.readers.set(6);
    [-2, 3, -1].forEach((entry, k) => lock.queue.put(k, entry));
    expect(holders(2, lock)).toEqual([6]);
    expect(holders(3, lock)).toEqual([2]);
    expect(holders(1, lock)).toEqual([2, 3, 6]);
  });

  it('an SRCU reader or an acknowledgement waits for who is inside', () => {
    expect(holders(1, objects.srcu_reader(5))).toEqual([]);
    objects.srcu_reader(5).kvm = 1;
    expect(holders(1, objects.srcu_reader(5))).toEqual([5]);
    const actor = (machine: string): number => topology.actors.findIndex((one) => one.machine === machine && one.vcpu === 0) + 1;
    expect(holders(4, objects.ipi(0))).toEqual([actor('hardware')]);
    expect(holders(actor('hardware'), objects.interrupt(0))).toEqual([actor('vcpu')]);
  });

  it('a message waits for nobody that could be named', () => {
    expect(graph.isLock(objects.mailbox(1).id)).toBe(false);
    expect(holders(1, objects.mailbox(1))).toEqual([]);
  });
});

describe('a cycle', () => {
  const through = (actor: number): number[] | undefined => graph.cycle(actor, (one) => waitsOn[one]!)?.map((one) => one.actor);

  it('through three locks is found from whoever was parked last, and not before', () => {
    // Who rests waits for nobody.
    const busy = world.table.leaves.findIndex(({ step }) => step === 'inode.downRead');
    for (let actor = 1; actor <= 3; actor++) world.frames[actor]!.leaf = busy;
    objects.slots_lock(0).owner = 1;
    objects.invalidate_lock(1).readers.set(2);
    objects.invalidate_lock(1).waiting_writers.set(1);
    objects.mmu_lock(0).writer = 3;
    waitsOn[1] = objects.invalidate_lock(1).id;
    waitsOn[2] = objects.mmu_lock(0).id;
    expect(through(2)).toBeUndefined();
    waitsOn[3] = objects.slots_lock(0).id;
    expect(through(3)).toEqual([3, 1, 2]);
    expect(through(1)).toEqual([1, 2, 3]);
  });
});

describe('once everything is closed', () => {
  const findings = (kernel: Kernel): string[] => {
    const sampler = new Sampler(kernel, compile(builtinScenario('SC38')!, kernel), { strategy: 'random', schedules: 20, invariants, analysed: false });
    while (sampler.advance(10_000)) { /* to the end */ }
    return sampler.result().findings.map(({ kind, key, sentence }) => `${kind} ${key}: ${sentence}`);
  };

  it('a memslot that is not freed is a leak', () => {
    const forgets: Step<{ vm: number; slot: number }> = ({ memslot_set, memslots, facts }, f) => {
      // Out of the table, and no kfree.
      const { slot } = memslot_set(f.vm, memslots(f.vm).active);
      for (let id = 0; id < facts.sizes.slotId; id++) if (slot.at(id) === f.slot) slot.put(id, 0);
      return ok;
    };
    const leaky = deriveKernel(v6_8_fixed, { name: 'leaky', steps: { 'kvm.freeMemslot': forgets as Step<never> } });
    expect(findings(leaky)).toEqual(['leak L-07 memslot: everything is closed and everybody rests, but memslot(slot 1) is not freed']);
  });

  it('nothing is left on 6.8', () => {
    expect(findings(v6_8)).toEqual([]);
    expect(findings(v6_8_fixed)).toEqual([]);
  });
});

// The scenario `scale`, and what a world of its size costs: counted, not timed.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { Recorder } from '../../src/runtime/recorder.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { megabytesOf, roomOf } from '../../src/runtime/room.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { planFor } from '../../src/runtime/world.ts';
import { scale } from '../../src/scenario/builtin/scale.ts';
import { compile } from '../../src/scenario/compile.ts';

const topology = compile(scale, v6_8);
const plan = planFor(v6_8, topology);
/** Words of a table's objects. */
const words = (name: string): number => plan.byName.get(name)!.words * plan.byName.get(name)!.count;

describe('scale', () => {
  it('is 16 VMs of 16 vCPUs on 2^16 page frames', () => {
    expect(topology.sizes).toMatchObject({ vm: 16, vcpu: 256, pfn: 1 + 2 ** 16 });
    expect(topology.vmOfVcpu).toEqual(Array.from({ length: 256 }, (_one, vcpu) => Math.floor(vcpu / 16)));
  });

  it('has guest pages far apart, the same ones in each VM: 1024 convertible, 2032 private, 2 for errors, 2 that come and go', () => {
    expect(topology.gfns).toEqual([
      { start: '0', end: '1024' }, { start: String(2 ** 20), end: String(2 ** 20 + 2032) }, { start: String(2 ** 21), end: String(2 ** 21 + 2) }, { start: String(3 * 2 ** 20), end: String(3 * 2 ** 20 + 2) },
    ]);
    expect(topology.sizes).toMatchObject({ gfn: 3060, index: 1024 + 2032, hva: 16 * 1024 });
  });

  it('takes so many words, and no more', () => {
    const { actor, file } = topology.sizes;
    expect([actor, file]).toEqual([1779, 65]);
    // 3 words a TLB entry, 96 a set of 3060 pages, one for `open` and one for `seq_moved`.
    expect(words('tlb')).toBe(256 * 3060 * 3);
    expect(words('tlb_filled')).toBe(256 * 96);
    expect(words('spte')).toBe(16 * 2 * 3060 * 3);
    expect(words('open_invalidation')).toBe(16 * actor * (2 + 2 * 96));
    expect(words('cache') + words('binding') + words('file_content')).toBe(file * 3056 * 5);
    expect(words('page') + words('folio') + words('folio_ref') + words('folio_lock')).toBe((2 ** 16 + 1) * 13);
    expect([plan.objects, plan.stateWords, plan.totalWords]).toEqual([1_876_185, 10_551_862, 12_630_823]);
    expect(megabytesOf(plan)).toBeLessThan(200);
    expect(roomOf(plan)).toBe('50.5 MB: 1,876,185 objects');
  });

  it('breaks nothing of 6.8, and does everything that it is made of', () => {
    const { world, observer: log } = preparedWorld(v6_8, topology, (objects) => new WriteLog(objects));
    const recorder = new Recorder(world, invariants, () => {});
    log.watchOnly(recorder.wanted());
    const simulation = new Simulation(world, log, 11);
    const outcomes = new Set<string>();
    while (simulation.steps < 150_000 && simulation.step()) {
      outcomes.add(world.table.leaves[world.last.leaf]!.step);
      if (!recorder.record(log.written, log.count)) break;
    }
    expect([simulation.steps, recorder.violation]).toEqual([150_000, undefined]);
    for (const step of ['fault.map', 'convert.sendAttributes', 'fallocate.validate', 'mf.setHwpoison', 'irq.deliver', 'memslot.allocate', 'host.slotHva', 'vmm.hostAccess']) expect(outcomes).toContain(step);
    const busy = new Set(invariants.flatMap(({ id }, i) => (recorder.evaluated[i]! > 0 ? [id] : [])));
    for (const id of scale.about!) expect(busy).toContain(id);
  });
});

// Mutants of invalidation and flush: kvm_gmem_punch_hole, kvm_mmu_invalidate_begin and _end, kvm_flush_remote_tlbs.

import { use } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC08 } from '../../../src/scenario/builtin/sc08.ts';
import { SC10 } from '../../../src/scenario/builtin/sc10.ts';
import type { Invalidation, UnmapRange } from '../../../src/memory/frames.ts';

/** Two memslots on one file, and a guest in the one that the hole comes to first. */
const twoSlots = scenario({
  name: 'two-slots', vms: [{ vcpus: [{ program: [write(0), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { fd: 'A', filePage: 1 }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});

/** The walk over bindings, with the last index of the range left out. */
const shorter = changed<Invalidation>((inner) => (world, f, choose) => {
  const { end } = f;
  f.end = end - 1;
  const result = inner(world, f, choose);
  f.end = end;
  return result;
});

export const invalidationMutants: readonly Mutant[] = [
  {
    id: 'M05', does: 'does not flush behind a zap', where: 'kvm_gmem_invalidate_begin', scenario: SC08, shownBy: ['S-02', 'S-03', 'S-27'],
    fragments: { 'gmem.invalidateBegin': (edit) => edit.remove('flush', 'unlock') },
  },
  {
    id: 'M06', does: 'requests a flush and sends no interrupt', where: 'kvm_make_all_cpus_request', scenario: SC08, shownBy: ['S-02', 'S-03', 'S-27'],
    fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.redirect('mode', 'inside', 'next') },
  },
  {
    id: 'M07', does: 'does not wait until the interrupt is acknowledged', where: 'kvm_kick_many_cpus', scenario: SC08, shownBy: ['S-02', 'S-03', 'S-27'],
    steps: { 'flush.awaitAcks': changed<{ target: number; flush: number }>(() => ({ facts, flush_mark }, f) => {
      for (const vcpu of facts.vcpusOfVm[f.vm]!) flush_mark(vcpu).marked_by.clear(f.self);
      f.target = 0;
      f.flush = 0;
      return ok;
    }) },
  },
  {
    id: 'M10', does: 'lets mmu_lock go in the middle of a zap and does not flush first', where: 'tdp_mmu_iter_cond_resched', scenario: SC10, shownBy: ['S-02'],
    fragments: { 'kvm.unmapGfnRange': (edit) => edit.redirect('zap', 'yield', 'unlock') },
  },
  {
    id: 'M61', does: 'ends an invalidation without moving mmu_invalidate_seq', where: 'kvm_mmu_invalidate_end', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-16', 'S-27'],
    fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('seq', 'drop') },
  },
  {
    id: 'M63', does: 'overwrites the range of an open invalidation instead of widening it', where: 'kvm_mmu_invalidate_range_add', scenario: twoSlots, shownBy: ['S-01', 'S-15'],
    steps: { 'mmu.rangeAdd': changed<UnmapRange>((inner) => (world, f, choose) => {
      world.kvm_mmu(f.vm).range_start = 0;
      return inner(world, f, choose);
    }) },
  },
  {
    id: 'M66', does: 'truncates before it begins to invalidate', where: 'kvm_gmem_punch_hole', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'gmem.punchHole': (edit) => {
      edit.remove('truncate', 'lockEnd');
      edit.insertAfter('lock', 'done', 'truncate', use('gmem.truncate', 'lockBegin'));
    } },
  },
  {
    id: 'M69', does: 'invalidates one page less than it truncates', where: 'kvm_gmem_punch_hole', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    steps: { 'gmem.nextBoundSlot': shorter, 'gmem.anyBoundSlot': shorter },
  },
];

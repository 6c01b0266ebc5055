// S-02: behind a flush nobody can use a translation that the page tables do not have any more.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, anyInTlb, flushesFirst, inTlb } from './state.ts';
import { tlbName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** A TLB entry allows what the leaf under it does not. */
function stale(world: CheckedWorld, vm: number, root: number, vcpu: number, gfn: number): boolean {
  if (inTlb(world, vcpu, gfn) === 0) return false;
  const { objects, facts } = world;
  const entry = objects.tlb(vcpu, gfn);
  if (facts.sizes.hp > 0) {
    const huge = objects.spte_huge(vm, root, Math.floor(gfn / HUGE_PAGES));
    if (huge.pfn !== 0) return entry.pfn !== huge.pfn + (gfn % HUGE_PAGES) || entry.private !== huge.private || entry.writable > huge.writable;
  }
  const leaf = objects.spte(vm, root, gfn);
  return entry.pfn !== leaf.pfn || entry.private !== leaf.private || entry.writable > leaf.writable;
}

/** Judges the VM that the actor of the last step works on. */
function afterFlush(world: CheckedWorld): string | undefined {
  const { objects, facts, frames, last } = world;
  const { vm } = frames[last.actor]!;
  if (!alive(world, vm)) return undefined;
  const vcpus = facts.vcpusOfVm[vm]!;
  for (let k = 0; k < vcpus.length; k++) {
    const vcpu = vcpus[k]!;
    const root = objects.vcpu_root(vcpu).root - 1;
    if (root < 0 || !anyInTlb(world, vcpu, (gfn) => stale(world, vm, root, vcpu, gfn) && !flushesFirst(world, vcpu))) continue;
    for (let gfn = 0; gfn < facts.sizes.gfn; gfn++) {
      if (!stale(world, vm, root, vcpu, gfn) || flushesFirst(world, vcpu)) continue;
      const leaf = objects.spte(vm, root, gfn);
      return `${tlbName(world, vcpu, gfn)} still says pfn ${objects.tlb(vcpu, gfn).pfn} behind the flush, its SPTE ${leaf.pfn === 0 ? 'is gone' : `is pfn ${leaf.pfn}`}`;
    }
  }
  return undefined;
}

export const s02: Invariant = {
  id: 'S-02',
  title: 'a flush is complete',
  statement: 'After an invalidation has flushed, and before mmu_lock is let go, no vCPU can access through a TLB entry that differs from '
    + 'the SPTE: its TLB has none, or it will be emptied before the next access of the guest.',
  after: { 'flush.awaitAcks': afterFlush, 'mmu.writeUnlock': afterFlush },
};

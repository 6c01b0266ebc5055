// What several invariants ask of memory.

import { KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, KVM_REQ_TLB_FLUSH, OUTSIDE_GUEST_MODE } from '../../memory/layouts/vcpu.ts';
import { KVM_LIVE, KVM_MEM_GUEST_MEMFD, KVM_MEMSLOT_GMEM_ONLY } from '../../memory/layouts/kvm.ts';
import { HUGE_PAGES } from '../../steps/huge.ts';
import { privateIn } from '../../steps/shareability.ts';
import { HUGE, SPTE, TLB } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';

/** The VM exists and is not being destroyed: nobody uses the tables of one that is. */
export const alive = ({ objects }: CheckedWorld, vm: number): boolean => objects.kvm(vm).state === KVM_LIVE;

/** Memslot of the published set that holds `gfn`, 0 if none. */
export function slotAt({ objects, facts }: CheckedWorld, vm: number, gfn: number): number {
  const { memslots, memslot_set, memslot } = objects;
  const { slot: slots } = memslot_set(vm, memslots(vm).active);
  for (let id = 0; id < facts.sizes.slotId; id++) {
    const slot = slots.at(id);
    if (slot === 0) continue;
    const { base_gfn, npages } = memslot(slot);
    if (gfn >= base_gfn && gfn < base_gfn + npages) return slot;
  }
  return 0;
}

/** Is the gfn, which lies in memslot `slot` (0: in none), private: by its file, where that keeps the state of its pages, else by the VM's
 *  attribute? Nothing where its file is gone, which nobody can ask any more. */
export function privacyOf({ objects, facts }: CheckedWorld, vm: number, slot: number, gfn: number): boolean | undefined {
  const { config } = facts;
  if (config.shareability === undefined) return objects.mem_attr(vm, gfn).attributes !== 0;
  if (slot !== 0 && objects.slot_gmem(slot).file === 0 && (objects.memslot(slot).flags & KVM_MEM_GUEST_MEMFD) !== 0) return undefined;
  return privateIn(objects, vm, slot, gfn) !== 0;
}

/** An invalidation that covers `gfn` is open in the VM. */
export function covered({ objects, facts, whereabouts }: CheckedWorld, vm: number, gfn: number): boolean {
  if (whereabouts !== undefined) {
    const { open } = whereabouts;
    for (let item = open.first(vm + 1); item !== 0; item = open.next(item)) if (objects.open_invalidation(vm, (item - 1) % facts.sizes.actor).covers.has(gfn)) return true;
    return false;
  }
  for (let actor = 1; actor <= facts.actors; actor++) {
    const ghost = objects.open_invalidation(vm, actor);
    if (ghost.open !== 0 && ghost.covers.has(gfn)) return true;
  }
  return false;
}

/** An invalidation that covers `gfn` is open in the VM and has not come to zap it. */
export function toBeZapped({ objects, facts, whereabouts }: CheckedWorld, vm: number, gfn: number): boolean {
  if (whereabouts !== undefined) {
    const { open } = whereabouts;
    for (let item = open.first(vm + 1); item !== 0; item = open.next(item)) {
      const ghost = objects.open_invalidation(vm, (item - 1) % facts.sizes.actor);
      if (ghost.covers.has(gfn) && !ghost.zapped.has(gfn)) return true;
    }
    return false;
  }
  for (let actor = 1; actor <= facts.actors; actor++) {
    const ghost = objects.open_invalidation(vm, actor);
    if (ghost.open !== 0 && ghost.covers.has(gfn) && !ghost.zapped.has(gfn)) return true;
  }
  return false;
}

/** Page that a root page table maps at `gfn`, by a 4K leaf or a huge one; 0: none. */
export function mappedAt({ objects, facts, words, pfns: { spte } }: CheckedWorld, vm: number, root: number, gfn: number): number {
  if (facts.sizes.hp > 0) {
    const huge = objects.spte_huge(vm, root, Math.floor(gfn / HUGE_PAGES)).pfn;
    if (huge !== 0) return huge + (gfn % HUGE_PAGES);
  }
  return words[spte.at + ((vm * facts.sizes.root + root) * facts.sizes.gfn + gfn) * spte.stride]!;
}

/** Page that a TLB entry says; 0: none. */
export const inTlb = ({ words, facts, pfns: { tlb } }: CheckedWorld, vcpu: number, gfn: number): number =>
  words[tlb.at + (vcpu * facts.sizes.gfn + gfn) * tlb.stride]!;

/** Is what a root page table maps at `gfn` private? */
export function mappedPrivate({ objects, facts }: CheckedWorld, vm: number, root: number, gfn: number): boolean {
  if (facts.sizes.hp > 0) {
    const huge = objects.spte_huge(vm, root, Math.floor(gfn / HUGE_PAGES));
    if (huge.pfn !== 0) return huge.private !== 0;
  }
  return objects.spte(vm, root, gfn).private !== 0;
}

/** Does a gfn of this kind have its page from a guest_memfd: a private one, or one of a memslot whose shared memory is its file's too? */
export function ofFile(world: CheckedWorld, vm: number, gfn: number, isPrivate: boolean): boolean {
  if (isPrivate) return true;
  const slot = slotAt(world, vm, gfn);
  return slot !== 0 && (world.objects.memslot(slot).flags & KVM_MEMSLOT_GMEM_ONLY) !== 0;
}

/** The vCPU is in guest mode, or about to be with no more test of its requests, and no interrupt is about to throw it out. */
export function canAccess({ objects, frames, table, actorOfVcpu }: CheckedWorld, vcpu: number): boolean {
  if (objects.vcpu_mode(vcpu).mode === OUTSIDE_GUEST_MODE || objects.interrupt(vcpu).pending !== 0) return false;
  const { step } = table.leaves[frames[actorOfVcpu[vcpu]!]!.leaf]!;
  return step !== 'vcpu.recheckRequests' && step !== 'vcpu.setOutsideGuestMode' && step !== 'weak.modeBarrier';
}

/** The vCPU's TLB will be empty before the guest's next access: a flush is requested, or a root has to be loaded, and it is not in the guest. */
export function flushesFirst(world: CheckedWorld, vcpu: number): boolean {
  const { objects, facts } = world;
  const vm = facts.vmOfVcpu[vcpu]!;
  if (!alive(world, vm)) return true;
  const { bits } = objects.vcpu_requests(vcpu);
  const { root } = objects.vcpu_root(vcpu);
  const reloads = root === 0 || ((bits & KVM_REQ_MMU_FREE_OBSOLETE_ROOTS) !== 0 && root - 1 !== objects.mmu_root(vm).valid);
  return ((bits & KVM_REQ_TLB_FLUSH) !== 0 || reloads) && !canAccess(world, vcpu);
}

/** Is `broken` true of a gfn that a root page table maps? Without whereabouts nobody knows, and it may be: walk over all then. */
export function anyMapped(world: CheckedWorld, vm: number, broken: (world: CheckedWorld, vm: number, root: number, gfn: number) => unknown): boolean {
  const { whereabouts, facts } = world;
  if (whereabouts === undefined) return true;
  const { byRow } = whereabouts;
  for (let root = 0; root < facts.sizes.root; root++) {
    const table = vm * facts.sizes.root + root;
    for (let place = byRow.first(whereabouts.leafRow(table, false)); place !== 0; place = byRow.next(place)) {
      if (broken(world, vm, root, whereabouts.last(place, SPTE)) !== undefined) return true;
    }
    for (let place = byRow.first(whereabouts.leafRow(table, true)); place !== 0; place = byRow.next(place)) {
      for (let k = 0; k < HUGE_PAGES; k++) if (broken(world, vm, root, whereabouts.last(place, HUGE) * HUGE_PAGES + k) !== undefined) return true;
    }
  }
  return false;
}

/** The same of the gfns in a vCPU's TLB. */
export function anyInTlb(world: CheckedWorld, vcpu: number, broken: (gfn: number) => unknown): boolean {
  const { whereabouts } = world;
  if (whereabouts === undefined) return true;
  const { byRow } = whereabouts;
  for (let place = byRow.first(whereabouts.tlbRow(vcpu)); place !== 0; place = byRow.next(place)) {
    const found = broken(whereabouts.last(place, TLB));
    if (found !== undefined && found !== false) return true;
  }
  return false;
}

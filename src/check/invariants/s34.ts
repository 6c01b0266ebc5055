// S-34: no WARN or BUG of the kernel is reached. Each is the outcome of a step, or a count below zero.

import { spurious } from '../../steps/fault.ts';
import { outside as outsideSlot } from '../../steps/gmem-error-page.ts';
import { mismatch } from '../../steps/gmem-fault.ts';
import { mappedAt } from './state.ts';
import { actorName, fileName, gfnName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const below = (what: string, count: number): string => `${what} is ${count}`;

/** A fault that leaves a leaf as it is had better have looked the same page up. */
function otherPage(world: CheckedWorld): string | undefined {
  const { objects, frames, last } = world;
  const { vm, vcpu, gfn = 0, pfn = 0 } = frames[last.actor]!;
  if (last.outcome !== spurious) return undefined;
  const there = mappedAt(world, vm, objects.vcpu_root(vcpu).root - 1, gfn);
  return there === pfn ? undefined
    : `WARN_ON_ONCE in kvm_tdp_mmu_map: ${actorName(world, last.actor)} finds pfn ${there} at ${gfnName(world, vm, gfn)}, and has looked up ${pfn === 0 ? 'no memslot' : `pfn ${pfn}`} itself`;
}

export const s34: Invariant = {
  id: 'S-34',
  title: 'no WARN is reached',
  statement: 'No WARN or BUG of the kernel is reached: a binding that is not that of the memslot, an invalidation without a range, a leaf that maps another page than the fault has looked up, '
    + 'a null page or an error that is taken for a page, a pointer that is null, a count below zero.',
  before: {
    'kernel.oops': (world) => `BUG: unable to handle page fault: ${actorName(world, world.last.actor)} dies in ${world.table.leaves[world.last.to]!.description}`,
  },
  after: {
    'gmem.testBinding': (world) => {
      const { frames, last } = world;
      const frame = frames[last.actor]!;
      if (last.outcome !== mismatch) return undefined;
      return `WARN_ON_ONCE in kvm_gmem_get_pfn: ${actorName(world, last.actor)} finds ${gfnName(world, frame.vm, frame['gfn']!)} of memslot ${frame['slot']} not bound to it in ${fileName(world, frame['file']!)}`;
    },
    'errorPage.nextSlot': (world) => {
      const { frames, last } = world;
      const { slot, start = 0, next_index = 0 } = frames[last.actor]! as { slot?: number; start?: number; next_index?: number };
      if (last.outcome !== outsideSlot) return undefined;
      return `WARN_ON_ONCE in kvm_gmem_error_page: ${actorName(world, last.actor)} takes index ${world.facts.indexes.real(Math.max(start, next_index - 1))} for a page number of the guest, which is not in memslot ${slot}`;
    },
    'fault.testStale': (world) => {
      const { objects, frames, last } = world;
      const { vm, slot } = frames[last.actor]!;
      const { mmu_invalidate_in_progress, range_start } = objects.kvm_mmu(vm);
      if (slot === 0 || mmu_invalidate_in_progress === 0 || range_start !== 0) return undefined;
      return `WARN_ON_ONCE in mmu_invalidate_retry_gfn: ${actorName(world, last.actor)} finds an invalidation of ${vmName(world, vm)} in progress, and no range`;
    },
    'oops.nullPage': (world) => `${actorName(world, world.last.actor)} follows a null page: get_lock_pfn found none and did not ask`,
    'oops.errorPfn': (world) => {
      const { frames, last } = world;
      const { vm, gfn = 0 } = frames[last.actor]!;
      return `${actorName(world, last.actor)} maps ${gfnName(world, vm, gfn)} to the page frame of an error that get_lock_pfn has answered`;
    },
    'fault.map': otherPage,
    'fault.mapEntry': otherPage,
    'mmu.dropInProgress': (world: CheckedWorld) => {
      const { objects, frames, last } = world;
      const { vm } = frames[last.actor]!;
      if (objects.kvm_mmu(vm).range_start !== 0) return undefined;
      return `WARN_ON_ONCE in kvm_mmu_invalidate_end: ${actorName(world, last.actor)} ends an invalidation of ${vmName(world, vm)} that has no range`;
    },
  },
  onWrite: {
    kvm_mmu: (world, vm) => {
      const { mmu_invalidate_in_progress: count } = world.objects.kvm_mmu(vm);
      return count >= 0 ? undefined : below(`mmu_invalidate_in_progress of ${vmName(world, vm)}`, count);
    },
    mn_invalidate: (world, vm) => {
      const { mn_active_invalidate_count: count } = world.objects.mn_invalidate(vm);
      return count >= 0 ? undefined : below(`mn_active_invalidate_count of ${vmName(world, vm)}`, count);
    },
    folio_ref: (world, pfn) => {
      const { refcount } = world.objects.folio_ref(pfn);
      return refcount >= 0 ? undefined : below(`the refcount of the folio at pfn ${pfn}`, refcount);
    },
    file: (world, file) => {
      const { f_count } = world.objects.file(file);
      return f_count >= 0 ? undefined : below(`f_count of ${fileName(world, file)}`, f_count);
    },
    inode: (world, inode) => {
      const { i_count } = world.objects.inode(inode);
      return i_count >= 0 ? undefined : below(`i_count of inode ${inode}`, i_count);
    },
    kvm: (world, vm) => {
      const { users_count } = world.objects.kvm(vm);
      return users_count >= 0 ? undefined : below(`users_count of ${vmName(world, vm)}`, users_count);
    },
  },
};

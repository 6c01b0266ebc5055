// 6.18: a guest_memfd may be made with MMAP, so that the host can map it. A memslot bound to such a file is KVM_MEMSLOT_GMEM_ONLY: shared
// accesses of the guest take their page from the file as well, and its host address is for the host's side alone. VMs of every type may have
// memslots with a file from here on. What an invalidation leaves out by INIT_SHARED are roots of their own for private memory, which the
// model's VMs have not.

import { KVM_MEMSLOT_GMEM_ONLY } from '../../../src/memory/layouts/kvm.ts';
import { isPrivate } from '../../../src/steps/fault.ts';
import { steps as bind, type OnSlot } from '../../../src/steps/gmem-bind.ts';
import { GUEST_MEMFD_FLAG_MMAP } from '../../../src/steps/vm-type.ts';
import { backing } from './fault-rechecks.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** kvm_gmem_bind: kvm_gmem_supports_mmap(inode) */
const setFile: Step<OnSlot> = (world, f) => {
  const { flags } = world.inode_flags(f.inode);
  if ((flags & GUEST_MEMFD_FLAG_MMAP) !== 0) world.memslot(f.slot).flags |= KVM_MEMSLOT_GMEM_ONLY;
  return bind['bind.setFile'](world, f);
};

/** fault_from_gmem */
const fromGmem: Step<Fault> = (world, f, choose) => ((world.memslot(f.slot).flags & KVM_MEMSLOT_GMEM_ONLY) !== 0 ? isPrivate : backing(world, f, choose));

export const gmemOnlySlots: Fix = {
  config: { gmemFlags: 3, gmemOfDefaultVm: true },
  steps: { 'bind.setFile': setFile, 'fault.backing': fromGmem },
};

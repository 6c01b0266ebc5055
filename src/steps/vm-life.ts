// Steps of the life of a VM: references through its descriptor and those of its vCPUs, and kvm_destroy_vm when the last is gone.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import { arg } from '../memory/calls.ts';
import { DESCRIPTOR_VM } from '../memory/layouts/gmem.ts';
import { KVM_DEAD, KVM_LIVE, SLOT_FREED } from '../memory/layouts/kvm.ts';
import { EBADF, EIO } from './errno.ts';
import { badFd } from './fallocate.ts';
import { done } from './flush.ts';
import * as ghost from './ghost.ts';
import { notAVm, openVm } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import { emptyTlb } from './tlb.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const unreferenced = outcome('unreferenced');

/** Both sets' entries of this slot id. */
function forget({ memslot_set, facts }: World, vm: number, slot: number): void {
  for (let set = 0; set < facts.sizes.set; set++) {
    const { slot: slots } = memslot_set(vm, set);
    for (let id = 0; id < facts.sizes.slotId; id++) if (slots.at(id) === slot) slots.put(id, 0);
  }
}

/** kvm_vcpu_release, when no KVM_RUN is in progress any more: the vCPU's reference on the VM. */
export function putVcpuFile({ vcpu_fd, kvm, facts }: World, vcpu: number): void {
  if (vcpu_fd(vcpu).add_f_count(-1) === 0) kvm(facts.vmOfVcpu[vcpu]!).add_users_count(-1);
}

/** fdget of the VM that a call's first argument names, for an ioctl; kvm_vm_ioctl of a dead VM answers EIO to everything. */
export function getVm(world: World, f: Frame<Operation>): number {
  let vm = arg(world, f, 0);
  if (vm < 0 || world.kvm(vm).fd_open === 0) {
    const open = openVm(world, vm);
    if (open.kind !== DESCRIPTOR_VM) {
      f.errno = notAVm(open);
      return badFd;
    }
    vm = open.object;
  }
  if (world.kvm(vm).vm_dead !== 0) {
    f.errno = EIO;
    return badFd;
  }
  world.vm_file(vm).add_f_count(1);
  f.vm = vm;
  return ok;
}

export const steps = {
  /** fdget of the VM descriptor that an ioctl names by its first argument; kvm_vm_ioctl of a dead VM answers EIO to everything. */
  'vm.fdget': getVm,
  /** fdput: an ioctl keeps the VM's file, and with it the VM, until it returns. */
  'vm.fdput': (world, f) => {
    if (world.vm_file(f.vm).add_f_count(-1) === 0) world.kvm(f.vm).add_users_count(-1);
    return ok;
  },
  /** file_close_fd on the VM descriptor. */
  'vm.removeFd': (world, f) => {
    const kvm = world.kvm(arg(world, f, 0));
    if (kvm.fd_open === 0) {
      f.errno = EBADF;
      return badFd;
    }
    kvm.fd_open = 0;
    f.vm = arg(world, f, 0);
    return ok;
  },
  /** file_close_fd on a vCPU descriptor. */
  'vcpu.removeFd': (world, f) => {
    const descriptor = world.vcpu_fd(arg(world, f, 0));
    if (descriptor.open === 0) {
      f.errno = EBADF;
      return badFd;
    }
    descriptor.open = 0;
    return ok;
  },
  'vcpu.putFd': (world, f) => {
    putVcpuFile(world, arg(world, f, 0));
    return ok;
  },

  /** The VM rests until its last holder is gone. */
  'kvm.awaitUnreferenced': ({ kvm }, f) => {
    const own = kvm(f.vm);
    return own.state === KVM_LIVE && own.users_count === 0 ? unreferenced : blocked(own);
  },
  /** list_del(&kvm->vm_list), mmu_notifier_unregister: no walk over VMs finds it from here on, … */
  'kvm.leaveList': ({ kvm }, f) => {
    kvm(f.vm).state = KVM_DEAD;
    return ok;
  },
  /** … and those that had found it are over. */
  'kvm.awaitNotifiers': ({ mn_invalidate }, f) => {
    const notifiers = mn_invalidate(f.vm);
    return notifiers.callbacks.any() ? blocked(notifiers) : ok;
  },
  /** kvm_arch_flush_shadow_all, mmu_lock held for writing. One step: the vCPUs are closed, nobody walks these tables. */
  'kvm.zapAll': ({ facts, spte, spte_huge }, f) => {
    for (let root = 0; root < facts.sizes.root; root++) {
      for (let gfn = 0; gfn < facts.sizes.gfn; gfn++) {
        const leaf = spte(f.vm, root, gfn);
        if (leaf.pfn !== 0) { leaf.pfn = 0; leaf.private = 0; leaf.writable = 0; }
      }
      for (let hp = 0; hp < facts.sizes.hp; hp++) {
        const leaf = spte_huge(f.vm, root, hp);
        if (leaf.pfn !== 0) { leaf.pfn = 0; leaf.private = 0; leaf.writable = 0; }
      }
    }
    return ok;
  },
  /** kvm_destroy_vcpus: their roots and translations go with them. */
  'kvm.destroyVcpus': (world, f) => {
    const { facts, vcpu_root, vcpu_requests } = world;
    for (const vcpu of facts.vcpusOfVm[f.vm] ?? []) {
      emptyTlb(world, vcpu);
      vcpu_root(vcpu).root = 0;
      vcpu_requests(vcpu).bits = 0;
    }
    return ok;
  },
  /** kvm_free_memslots: the next one. */
  'kvm.nextMemslot': ({ facts, memslot_set, memslots }, f) => {
    const { slot: slots } = memslot_set(f.vm, memslots(f.vm).active);
    for (let id = 0; id < facts.sizes.slotId; id++) {
      if (slots.at(id) === 0) continue;
      f.slot = slots.at(id);
      return ok;
    }
    f.slot = 0;
    return done;
  },
  'kvm.freeMemslot': (world, f) => {
    forget(world, f.vm, f.slot);
    world.memslot(f.slot).state = SLOT_FREED;
    return ok;
  },
  /** kvm_destroy_vm, its end: a notifier's start whose end came too late counts for nothing. */
  'kvm.free': (world, f) => {
    const mmu = world.kvm_mmu(f.vm);
    mmu.mmu_invalidate_in_progress = 0;
    mmu.range_start = 0;
    mmu.range_end = 0;
    world.mn_invalidate(f.vm).mn_active_invalidate_count = 0;
    for (let actor = 1; actor <= world.facts.actors; actor++) ghost.closeInvalidation(world, f.vm, actor);
    return ok;
  },
} satisfies { [name: string]: Step<Operation & { slot: number }> };

// What a world of KVM is before anything happens: VMs and vCPUs are there, their descriptors open, the regions of memory mapped. Those
// that are to be born later are made by the calls that make them, in the same way.

import { KVM_LIVE } from '../memory/layouts/kvm.ts';
import type { World } from '../memory/world.ts';

/** Bits of the hypercalls that may leave to userspace: KVM_HC_MAP_GPA_RANGE. */
export const HYPERCALL_EXITS = 1 << 12;

/** A VM with its descriptor, as kvm_create_vm leaves it; it has no vCPU. */
export function bearVm({ kvm, kvm_mmu, memslots, vm_file }: World, vm: number): void {
  kvm_mmu(vm).mmu_invalidate_seq = 1;
  memslots(vm).generation = 1;
  kvm(vm).state = KVM_LIVE;
  kvm(vm).fd_open = 1;
  kvm(vm).users_count = 1;
  vm_file(vm).f_count = 1;
}

/** A vCPU with its descriptor, which holds its VM. */
export function bearVcpu({ kvm, vcpu_fd, facts }: World, vcpu: number): void {
  kvm(facts.vmOfVcpu[vcpu]!).add_users_count(1);
  vcpu_fd(vcpu).open = 1;
  vcpu_fd(vcpu).f_count = 1;
}

/** The values that are not zero at the beginning. VMs of scenarios have the exit for KVM_HC_MAP_GPA_RANGE switched on. */
export function initialise(world: World): void {
  const { facts, kvm_arch, vma } = world;
  const { vms, vcpus } = facts.bornLater;
  for (let vm = 0; vm < facts.vmTypes.length; vm++) {
    if (vms.includes(vm)) continue;
    bearVm(world, vm);
    kvm_arch(vm).hypercall_exit_enabled = HYPERCALL_EXITS;
  }
  for (let vcpu = 0; vcpu < facts.vmOfVcpu.length; vcpu++) if (!vcpus.includes(vcpu)) bearVcpu(world, vcpu);
  facts.hugeRegions.forEach((huge, region) => {
    vma(region).mapped = facts.mappedRegions[region] ? 1 : 0;
    vma(region).huge = huge ? 1 : 0;
  });
}

// What a world of KVM is before anything happens: VMs and vCPUs are there, their descriptors open, the regions of memory mapped.

import { KVM_LIVE } from '../memory/layouts/kvm.ts';
import type { World } from '../memory/world.ts';

/** The values that are not zero at the beginning. */
export function initialise({ kvm, kvm_mmu, memslots, vcpu_fd, vm_file, vma, facts }: World): void {
  for (let vm = 0; vm < facts.vmTypes.length; vm++) {
    kvm_mmu(vm).mmu_invalidate_seq = 1;
    memslots(vm).generation = 1;
    kvm(vm).state = KVM_LIVE;
    kvm(vm).fd_open = 1;
    kvm(vm).users_count = 1 + facts.vcpusOfVm[vm]!.length;
    vm_file(vm).f_count = 1;
  }
  for (let vcpu = 0; vcpu < facts.vmOfVcpu.length; vcpu++) {
    vcpu_fd(vcpu).open = 1;
    vcpu_fd(vcpu).f_count = 1;
  }
  facts.hugeRegions.forEach((huge, region) => {
    vma(region).mapped = facts.mappedRegions[region] ? 1 : 0;
    vma(region).huge = huge ? 1 : 0;
  });
}

// 6.15: kvm_mmu_reload drops a root that is obsolete before it says that there is one. KVM_RUN has looked at that request before; a
// prefault had not, and tried with the old root for ever (FL-2).

import { KVM_REQ_MMU_FREE_OBSOLETE_ROOTS } from '../../../src/memory/layouts/vcpu.ts';
import { steps } from '../../../src/steps/vcpu.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const loadRoot: Step = (world, f) => {
  const requests = world.vcpu_requests(f.vcpu);
  if ((requests.bits & KVM_REQ_MMU_FREE_OBSOLETE_ROOTS) !== 0) {
    requests.bits &= ~KVM_REQ_MMU_FREE_OBSOLETE_ROOTS;
    const loaded = world.vcpu_root(f.vcpu);
    if (loaded.root !== 0 && loaded.root - 1 !== world.mmu_root(f.vm).valid) loaded.root = 0;
  }
  return steps['vcpu.loadRoot'](world, f as never);
};

export const reloadObsolete: Fix = { mended: ['FL-2'], steps: { 'vcpu.loadRoot': loadRoot } };

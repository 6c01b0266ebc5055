// G4-B11, mended by retrying: where the access has no intent of its own, KVM_X86_SW_PROTECTED_VM, the copy of the attribute can
// differ from the attribute only because a conversion came in between. Nothing that the guest meant has failed; the fault is
// tried again, with a new copy. The exit itself asks, whatever led to it: a file that is gone is as good a reason for a stale
// exit as the comparison is, and taking the copy behind the snapshot of mmu_seq would still leave the window behind it.

import { outcome } from '../../../src/memory/outcome.ts';
import { steps } from '../../../src/steps/fault.ts';
import { step } from '../../fragment.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const outdated = outcome('outdated');

/** kvm_mmu_prepare_memory_fault_exit, unless the intent that it would name was KVM's own copy and is out of date. */
const prepareMemoryFault: Step<Fault> = (world, f) => {
  const copied = world.facts.vmTypes[f.vm] !== 'confidential';
  if (copied && world.mem_attr(f.vm, f.gfn).attributes !== f.intent) return outdated;
  return steps['fault.prepareMemoryFault'](world, f);
};

export const g4b11: Fix = {
  mended: ['G4-B11'],
  steps: { 'fault.prepareMemoryFault': prepareMemoryFault },
  fragments: {
    'mmu.fault': (edit) => {
      edit.replace('memoryFault', step('fault.prepareMemoryFault', 'kvm_mmu_prepare_memory_fault_exit; an outdated copy of the attribute is copied anew', {
        ok: '^exit', outdated: '^retry',
      }));
    },
  },
};

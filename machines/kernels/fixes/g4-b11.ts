// G4-B11, mended by retrying: where the access has no intent of its own, KVM_X86_SW_PROTECTED_VM, the copy of the attribute can
// differ from the attribute only because a conversion came in between. Nothing that the guest meant has failed; the fault is
// tried again, with a new copy. Taking the copy behind the snapshot of mmu_seq alone would still leave the window between copy
// and test.

import { outcome } from '../../../src/memory/outcome.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const guest = outcome('guest');
const copied = outcome('copied');

/** Who said that the access is private, or shared: the guest, or KVM for it? */
const testIntentOwner: Step = ({ facts }, f) => (facts.vmTypes[f.vm] === 'confidential' ? guest : copied);

export const g4b11: Fix = {
  mended: ['G4-B11'],
  steps: { 'fault.testIntentOwner': testIntentOwner },
  fragments: {
    'mmu.fault': (edit) => {
      edit.insertAfter('privacy', 'differs', 'owner', step('fault.testIntentOwner', 'an intent that KVM copied is copied anew', { guest: 'memoryFault', copied: '^retry' }));
    },
  },
};

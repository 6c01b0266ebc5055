// G4-B6, mended as 6.18 does: KVM_PRE_FAULT_MEMORY on a memslot that is being deleted or moved answers EAGAIN.

import { EAGAIN } from '../../../src/steps/errno.ts';
import { outcome } from '../../../src/memory/outcome.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const failed = outcome('failed');

const failInvalid: Step<{ errno: number }> = (_world, f) => {
  f.errno = EAGAIN;
  return failed;
};

export const prefaultAgain: Fix = {
  mended: ['G4-B6'],
  steps: { 'prefault.failInvalid': failInvalid },
  fragments: {
    'vcpu.prefault': (edit) => {
      edit.redirect('fault', 'invalid', 'invalid');
      edit.add('invalid', step('prefault.failInvalid', 'KVM_MEMSLOT_INVALID: EAGAIN', { failed: 'leave' }));
    },
  },
};

// G4-B11 where there is KVM_PRE_FAULT_MEMORY: a fault that is to copy the attribute anew comes back to where a prefault has copied it, or the
// prefault would try for ever with the copy that it has.

import type { Fix } from '../fix.ts';

export const g4b11Prefault: Fix = {
  fragments: { 'vcpu.prefault': (edit) => { edit.redirect('fault', 'retry', 'page'); } },
};

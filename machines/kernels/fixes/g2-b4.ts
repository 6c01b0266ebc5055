// G2-B4, mended: of is_page_fault_stale a private fault leaves out the comparison of mmu_seq, for which the page lock stands, and nothing else.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const g2b4: Fix = {
  mended: ['G2-B4'],
  fragments: {
    'mmu.fault': (edit) => {
      edit.insertBefore('mapPrivate', 'root', step('fault.testRoot', 'is_obsolete_root', { ok: 'mapPrivate', stale: 'unlockObsolete' }));
      edit.add('unlockObsolete', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'putUnlockObsolete' }));
      edit.add('putUnlockObsolete', step('folio.unlock', 'put_unlock_pfn', { ok: 'putStale' }));
    },
  },
};

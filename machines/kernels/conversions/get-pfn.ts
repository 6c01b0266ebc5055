// kvm_gmem_get_pfn takes invalidate_lock, shared, from the look at the bindings until the folio is ready: no page comes into the file, or is
// given to a guest, while the state of pages is being changed. It is let go before the page is mapped: from there on mmu_seq is what counts.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const getPfnLocked: Fix = {
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('binding', 'lockShared', step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'binding' }));
      edit.redirect('binding', 'unbound', 'unlockSharedError');
      edit.redirect('binding', 'mismatch', 'unlockSharedError');
      edit.redirect('folio', 'enomem', 'unlockSharedError');
      edit.redirect('putPoisoned', 'ok', 'unlockSharedError');
      edit.add('unlockSharedError', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: 'putError' }));
      edit.insertAfter('unlock', 'ok', 'unlockShared', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: 'put' }));
    },
  },
};

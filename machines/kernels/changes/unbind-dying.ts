// G4-B2, mended as 6.18 does: a memslot that goes takes its bindings along though the file is dying. No reference can be had on such a
// file, so no invalidate_lock either, and none is thought to be needed: its release wants slots_lock first, which who unbinds holds. But
// memory_failure() reads the bindings under invalidate_lock alone (P4).

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const unbindDying: Fix = {
  mended: ['G4-B2'],
  fragments: {
    'gmem.unbind': (edit) => {
      edit.replace('get', step('unbind.tryGetFile', 'get_file_active', { ok: 'recheck', dying: 'eraseDying' }));
      edit.add('eraseDying', step('unbind.erase', 'xa_store_range(NULL), with no lock on the bindings', { ok: 'clearDying' }));
      edit.add('clearDying', step('unbind.clearFile', 'slot->gmem.file = NULL', { ok: '^done' }));
    },
  },
  bugs: [{
    id: 'P4', breaks: 'A memslot that is deleted while its file is dying edits the bindings that memory_failure() walks, so that an invalidation begins and never ends.',
    scenario: 'unbind-dying', shownBy: ['S-14'], fixedIn: 'mainline',
  }],
};

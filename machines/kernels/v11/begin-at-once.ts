// G3-B1. kvm_gmem_invalidate_begin counts an invalidation before it looks for bindings, kvm_gmem_invalidate_end ends one only where there are
// some. A hole in a part of the file that no memslot is bound to, and the release of a file without memslots, leave it open: a count above 0
// and no range, so that every fault of the VM is stale, for ever. Mended as 6.8 does: the first binding begins it.

import type { Fix } from '../fix.ts';

export const beginAtOnce: Fix = {
  bugs: [{
    id: 'G3-B1', breaks: 'A hole, or a release, where no memslot is bound begins an invalidation and never ends it: every fault of the VM is tried again for ever.',
    scenario: 'SC04', shownBy: ['S-34', 'S-14', 'L-01'], alsoIn: ['SC26', 'SC37', 'unbind-dying', 'stress', 'stress-all'], fixedIn: 'v6.8',
  }],
  fragments: {
    'gmem.invalidateBegin': (edit) => {
      edit.redirect('file', 'ok', 'lock');
      edit.redirect('count', 'ok', 'slot');
      edit.redirect('slot', 'first', 'unmap');
      edit.redirect('slot', 'done', 'unlock');
    },
  },
};

export const g3b1: Fix = {
  mended: ['G3-B1'],
  fragments: {
    'gmem.invalidateBegin': (edit) => {
      edit.redirect('file', 'ok', 'slot');
      edit.redirect('count', 'ok', 'unmap');
      edit.redirect('slot', 'first', 'lock');
      edit.redirect('slot', 'done', 'file');
    },
  },
};

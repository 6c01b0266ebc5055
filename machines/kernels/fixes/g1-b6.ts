// G1-B6, mended: what fails before the lock of the mappings is taken does not release it.

import type { Fix } from '../fix.ts';

export const g1b6: Fix = {
  mended: ['G1-B6'],
  fragments: {
    'memfd.addSeals': (edit) => {
      edit.redirect('frozen', 'refused', 'unlock');
      edit.redirect('write', 'busy', 'unlock');
      edit.redirect('allow', 'ok', 'unlock');
    },
  },
};

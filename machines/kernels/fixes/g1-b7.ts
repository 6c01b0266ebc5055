// G1-B7, mended: when the seal for guests is refused, writers that the same call has kept out may map the file again.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const g1b7: Fix = {
  mended: ['G1-B7'],
  fragments: {
    'memfd.addSeals': (edit) => {
      edit.redirect('mapped', 'busy', 'allowAgain');
      edit.redirect('size', 'busy', 'allowAgain');
      edit.add('allowAgain', step('seals.allowWrite', 'mapping_allow_writable', { ok: 'out' }));
    },
  },
};

// G4-B1, mended as 6.10 does: who finds a poisoned folio drops the reference that the look-up took.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const g4b1: Fix = {
  mended: ['G4-B1'],
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertAfter('unlockPoisoned', 'ok', 'putPoisoned', step('folio.put', 'folio_put', { ok: 'putError' }));
    },
  },
};

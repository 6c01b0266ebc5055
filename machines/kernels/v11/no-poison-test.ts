// G3-B6. kvm_gmem_get_pfn does not ask whether the page is poisoned: a page that was lost is mapped again. Mended as 6.8 does, with the reference
// put that 6.8 forgot (G4-B1).

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const noPoisonTest: Fix = {
  bugs: [{
    id: 'G3-B6', breaks: 'A fault maps a page that was lost to a memory failure.',
    scenario: 'lost-fault', shownBy: ['S-08'], fixedIn: 'v6.12',
  }],
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.remove('poison', 'unlock');
      edit.remove('unlockPoisoned', 'putError');
    },
  },
};

export const g3b6: Fix = {
  mended: ['G3-B6'],
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('unlock', 'poison', step('folio.testPoison', 'folio_test_hwpoison', { ok: 'unlock', poisoned: 'unlockPoisoned' }));
      edit.add('unlockPoisoned', step('folio.unlock', 'folio_unlock', { ok: 'putPoisoned' }));
      edit.add('putPoisoned', step('folio.put', 'folio_put', { ok: 'putError' }));
    },
  },
};

// G3-B8. kvm_gmem_get_folio asks whether filemap_grab_folio gave it nothing; without memory it gives an error pointer, which is not nothing, and
// the next line looks into it. Mended as 6.8 does: either is no folio.

import { steps as fatal } from '../../../src/steps/oops.ts';
import { oops } from '../../common/oops.ts';
import type { Fix } from '../fix.ts';

export const errorPointer: Fix = {
  bugs: [{
    id: 'G3-B8', breaks: 'Without memory for a page, the kernel takes the error pointer that it gets for a folio and follows it.',
    scenario: 'grab-no-memory', shownBy: ['S-34'], fixedIn: 'v6.8',
  }],
  steps: fatal,
  fragments: {
    'gmem.getFolio': (edit) => {
      edit.redirect('alloc', 'enomem', 'oops');
      edit.add('oops', oops('kvm_gmem_get_folio: folio_test_uptodate of ERR_PTR(-ENOMEM)'));
    },
  },
};

export const g3b8: Fix = { mended: ['G3-B8'], fragments: { 'gmem.getFolio': (edit) => { edit.remove('oops', '^enomem'); } } };

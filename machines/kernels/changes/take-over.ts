// A VM takes over from another within a host, by a file of its own on the same inode (several-files): a memslot of the file that was linked must
// have the pages where those of the other file have them, and faults get none before the other has let go. For kernels in which bindings have a
// lock of their own (G4-B10 mended).

import { gmem_source } from '../../../src/memory/layouts/gmem-views.ts';
import { steps } from '../../../src/steps/gmem-take-over.ts';
import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const takeOver: Fix = {
  objects: [gmem_source],
  steps,
  fragments: {
    'gmem.bind': (edit) => {
      edit.insertBefore('overlap', 'source', step('bind.testSource', 'the same pages at the same place as in the file that it was linked from', { ok: 'overlap', refused: 'unlockBindingsError' }));
    },
    'gmem.getPfn': (edit) => {
      edit.insertBefore('folio', 'source', step('gmem.testSource', 'has the file that it was linked from let go of the page?', { ok: 'folio', taken: 'putError' }));
    },
  },
};

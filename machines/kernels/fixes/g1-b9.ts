// G1-B9, mended: a reader looks at the seal once more with the page locked that it has found.

import { steps as file } from '../../../src/steps/memfd-file.ts';
import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const g1b9: Fix = {
  mended: ['G1-B9'],
  steps: { 'read.testSealAgain': file['read.testSeal'] },
  fragments: {
    'memfd.read': (edit) => {
      edit.insertAfter('find', 'hit', 'lock', step('folio.lock', 'lock_page', { ok: 'sealAgain' }));
      edit.add('sealAgain', step('read.testSealAgain', 'F_SEAL_GUEST', { ok: 'copy', refused: 'unlock' }));
      edit.redirect('copy', 'ok', 'unlock');
      edit.redirect('copy', 'beyond', 'unlock');
      edit.add('unlock', step('folio.unlock', 'unlock_page', { ok: 'put' }));
    },
  },
};

// G5-B8, mended as 7.0 does: the pages of the process are there before the lock is taken.

import { steps } from '../../../src/steps/populate.ts';
import { populateSourceFirst } from '../../vm/populate.ts';
import type { Fix } from '../fix.ts';

export const g5b8: Fix = {
  mended: ['G5-B8'],
  steps: { 'populate.more': steps['populate.more'] },
  fragments: {
    'vm.populate': populateSourceFirst,
    'vcpu.initMemRegion': (edit) => {
      edit.redirect('next', 'ok', 'source');
      edit.redirect('source', 'done', 'lock');
      edit.redirect('source', 'failed', 'leave');
      edit.redirect('lock', 'done', 'map');
    },
  },
};

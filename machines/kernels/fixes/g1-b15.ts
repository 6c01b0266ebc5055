// G1-B15, mended: the owner of a page that is lost is called back before it leaves the file.

import { frame } from '../../../src/memory/layout.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { step, use } from '../../fragment.ts';
import type { Callback } from '../../../src/steps/memfd-owner.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const index: Step<Callback> = (_world, f) => {
  f.index = f.start;
  return ok;
};

export const g1b15: Fix = {
  mended: ['G1-B15'],
  registers: [frame('gmem.errorFolio', { index: { ref: 'index' } })],
  steps: { 'mf.pageIndex': index },
  fragments: {
    'gmem.errorFolio': (edit) => {
      edit.insertBefore('remove', 'index', step('mf.pageIndex', 'page->index', { ok: 'callback' }));
      edit.add('callback', use('guestOps.invalidatePage', 'remove'));
    },
  },
};

// G4-B5, mended as the series of 2025-10 does: MF_DELAYED is what it says, and the page cache's own reference is expected. Whether
// there is one is asked while the folio is locked, as me_pagecache_clean does: behind the unlock a hole may have taken the page
// out of the cache and not dropped the reference yet, which would then count as one too many.

import { ok } from '../../../src/memory/outcome.ts';
import { MF_DELAYED, verdict, type Mf } from '../../../src/steps/memory-failure.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const readCallbackResult: Step<Mf> = (_world, f) => {
  f.result = MF_DELAYED;
  return ok;
};

/** This function's reference, and the page cache's while the page is still in it. */
const readVerdict: Step<Mf> = (world, f) => verdict(world, f, world.folio(f.pfn).mapping !== 0 ? 2 : 1);

export const g4b5: Fix = {
  mended: ['G4-B5'],
  steps: { 'mf.readCallbackResult': readCallbackResult, 'mf.verdict': readVerdict },
  fragments: {
    memoryFailure: (edit) => {
      edit.redirect('identify', 'truncated', 'verdict');
      edit.redirect('anon', 'done', 'verdict');
      edit.redirect('result', 'ok', 'verdict');
      edit.redirect('verdict', 'ok', 'unlock');
      edit.redirect('unlock', 'ok', 'put');
    },
  },
};

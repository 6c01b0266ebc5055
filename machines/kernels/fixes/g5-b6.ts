// G5-B6, mended as the series of 2026 does: where references are more than expected, the batches on their way to the LRU list are drained, and
// the references counted once more.

import { ok, outcome } from '../../../src/memory/outcome.ts';
import { drainBatches } from '../../../src/steps/lru-batch.ts';
import { expected, type References } from '../../../src/steps/gmem-references.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const unexpected = outcome('unexpected');

/** The first count decides nothing but whether to drain. */
const count: Step<References> = (world, f) => (expected(world, f.pfn) ? ok : unexpected);
/** lru_add_drain_all */
const drain: Step<References> = (world) => {
  drainBatches(world);
  return ok;
};

export const g5b6: Fix = {
  mended: ['G5-B6'],
  steps: { 'references.count': count, 'references.drain': drain },
  fragments: {
    'gmem.testReferences': (edit) => {
      edit.insertBefore('test', 'count', step('references.count', 'folio_ref_count against folio_nr_pages and the look-up', { ok: 'put', unexpected: 'drain' }));
      edit.add('drain', step('references.drain', 'lru_add_drain_all', { ok: 'test' }));
    },
  },
};

// G5-B6, mended as the series of 2026 does: where references are more than expected, the batches on their way to the LRU list are drained, and
// the references counted once more.

import { drainSteps } from '../../../src/steps/gmem-references.ts';
import { testDrainedReferences } from '../../gmem/convert.ts';
import type { Fix } from '../fix.ts';

export const g5b6: Fix = {
  mended: ['G5-B6'],
  steps: drainSteps,
  fragments: { 'gmem.testReferences': testDrainedReferences },
};

// G5-B3, mended as of 2026: where a folio begins in front of the range, the error index is the first page of the range.

import { busy, steps, type References } from '../../../src/steps/gmem-references.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const test: Step<References> = (world, f) => {
  const result = steps['references.test'](world, f);
  if (result === busy) f.error_index = Math.max(f.error_index, f.start + 1);
  return result;
};

export const g5b3: Fix = {
  mended: ['G5-B3'],
  steps: { 'references.test': test },
};

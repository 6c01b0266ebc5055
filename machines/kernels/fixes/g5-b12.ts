// G5-B12, mended: the end of an allocation is rounded up to a whole huge page.

import { roundedUp } from '../../../src/steps/huge-punch.ts';
import type { Fix } from '../fix.ts';

export const g5b12: Fix = {
  mended: ['G5-B12'],
  steps: { 'fallocate.validate': roundedUp },
};

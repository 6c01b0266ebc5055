// G5-B16, mended: of a page of 1G of which something is shared, what is private stays in folios of 2M.

import { byLevel } from '../../../src/steps/huge-file.ts';
import { sizedSteps } from '../../../src/steps/huge-restructure.ts';
import type { Fix } from '../fix.ts';

export const g5b16: Fix = {
  mended: ['G5-B16'],
  steps: sizedSteps(byLevel, true),
};

// G5-B11, mended: of each folio that is zeroed which the hole has in common with it.

import { intersection, zeroPart } from '../../../src/steps/huge-punch.ts';
import type { Fix } from '../fix.ts';

export const g5b11: Fix = {
  mended: ['G5-B11'],
  steps: { 'punch.zero': zeroPart(intersection) },
};

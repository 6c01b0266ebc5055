// G4-B14, mended as 7.2 does: binding a range of the file that is bound already is EEXIST, as documented, not EINVAL.

import { EEXIST } from '../../../src/steps/errno.ts';
import { exists } from '../../../src/steps/folio.ts';
import { steps, type OnSlot } from '../../../src/steps/gmem-bind.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const testOverlap: Step<OnSlot> = (world, f) => {
  const result = steps['bind.testOverlap'](world, f);
  if (result === exists) f.errno = EEXIST;
  return result;
};

export const g4b14: Fix = {
  mended: ['G4-B14'],
  steps: { 'bind.testOverlap': testOverlap },
};

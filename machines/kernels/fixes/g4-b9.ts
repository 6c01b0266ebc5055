// G4-B9, mended as 7.2 does: the end of the range is compared without a sign, so that it cannot wrap below the file's size.

import { add, below } from '../../../src/memory/u64.ts';
import { validate, type OnSlot, type PastEnd } from '../../../src/steps/gmem-bind.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** The sum fits: the ioctl has refused ranges whose end wraps beyond 2^64. */
const pastEnd: PastEnd = (offset, size, i_size) => below(i_size, add(offset, size));

const bindValidate: Step<OnSlot> = (world, f) => validate(world, f, pastEnd);

export const g4b9: Fix = {
  mended: ['G4-B9'],
  steps: { 'bind.validate': bindValidate },
};

// G1-B4, mended: a look-up that finds no page answers ENOENT.

import { ENOENT } from '../../../src/steps/errno.ts';
import { error } from '../../../src/steps/host.ts';
import { step } from '../../fragment.ts';
import type { Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const absent: Step<Operation> = (_world, f) => {
  f.errno = ENOENT;
  return error;
};

export const g1b4: Fix = {
  mended: ['G1-B4'],
  steps: { 'lookup.absent': absent },
  fragments: { 'guestMem.lookup': (edit) => { edit.replace('absent', step('lookup.absent', 'no page: ENOENT', { error: 'leave' })); } },
};

// G3-B9. KVM_CREATE_GUEST_MEMFD takes a size of 0: a file in which nothing can be bound or allocated. Mended as 6.8 does.

import { steps as create, validate } from '../../../src/steps/gmem-create.ts';
import type { Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** size < 0, where 6.8 says size <= 0. */
const validateNegative: Step<Operation> = (world, f) => validate(world, f, () => false);

export const sizeZero: Fix = {
  bugs: [{ id: 'G3-B9', breaks: 'A file of no size can be made.', scenario: 'create-empty', shownBy: ['S-22'], fixedIn: 'v6.8' }],
  steps: { 'create.validate': validateNegative },
};

export const g3b9: Fix = { mended: ['G3-B9'], steps: { 'create.validate': create['create.validate'] } };

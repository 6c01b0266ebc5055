// G3-B11. A memslot whose descriptor is none is refused with EINVAL. Mended as 6.8 does: EBADF, as everywhere.

import { EINVAL } from '../../../src/steps/errno.ts';
import { badFd } from '../../../src/steps/fallocate.ts';
import { steps as bind, type OnSlot } from '../../../src/steps/gmem-bind.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const fget: Step<OnSlot> = (world, f) => {
  const result = bind['bind.fget'](world, f);
  if (result === badFd) f.errno = EINVAL;
  return result;
};

export const badDescriptor: Fix = {
  bugs: [{ id: 'G3-B11', breaks: 'Binding a memslot to a descriptor that is not open answers EINVAL instead of EBADF.', scenario: 'bind-closed', shownBy: ['S-22'], fixedIn: 'v6.8' }],
  steps: { 'bind.fget': fget },
};

export const g3b11: Fix = { mended: ['G3-B11'], steps: { 'bind.fget': bind['bind.fget'] } };

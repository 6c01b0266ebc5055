// G1-B12, mended: who registers must have sealed the file.

import { F_SEAL_GUEST } from '../../../src/memory/layouts/memfd.ts';
import { EINVAL } from '../../../src/steps/errno.ts';
import { refused } from '../../../src/steps/fallocate.ts';
import { steps as owner, type Callback } from '../../../src/steps/memfd-owner.ts';
import { sealed, type MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const test: Step<Callback, MemfdWorld> = (world, f) => {
  if (sealed(world, f.inode, F_SEAL_GUEST)) return owner['register.test'](world, f);
  f.errno = EINVAL;
  return refused;
};

export const g1b12: Fix = { mended: ['G1-B12'], steps: { 'register.test': test } };

// G1-B13, mended as later designs do: a file is a guest's from its creation on, or never. What has had a size is refused the seal.

import { F_SEAL_GUEST } from '../../../src/memory/layouts/memfd.ts';
import { arg } from '../../../src/memory/calls.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { EPERM } from '../../../src/steps/errno.ts';
import { refused } from '../../../src/steps/fallocate.ts';
import { step } from '../../fragment.ts';
import type { Sealing } from '../../../src/steps/memfd-seals.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const testUnused: Step<Sealing, MemfdWorld> = (world, f) => {
  if ((arg(world, f, 1) & F_SEAL_GUEST) === 0 || world.shmem_info(f.inode).used === 0) return ok;
  f.errno = EPERM;
  return refused;
};

export const g1b13: Fix = {
  mended: ['G1-B13'],
  steps: { 'seals.testUnused': testUnused },
  fragments: {
    'memfd.addSeals': (edit) => { edit.insertAfter('frozen', 'ok', 'unused', step('seals.testUnused', 'a file that has never had a size', { ok: 'write', refused: 'unlock' })); },
  },
};

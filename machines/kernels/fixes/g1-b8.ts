// G1-B8, mended: the seal is looked at once more when the mapping is linked, under the lock under which the seal looks for mappings.

import { F_SEAL_GUEST } from '../../../src/memory/layouts/memfd.ts';
import { EPERM } from '../../../src/steps/errno.ts';
import { refused } from '../../../src/steps/fallocate.ts';
import { steps as mmap } from '../../../src/steps/gmem-mmap.ts';
import { sealed, type MemfdWorld } from '../../../src/steps/memfd-world.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

type Mmap = Parameters<(typeof mmap)['gmemMmap.link']>[1];

const link: Step<Mmap, MemfdWorld> = (world, f) => {
  if (!sealed(world, f.inode, F_SEAL_GUEST)) return mmap['gmemMmap.link'](world, f);
  f.errno = EPERM;
  return refused;
};

export const g1b8: Fix = {
  mended: ['G1-B8'],
  steps: { 'gmemMmap.link': link },
  fragments: {
    'host.mmap': (edit) => {
      edit.replace('link', step('gmemMmap.link', 'F_SEAL_GUEST again, vma_link', { ok: 'unlockList', refused: 'unlockSealed' }));
      edit.add('unlockSealed', step('imap.upWrite', 'i_mmap_unlock_write', { ok: 'unlock' }));
    },
  },
};

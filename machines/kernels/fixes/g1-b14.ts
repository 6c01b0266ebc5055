// G1-B14, mended: a file with pages is not empty, whatever its size.

import { EBUSY } from '../../../src/steps/errno.ts';
import { busy } from '../../../src/steps/memslots.ts';
import { steps as seals, type Sealing } from '../../../src/steps/memfd-seals.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const testSize: Step<Sealing, MemfdWorld> = (world, f) => {
  for (let index = 0; index < world.facts.sizes.index; index++) {
    if (world.cache(f.inode, index).pfn === 0) continue;
    f.errno = EBUSY;
    return busy;
  }
  return seals['seals.testSize'](world, f);
};

export const g1b14: Fix = { mended: ['G1-B14'], steps: { 'seals.testSize': testSize } };

// S-25: a file has no page behind its end.

import { indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

function entryBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  const { pfn } = world.objects.cache(inode, index);
  return pfn === 0 || index < world.objects.inode(inode).i_size ? undefined : `${indexName(world, inode, index)} has pfn ${pfn}, and lies behind the end of the file`;
}

export const s25: Invariant = {
  id: 'S-25',
  title: 'no page behind the end of a file',
  statement: 'The page cache has no folio at an index at or behind i_size.',
  onWrite: { cache: entryBroken },
  whole: (world) => {
    const { sizes } = world.facts;
    for (let inode = 1; inode < sizes.inode; inode++) {
      for (let index = 0; index < sizes.index; index++) {
        const broken = entryBroken(world, inode, index);
        if (broken !== undefined) return broken;
      }
    }
    return undefined;
  },
};

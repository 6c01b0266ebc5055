// S-25: a file has no page behind its end.

import { indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

function entryBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  const { pfn } = world.objects.cache(inode, index);
  // shmem keeps pages behind the end where userspace has asked for them (FALLOC_FL_KEEP_SIZE).
  return pfn === 0 || world.facts.config.shmem === true || index < world.objects.inode(inode).i_size ? undefined : `${indexName(world, inode, index)} has pfn ${pfn}, and lies behind the end of the file`;
}

function inodeBroken(world: CheckedWorld, inode: number): string | undefined {
  for (let index = world.objects.inode(inode).i_size; index < world.facts.sizes.index; index++) {
    const broken = entryBroken(world, inode, index);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s25: Invariant = {
  id: 'S-25',
  title: 'no page behind the end of a file',
  statement: 'The page cache has no folio at an index at or behind i_size. A memfd may have such pages.',
  onWrite: { cache: entryBroken, inode: inodeBroken },
  whole: (world) => {
    for (let inode = 1; inode < world.facts.sizes.inode; inode++) {
      const broken = inodeBroken(world, inode);
      if (broken !== undefined) return broken;
    }
    return undefined;
  },
};

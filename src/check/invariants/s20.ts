// S-20: the state of a file's pages, as ranges, is of one piece.

import { SHAREABILITY_ALL, SHAREABILITIES } from '../../memory/layouts/shareability.ts';
import { guestOnly, withShareability } from '../../steps/shareability.ts';
import { indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Walks from range to range. */
function treeBroken(world: CheckedWorld, inode: number): string | undefined {
  const { facts } = world;
  if (facts.config.shareability === undefined || inode === 0) return undefined;
  const { shareability: ranges } = withShareability(world.objects);
  const { i_size } = world.objects.inode(inode);
  let before = 0;
  let index = 0;
  while (index < i_size) {
    const { behind, value } = ranges(inode, index);
    if (behind === 0) return `${indexName(world, inode, index)} is in no range: there is a gap in the tree`;
    if (behind <= index || behind > i_size) return `the range at ${indexName(world, inode, index)} ends at ${behind}: ${behind <= index ? 'before it begins' : 'behind the end of the file'}`;
    if (value !== SHAREABILITY_ALL && !guestOnly(value)) return `the range at ${indexName(world, inode, index)} has no value`;
    if (value === before) return `the ranges before and behind ${indexName(world, inode, index)} are both ${SHAREABILITIES[value]}: they should be one`;
    for (let inside = index + 1; inside < behind; inside++) {
      if (ranges(inode, inside).behind !== 0) return `${indexName(world, inode, inside)} begins a range inside of the one at ${indexName(world, inode, index)}`;
    }
    before = value;
    index = behind;
  }
  for (; index < facts.sizes.index; index++) if (ranges(inode, index).behind !== 0) return `a range begins at ${indexName(world, inode, index)}, behind the end of the file`;
  return undefined;
}

export const s20: Invariant = {
  id: 'S-20',
  title: 'one range for each run of pages',
  statement: 'Where files keep the state of their pages, every page of a file lies in exactly one range, no two neighbours have one value, and none reaches behind the end.',
  onWrite: { shareability: treeBroken, inode: treeBroken },
  whole: (world) => {
    for (let inode = 1; inode < world.facts.sizes.inode; inode++) {
      const broken = treeBroken(world, inode);
      if (broken !== undefined) return broken;
    }
    return undefined;
  },
};

// S-35: what a fault with a memslot has mapped is not undone by one that found none. Judged at the step that would do it.

import { outcome } from '../../memory/outcome.ts';
import { actorName, gfnName } from './words.ts';
import type { Invariant } from '../invariant.ts';

const replaced = outcome('replaced');

export const s35: Invariant = {
  id: 'S-35',
  title: 'no memslot found, nothing undone',
  statement: 'A fault that found no memslot leaves alone what a fault that found one has installed.',
  after: {
    'fault.mapEntry': (world) => {
      const { frames, last } = world;
      const { vm, gfn = 0 } = frames[last.actor]!;
      if (last.outcome !== replaced) return undefined;
      return `${actorName(world, last.actor)} found no memslot at ${gfnName(world, vm, gfn)} and puts an entry in the place of a leaf that a fault with the memslot has installed; no TLB is flushed`;
    },
  },
};

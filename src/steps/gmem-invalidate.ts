// Steps of an invalidation of a range of file indices, and of its truncation: punch hole, release, memory failure.

import { ok, outcome } from '../memory/outcome.ts';
import { FILE_DYING, FILE_LIVE } from '../memory/layouts/gmem.ts';
import { done } from './flush.ts';
import type { Invalidation } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const first = outcome('first');
export const flush = outcome('flush');
export const unlock = outcome('unlock');
export const none = outcome('none');

/** Binding at or behind f.next_index: the slot and the first index behind its part of the range. */
export function nextBinding({ binding }: World, file: number, from: number, end: number): { slot: number; from: number; to: number } | undefined {
  for (let index = from; index < end; index++) {
    const { slot } = binding(file, index);
    if (slot === 0) continue;
    // An entry ends where another begins; the memslot it points to may have been freed (G4-B3) and say nothing about it.
    let to = index + 1;
    while (to < end && binding(file, to).slot === slot) to++;
    return { slot, from: index, to };
  }
  return undefined;
}

export const steps = {
  /** The next gmem file on the inode's list; a release is about its own file only. */
  'gmem.nextFile': ({ file, facts }, f) => {
    for (let number = f.file + 1; number < facts.sizes.file; number++) {
      if (f.ownFile !== 0 && number !== f.ownFile) continue;
      const { state, inode, kvm } = file(number);
      if ((state !== FILE_LIVE && state !== FILE_DYING) || inode !== f.inode) continue;
      f.file = number;
      f.vm = kvm - 1;
      f.next_index = f.start;
      f.found = 0;
      return ok;
    }
    f.file = 0;
    f.next_index = 0;
    return done;
  },
  /** The next slot bound in the range, its gfns clipped to it. */
  'gmem.nextBoundSlot': (world, f) => {
    const found = nextBinding(world, f.file, f.next_index, f.end);
    if (found === undefined) {
      f.gfn = 0;
      f.gfn_end = 0;
      return f.found === 0 ? done : f.flush !== 0 ? flush : unlock;
    }
    const { base_gfn, pgoff, npages } = world.memslot(found.slot);
    f.gfn = base_gfn + Math.max(pgoff, f.start) - pgoff;
    f.gfn_end = base_gfn + Math.min(pgoff + npages, f.end) - pgoff;
    f.next_index = found.to;
    if (f.found !== 0) return ok;
    f.found = 1;
    return first;
  },
  /** Is a slot bound in the range? */
  'gmem.anyBoundSlot': (world, f) => (nextBinding(world, f.file, f.start, f.end) === undefined ? none : ok),

  /** The next folio of the range that is in the cache. */
  'cache.findNext': ({ cache }, f) => {
    for (let index = f.start; index < f.end; index++) {
      const { pfn } = cache(f.inode, index);
      if (pfn === 0) continue;
      f.index = index;
      f.pfn = pfn;
      return ok;
    }
    f.index = 0;
    return done;
  },
} satisfies { [name: string]: Step<Invalidation & { index: number; pfn: number }> };

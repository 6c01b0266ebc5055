// G3-B12 and G3-B19. kvm_mmu_invalidate_range_add stores the range of the only invalidation that is open, instead of widening what was added
// before: a hole over two memslots keeps faults out of the later one alone. kvm_mmu_invalidate_begin resets the start of the range and not
// its end. The latter alone breaks nothing: where the range is stored the end is stored too, and where it is widened, because another
// invalidation is open, an old end makes faults try again more often than they must. Mended as 6.8 does: both ends reset, always widened.

import { ok } from '../../../src/memory/outcome.ts';
import * as ghost from '../../../src/steps/ghost.ts';
import { steps as mmu } from '../../../src/steps/mmu.ts';
import type { UnmapRange } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** kvm_mmu_invalidate_begin: the start is INVALID_GPA, stored as 0; the end is whatever it was (G3-B19). */
export const invalidateBegin: Step = (world, f) => {
  const own = world.kvm_mmu(f.vm);
  if (own.add_mmu_invalidate_in_progress(1) === 1) own.range_start = 0;
  ghost.openInvalidation(world, f.vm, f.self);
  return ok;
};

/** kvm_mmu_invalidate_range_add: stored while one invalidation is open (G3-B12), else widened to the least start and the greatest end. */
const rangeAdd: Step<UnmapRange> = (world, f) => {
  const own = world.kvm_mmu(f.vm);
  const [start, end] = [f.gfn + 1, f.gfn_end + 1];
  const alone = own.mmu_invalidate_in_progress === 1;
  own.range_start = alone || own.range_start === 0 ? start : Math.min(own.range_start, start);
  own.range_end = alone ? end : Math.max(own.range_end, end);
  ghost.coverRange(world, f.vm, f.self, f.gfn, f.gfn_end);
  return ok;
};

export const rangeOverwritten: Fix = {
  bugs: [{
    id: 'G3-B12', breaks: 'An invalidation of two memslots of a VM keeps faults out of the one that it came to last only: the other maps a page that is being truncated.',
    scenario: 'first-slot', shownBy: ['S-15', 'S-01'], alsoIn: ['SC05'], fixedIn: 'v6.8',
  }],
  steps: { 'mmu.invalidateBegin': invalidateBegin, 'mmu.rangeAdd': rangeAdd },
};

export const g3b12: Fix = {
  mended: ['G3-B12'],
  steps: { 'mmu.invalidateBegin': mmu['mmu.invalidateBegin'], 'mmu.rangeAdd': mmu['mmu.rangeAdd'] },
};

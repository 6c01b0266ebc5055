// Mutants of the catalogue that no kernel here can have, or that nothing in them can show; each with the reason.

import type { NotCut } from '../../../src/explore/mutants/mutant.ts';

const earlier = 'it is of a design before the merged one, which has no such code';

export const notCut: readonly NotCut[] = [
  { id: 'M27', does: 'stores a leaf without compare-and-exchange', because: 'it changes nothing here: two faults that both pass the stale test under one hold of mmu_lock carry the same page, and who zaps holds it for writing' },
  { id: 'M28', does: 'takes a frozen entry for an empty one', because: 'page tables go as a whole with their root here, so no entry is ever frozen' },
  { id: 'M31', does: 'frees pages in the release while the inode has another file', because: 'an inode has one file in 6.8' },
  { id: 'M38', does: 'waits in synchronize_srcu with slots_arch_lock held', because: 'with two-dimensional paging no vCPU takes slots_arch_lock inside its SRCU section, so nobody waits for each other' },
  { id: 'M53', does: 'names a page outside of the range as the busy one', because: 'folios are of one page in the kernels that convert in place, so that none begins in front of a range' },
  { id: 'M55', does: 'unlocks the page before its leaf is installed', because: earlier },
  { id: 'M56', does: 'mixes inclusive and exclusive ends in its callback', because: earlier },
  { id: 'M70', does: 'invalidates the first file of an inode only', because: 'an inode has one file in 6.8' },
  { id: 'M73', does: 'computes MIXED from the top down', because: 'huge pages have one size here' },
  { id: 'M82', does: 'splits a huge folio without zapping it', because: 'folios of guest_memfd are small in 6.8' },
  { id: 'M85', does: 'does not undo a split that failed', because: 'folios of guest_memfd are small in 6.8' },
  { id: 'M87', does: 'ignores i_size in a seal', because: earlier },
  { id: 'M88', does: 'calls back before a page is inserted, without begin and end', because: earlier },
  { id: 'M93', does: 'registers a second owner', because: earlier },
  { id: 'M97', does: 'lets new readers of invalidate_lock pass a writer that waits', because: 'faults take invalidate_lock in conversions-2025 and later, but starvation, where each schedule in which it happens is unfair to somebody, is not looked for' },
];

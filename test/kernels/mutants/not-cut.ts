// Mutants of the catalogue that no kernel here can have, or that nothing in them can show; each with the reason.

import type { NotCut } from '../../../src/explore/mutants/mutant.ts';

const inPlace = 'converting in place came later: here the attribute of a gfn is all that says private, and a file is never mapped by the host';

export const notCut: readonly NotCut[] = [
  { id: 'M27', does: 'stores a leaf without compare-and-exchange', because: 'it changes nothing here: two faults that both pass the stale test under one hold of mmu_lock carry the same page, and who zaps holds it for writing' },
  { id: 'M28', does: 'takes a frozen entry for an empty one', because: 'page tables go as a whole with their root here, so no entry is ever frozen' },
  { id: 'M38', does: 'waits in synchronize_srcu with slots_arch_lock held', because: 'with two-dimensional paging no vCPU takes slots_arch_lock inside its SRCU section, so nobody waits for each other' },
  { id: 'M46', does: 'does not test the refcount before a conversion', because: inPlace },
  { id: 'M47', does: 'does not unmap the host before a conversion', because: inPlace },
  { id: 'M48', does: 'tests the refcount before it unmaps', because: inPlace },
  { id: 'M50', does: 'answers EAGAIN when part of the range is stored', because: inPlace },
  { id: 'M51', does: 'forgets the end of an invalidation on its way to EAGAIN', because: inPlace },
  { id: 'M53', does: 'names a page outside of the range as the busy one', because: inPlace },
  { id: 'M54', does: 'stores ranges without merging them', because: inPlace },
  { id: 'M72', does: 'zaps the wrong kind of root in a conversion', because: 'private and shared pages have one root in 6.8, and no filter' },
  { id: 'M73', does: 'computes MIXED from the top down', because: 'huge pages have one size here' },
  { id: 'M80', does: 'does not drain LRU batches', because: inPlace },
  { id: 'M81', does: 'converts under the shared lock', because: inPlace },
  { id: 'M82', does: 'splits a huge folio without zapping it', because: 'folios of guest_memfd are small in 6.8' },
  { id: 'M84', does: 'allocates without the lock', because: `${inPlace}; an allocation by a fault takes no lock in 6.8 either` },
  { id: 'M85', does: 'does not undo a split that failed', because: 'folios of guest_memfd are small in 6.8' },
  { id: 'M86', does: 'calls the arch hook for shared behind the end', because: inPlace },
  { id: 'M97', does: 'lets new readers of invalidate_lock pass a writer that waits', because: 'faults do not take invalidate_lock in 6.8, and starvation, where each schedule in which it happens is unfair to somebody, is not looked for' },
];

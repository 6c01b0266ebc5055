// Mutants of the catalogue that no kernel here can have, or that nothing in them can show; each with the reason.

import type { NotCut } from '../../../src/explore/mutants/mutant.ts';


export const notCut: readonly NotCut[] = [
  { id: 'M27', does: 'stores a leaf without compare-and-exchange', because: 'it changes nothing here: two faults that both pass the stale test under one hold of mmu_lock carry the same page, and who zaps holds it for writing' },
  { id: 'M28', does: 'takes a frozen entry for an empty one', because: 'page tables go as a whole with their root here, so no entry is ever frozen' },
  { id: 'M38', does: 'waits in synchronize_srcu with slots_arch_lock held', because: 'with two-dimensional paging no vCPU takes slots_arch_lock inside its SRCU section, so nobody waits for each other' },
  { id: 'M53', does: 'names a page outside of the range as the busy one', because: 'what is shared has folios of one page where G5-B10 is mended, so that none begins in front of a range that becomes private; G5-B3 of conversions-2025-huge is this mistake, and the test of examples/lazy-split.ts has it' },
  { id: 'M73', does: 'computes MIXED from the top down', because: 'the huge leaf of a guest has one size here, so that MIXED has one level; a second would change the layouts of every kernel' },
];

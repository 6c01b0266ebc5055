// G2-B1, mended: map moves mmu_seq on under the lock under which it zaps. A shared fault has its snapshot from before it asked the file, so
// that one that found no page is stale.

import { ok } from '../../../src/memory/outcome.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const advance: Step = ({ kvm_mmu }, f) => {
  kvm_mmu(f.vm).mmu_invalidate_seq += 1;
  return ok;
};

export const g2b1: Fix = {
  mended: ['G2-B1'],
  steps: { 'kvm.advanceSeq': advance },
  fragments: { 'kvm.mapRange': (edit) => { edit.insertAfter('lock', 'done', 'seq', step('kvm.advanceSeq', 'mmu_seq++', { ok: 'slot' })); } },
};

// Mutants that forget a barrier. On sequentially consistent memory there is nothing to forget; they are cut from kernels on weakly ordered memory.

import type { Mutant } from '../../../src/explore/mutants/mutant.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC09 } from '../../../src/scenario/builtin/sc09.ts';

export const barrierMutants: readonly Mutant[] = [
  {
    id: 'B01', memory: 'weak', does: 'has no read barrier behind the snapshot of mmu_invalidate_seq', where: 'kvm_faultin_pfn', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'mmu.fault': (edit) => edit.remove('barrier', 'invalid') },
  },
  {
    id: 'B02', memory: 'weak', does: 'has no barrier between storing its mode and looking at its requests', where: 'vcpu_enter_guest', scenario: SC09, shownBy: ['S-02', 'S-03', 'S-27', 'L-10'],
    fragments: { 'vcpu.run': (edit) => edit.remove('barrier', 'recheck') },
  },
  {
    id: 'B03', memory: 'weak', does: 'has no barrier between making a request and looking at the mode', where: 'kvm_make_request', scenario: SC09, shownBy: ['S-02', 'S-03', 'S-27'],
    fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.remove('barrier', 'mode') },
  },
  {
    // Both are read under mmu_lock only, until 6.9 adds tests without it.
    id: 'EQB1', memory: 'weak', does: 'has no write barrier between mmu_invalidate_seq and in_progress', where: 'kvm_mmu_invalidate_end', scenario: SC01, shownBy: [],
    fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('barrier', 'drop') },
  },
];

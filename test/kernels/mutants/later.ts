// Mutants of what 6.8 has not: each is cut from the oldest kernel that has it, with its known bugs mended.

import { step } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { mapEntry } from '../../../machines/kernels/changes/mmio-entries.ts';
import { SC03 } from '../../../src/scenario/builtin/sc03.ts';
import { SC30 } from '../../../src/scenario/builtin/sc30.ts';
import { SC66 } from '../../../src/scenario/builtin/sc66.ts';
import type { Fault } from '../../../src/memory/frames.ts';

export const laterMutants: readonly Mutant[] = [
  {
    id: 'M78', does: 'tries again while its memslot is INVALID', where: 'kvm_tdp_map_page', base: 'v6.12-fixed', scenario: SC30, shownBy: ['L-01'],
    fragments: { 'vcpu.prefault': (edit) => edit.redirect('fault', 'invalid', 'again') },
  },
  {
    id: 'EQ1', does: 'has no lockless tests in front of the stale test', where: 'kvm_faultin_pfn', base: 'v6.12-fixed', scenario: SC03, shownBy: [],
    fragments: { 'mmu.fault': (edit) => {
      edit.remove('early', 'backing');
      edit.remove('late', 'lock');
    } },
  },
  {
    id: 'A07', does: 'puts the entry of an access without a memslot in the place of a leaf', where: 'kvm_tdp_mmu_map', base: 'v6.12-fixed', scenario: SC66, shownBy: ['S-35'],
    steps: { 'fault.mapEntry': changed<Fault>(() => mapEntry) },
    fragments: { 'mmu.fault': (edit) => edit.replace('mapEntry', step('fault.mapEntry', 'F10, F11: make_mmio_spte', { ok: 'unlockEmulate', replaced: 'unlockEmulate' })) },
  },
];

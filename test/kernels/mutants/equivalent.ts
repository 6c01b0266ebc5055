// Mutants that do no harm: more work than needed, or the same in another way. A checker that reports one of them asks for too much.

import { step, use } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC04 } from '../../../src/scenario/builtin/sc04.ts';
import { SC07 } from '../../../src/scenario/builtin/sc07.ts';
import { SC10 } from '../../../src/scenario/builtin/sc10.ts';
import * as ghost from '../../../src/steps/ghost.ts';
import { widenRange } from '../../../src/steps/mmu.ts';
import type { UnmapRange } from '../../../src/memory/frames.ts';

/** Two vCPUs that fault on one page. */
const twice = scenario({
  name: 'same-page', vms: [{ vcpus: [{ program: [write(0, 1)] }, { program: [read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
});
/** Two holes that are punched one behind the other, the later one in front. */
const twoHoles = scenario({
  name: 'two-holes', vms: [{ vcpus: [{ program: [write(1, 1), read(1)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [punch('A', 1, 1), punch('A', 0, 1)] }],
});

export const equivalentMutants: readonly Mutant[] = [
  {
    id: 'EQ2', does: 'flushes though nothing was zapped', where: 'kvm_gmem_invalidate_begin', scenario: SC10, shownBy: [],
    fragments: { 'gmem.invalidateBegin': (edit) => edit.redirect('slot', 'unlock', 'flush') },
  },
  {
    id: 'EQ3', does: 'makes faults of the whole VM retry while a part is invalidated', where: 'kvm_mmu_invalidate_range_add', scenario: twoHoles, shownBy: [],
    steps: { 'mmu.rangeAdd': changed<UnmapRange>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      widenRange(world, f.vm, 0, world.facts.sizes.gfn);
      return result;
    }) },
  },
  {
    id: 'EQ4', does: 'lets a fault retry that finds its leaf installed already', where: 'kvm_tdp_mmu_map', scenario: twice, shownBy: [],
    fragments: { 'mmu.fault': (edit) => edit.redirect('map', 'spurious', 'unlockStale') },
  },
  {
    id: 'EQ5', does: 'zaps again when an invalidation ends', where: 'kvm_gmem_invalidate_end', scenario: SC01, shownBy: [],
    fragments: { 'gmem.invalidateEnd': (edit) => {
      edit.insertBefore('seq', 'zapAgain', step('kvm.zapAll', 'all there is', { ok: 'flushAgain' }));
      edit.add('flushAgain', use('kvm.flushRemoteTlbs', 'seq'));
    } },
  },
  {
    id: 'EQ6', does: 'begins and ends an invalidation where nothing is bound', where: 'kvm_gmem_invalidate_begin', scenario: SC04, shownBy: [],
    fragments: {
      'gmem.invalidateBegin': (edit) => {
        edit.redirect('slot', 'done', 'lockNone');
        edit.add('lockNone', use('mmu.writeLock', 'countNone'));
        edit.add('countNone', step('mmu.invalidateBegin', 'kvm_mmu_invalidate_begin', { ok: 'addNone' }));
        edit.add('addNone', step('mmu.rangeAdd', 'an empty range', { ok: 'unlock' }));
      },
      'gmem.invalidateEnd': (edit) => edit.redirect('bound', 'none', 'lock'),
    },
  },
  {
    id: 'EQ7', does: 'moves mmu_invalidate_seq once more than it must', where: 'kvm_mmu_invalidate_end', scenario: SC01, shownBy: [],
    fragments: { 'gmem.invalidateEnd': (edit) => edit.insertBefore('drop', 'more', step('mmu.advanceSeq', 'once more', { ok: 'drop' })) },
  },
  {
    id: 'EQ8', does: 'allocates under the exclusive side of invalidate_lock', where: 'kvm_gmem_allocate', scenario: SC07, shownBy: [],
    fragments: { 'gmem.allocate': (edit) => {
      edit.replace('lock', use('inode.invalidateLock', 'next'));
      edit.replace('unlock', step('inode.upWrite', 'filemap_invalidate_unlock', { ok: '^done' }));
    } },
  },
  {
    id: 'EQ9', does: 'keeps the end of the last range when an invalidation begins', where: 'kvm_mmu_invalidate_begin', scenario: twoHoles, shownBy: [],
    steps: {
      'mmu.invalidateBegin': changed<UnmapRange>(() => (world, f) => {
        const mmu = world.kvm_mmu(f.vm);
        if (mmu.add_mmu_invalidate_in_progress(1) === 1) mmu.range_start = 0;
        ghost.openInvalidation(world, f.vm, f.self);
        return ok;
      }),
      'mmu.rangeAdd': changed<UnmapRange>((inner) => (world, f, choose) => {
        const { range_end } = world.kvm_mmu(f.vm);
        const result = inner(world, f, choose);
        world.kvm_mmu(f.vm).range_end = Math.max(range_end, world.kvm_mmu(f.vm).range_end);
        return result;
      }),
    },
  },
];

// Steps on a VM's invalidation bookkeeping and shadow page tables: mmu_invalidate_begin/range_add/end, zapping.

import { more, ok, outcome } from '../memory/outcome.ts';
import { contended } from '../memory/rwlock.ts';
import * as ghost from './ghost.ts';
import { HUGE_PAGES } from './huge.ts';
import type { Step, World } from '../memory/world.ts';

/** Others wait for mmu_lock: tdp_mmu_iter_cond_resched flushes, drops the lock and takes it again. */
export const yields = outcome('yield');

type Range = { gfn: number; gfn_end: number; flush: number };

/** The next present leaf at or behind f.gfn, in any root: zaps it. */
export function zapFrom(world: World, vm: number, from: number, end: number): number {
  const { spte, spte_huge, facts } = world;
  for (let gfn = from; gfn < end; gfn++) {
    for (let root = 0; root < facts.sizes.root; root++) {
      if (facts.sizes.hp > 0) {
        const huge = spte_huge(vm, root, Math.floor(gfn / HUGE_PAGES));
        if (huge.pfn !== 0) { huge.pfn = 0; huge.private = 0; huge.writable = 0; return gfn; }
      }
      const leaf = spte(vm, root, gfn);
      if (leaf.pfn !== 0) { leaf.pfn = 0; leaf.private = 0; leaf.writable = 0; return gfn; }
    }
  }
  return -1;
}

/** Widens the range that makes faults retry. Stored + 1: 0 is no range. */
export function widenRange({ kvm_mmu }: World, vm: number, gfn: number, gfnEnd: number): void {
  const mmu = kvm_mmu(vm);
  if (mmu.range_start === 0) {
    mmu.range_start = gfn + 1;
    mmu.range_end = gfnEnd + 1;
    return;
  }
  mmu.range_start = Math.min(mmu.range_start, gfn + 1);
  mmu.range_end = Math.max(mmu.range_end, gfnEnd + 1);
}

export const steps = {
  /** kvm_mmu_invalidate_begin, mmu_lock held for writing: counted, and the range reset if it is the only one. */
  'mmu.invalidateBegin': (world, f) => {
    const mmu = world.kvm_mmu(f.vm);
    if (mmu.add_mmu_invalidate_in_progress(1) === 1) {
      mmu.range_start = 0;
      mmu.range_end = 0;
    }
    ghost.openInvalidation(world, f.vm, f.self);
    return ok;
  },
  /** kvm_mmu_invalidate_range_add */
  'mmu.rangeAdd': (world, f) => {
    widenRange(world, f.vm, f.gfn, f.gfn_end);
    ghost.coverRange(world, f.vm, f.self, f.gfn, f.gfn_end);
    return ok;
  },
  /** kvm_unmap_gfn_range: zaps the next present leaf of the range; yields when mmu_lock is contended. */
  'mmu.zapNext': (world, f) => {
    const at = zapFrom(world, f.vm, f.gfn, f.gfn_end);
    if (at < 0) {
      ghost.zapped(world, f.vm, f.self, f.gfn, f.gfn_end);
      f.gfn = f.gfn_end;
      return ok;
    }
    f.flush = 1;
    ghost.zapped(world, f.vm, f.self, f.gfn, at);
    f.gfn = at;
    return contended(world.mmu_lock(f.vm)) ? yields : more;
  },
  /** First half of kvm_mmu_invalidate_end: seq++ must be seen before in_progress drops. */
  'mmu.advanceSeq': (world, f) => {
    world.kvm_mmu(f.vm).mmu_invalidate_seq += 1;
    ghost.seqMoved(world, f.vm, f.self);
    return ok;
  },
  'mmu.dropInProgress': (world, f) => {
    world.kvm_mmu(f.vm).add_mmu_invalidate_in_progress(-1);
    ghost.closeInvalidation(world, f.vm, f.self);
    return ok;
  },
} satisfies { [name: string]: Step<Range> };

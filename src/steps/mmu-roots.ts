// Steps of kvm_mmu_zap_all_fast: one of the two root page tables becomes obsolete as a whole; its leaves go afterwards.

import { more, ok, outcome } from '../memory/outcome.ts';
import { HUGE_PAGES } from './huge.ts';
import type { Step } from '../memory/world.ts';

export const clean = outcome('clean');

export const steps = {
  /** mmu_lock held for writing: from here on the other root is the valid one. It is empty: whoever made it obsolete, under
   *  slots_lock, has zapped all of it. A fault that still has the old root is stale by that alone. */
  'mmu.flipRoot': ({ mmu_root }, f) => {
    mmu_root(f.vm).valid = 1 - mmu_root(f.vm).valid;
    return ok;
  },
  /** kvm_tdp_mmu_zap_invalidated_roots, mmu_lock held for reading: the next leaf of the obsolete root. No vCPU can reach it any more. */
  'mmu.zapObsoleteNext': ({ mmu_root, spte, spte_huge, facts }, f) => {
    const root = 1 - mmu_root(f.vm).valid;
    for (let { gfn } = f; gfn < facts.sizes.gfn; gfn++) {
      const huge = facts.sizes.hp > 0 ? spte_huge(f.vm, root, Math.floor(gfn / HUGE_PAGES)) : undefined;
      const leaf = huge !== undefined && huge.pfn !== 0 ? huge : spte(f.vm, root, gfn);
      if (leaf.pfn === 0) continue;
      leaf.pfn = 0;
      leaf.private = 0;
      leaf.writable = 0;
      f.gfn = gfn;
      f.flush = 1;
      return more;
    }
    f.gfn = 0;
    return f.flush !== 0 ? ok : clean;
  },
} satisfies { [name: string]: Step<{ gfn: number; flush: number }> };

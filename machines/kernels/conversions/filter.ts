// The invalidation of a conversion zaps leaves of one kind only. Where the guest says what it means, private memory has roots of its own, so that
// the other kind is left alone; in a software-protected VM all leaves lie in one root, and all of the range go.

import { more, ok } from '../../../src/memory/outcome.ts';
import { contended } from '../../../src/memory/rwlock.ts';
import { FILTER_NONE, FILTER_PRIVATE, type SetAttributes2 } from '../../../src/steps/gmem-set-attributes.ts';
import { zapped } from '../../../src/steps/ghost.ts';
import { steps as mmu, yields } from '../../../src/steps/mmu.ts';
import { step } from '../../fragment.ts';
import type { UnmapRange } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** kvm_unmap_gfn_range with a filter: zaps the next present leaf of the kind. The leaves of a guest_memfd are of 4K. */
const zapNext: Step<SetAttributes2 & UnmapRange> = (world, f) => {
  if (f.filter === FILTER_NONE || world.facts.vmTypes[f.vm] !== 'confidential') return mmu['mmu.zapNext'](world, f);
  const isPrivate = f.filter === FILTER_PRIVATE;
  for (let { gfn } = f; gfn < f.gfn_end; gfn++) {
    for (let root = 0; root < world.facts.sizes.root; root++) {
      const leaf = world.spte(f.vm, root, gfn);
      if (leaf.pfn === 0 || (leaf.private !== 0) !== isPrivate) continue;
      leaf.pfn = 0;
      leaf.private = 0;
      leaf.writable = 0;
      f.flush = 1;
      zapped(world, f.vm, f.self, f.gfn, gfn);
      f.gfn = gfn;
      return contended(world.mmu_lock(f.vm)) ? yields : more;
    }
  }
  zapped(world, f.vm, f.self, f.gfn, f.gfn_end);
  f.gfn = f.gfn_end;
  return ok;
};

export const filter: Fix = {
  steps: { 'mmu.zapNextOfKind': zapNext },
  fragments: {
    'kvm.unmapGfnRange': (edit) => {
      edit.replace('zap', step('mmu.zapNextOfKind', 'tdp_mmu_zap_leafs of the roots that the filter names', { more: 'zap', yield: 'flush', ok: '^done' }));
    },
  },
};

// G4-B4, mended as 6.15 does: huge pages that the range of KVM_SET_MEMORY_ATTRIBUTES covers in part make faults retry too, so
// that none is mapped by a huge leaf while its attributes become mixed. Only the pages that change are zapped.

import { ok } from '../../../src/memory/outcome.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import { partlyCovered } from '../../../src/steps/lpage.ts';
import { widenRange } from '../../../src/steps/mmu.ts';
import { step } from '../../fragment.ts';
import type { SetAttributes } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** kvm_arch_pre_set_memory_attributes: the huge pages at the head and at the tail, where a huge leaf is possible now. */
const addHugeEdges: Step<SetAttributes> = (world, f) => {
  if (world.facts.sizes.hp === 0) return ok;
  const head = Math.floor(f.gfn / HUGE_PAGES);
  const tail = Math.floor((f.gfn_end - 1) / HUGE_PAGES);
  for (const hp of head === tail ? [head] : [head, tail]) {
    if (partlyCovered(world, f.slot, hp, f.gfn, f.gfn_end)) widenRange(world, f.vm, hp * HUGE_PAGES, (hp + 1) * HUGE_PAGES);
  }
  return ok;
};

export const g4b4: Fix = {
  mended: ['G4-B4'],
  steps: { 'attributes.addHugeEdges': addHugeEdges },
  fragments: {
    'vm.attributesPrePass': (edit) => {
      edit.insertBefore('unmap', 'edges', step('attributes.addHugeEdges', 'kvm_mmu_invalidate_range_add of huge pages covered in part', { ok: 'unmap' }));
    },
  },
};

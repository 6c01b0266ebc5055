// P2, mended: a fault that found no memslot gives way to a leaf, and tries again. That its generation of the memslots has moved on would not be
// enough to ask: memslots are published without mmu_lock, so also between that test and the entry.

import { outcome } from '../../../src/memory/outcome.ts';
import { entryOf, mapEntry } from '../changes/mmio-entries.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import { step } from '../../fragment.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const retry = outcome('retry');

const mapUnlessMapped: Step<Fault> = (world, f, choose) => {
  const huge = world.facts.sizes.hp > 0 && world.spte_huge(f.vm, world.vcpu_root(f.vcpu).root - 1, Math.floor(f.gfn / HUGE_PAGES)).pfn !== 0;
  return huge || entryOf(world, f, f.gfn).pfn !== 0 ? retry : mapEntry(world, f, choose);
};

export const p2: Fix = {
  mended: ['P2'],
  steps: { 'fault.mapEntry': mapUnlessMapped },
  fragments: {
    'mmu.fault': (edit) => {
      edit.replace('mapEntry', step('fault.mapEntry', 'F10, F11: make_mmio_spte, unless there is a leaf', { ok: 'unlockEmulate', retry: 'unlockNoSlot' }));
    },
  },
};

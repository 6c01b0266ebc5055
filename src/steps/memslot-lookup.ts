// gfn_to_memslot: the search that every reader of memslots does, under SRCU.

import type { World } from '../memory/world.ts';

/** The memslot of the published set that holds `gfn`, 0 if none. One read of kvm->memslots, then of a set nobody writes. */
export function slotOf({ memslots, memslot_set, memslot, facts }: World, vm: number, gfn: number): number {
  const { slot: slots } = memslot_set(vm, memslots(vm).active);
  for (let id = 0; id < facts.sizes.slotId; id++) {
    const slot = slots.at(id);
    if (slot === 0) continue;
    const { base_gfn, npages } = memslot(slot);
    if (gfn >= base_gfn && gfn < base_gfn + npages) return slot;
  }
  return 0;
}

// gfn_to_memslot: the search that every reader of memslots does, under SRCU.

import { rowsOfSpace } from './address-space.ts';
import type { World } from '../memory/world.ts';

/** The memslot of the guest's own address space that holds `gfn` in the published set, 0 if none. One read of kvm->memslots, then of a set nobody writes. */
export function slotOf({ memslots, memslot_set, memslot, facts }: World, vm: number, gfn: number): number {
  const { slot: slots } = memslot_set(vm, memslots(vm).active);
  const rows = rowsOfSpace(facts);
  for (let row = 0; row < rows; row++) {
    const slot = slots.at(row);
    if (slot === 0) continue;
    const { base_gfn, npages } = memslot(slot);
    if (gfn >= base_gfn && gfn < base_gfn + npages) return slot;
  }
  return 0;
}

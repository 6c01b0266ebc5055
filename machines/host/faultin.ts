// Shared guest memory: from a memslot's host address to a page of the VMM's process (hva_to_pfn, GUP).

import { fragment, step } from '../fragment.ts';

export const faultinPfn = fragment('host.faultinPfn', '__gfn_to_pfn_memslot: the page behind a host address', {
  slot: step('host.slotHva', '__gfn_to_hva_many', { error: '^error', noSlot: '^noSlot', ok: '^done' }),
});

// S-32: SIGBUS for a memory failure goes to who has the page.

import { SIGBUS } from '../../memory/layouts/host.ts';
import { hvaName, threadName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Is this the host address that a memslot has for a page that it takes from a file? */
function standsFor({ objects, facts }: CheckedWorld, hva: number, pfn: number): boolean {
  const { memslots, memslot_set, memslot, slot_gmem, file, cache } = objects;
  for (let vm = 0; vm < facts.sizes.vm; vm++) {
    const { slot: slots } = memslot_set(vm, memslots(vm).active);
    for (let id = 0; id < facts.sizes.slotId; id++) {
      const slot = slots.at(id);
      const bound = slot === 0 ? 0 : slot_gmem(slot).file;
      if (bound === 0) continue;
      const { hva: first, npages, pgoff } = memslot(slot);
      const page = hva - (first - 1);
      if (first !== 0 && page >= 0 && page < npages && cache(file(bound).inode, pgoff + page).pfn === pfn) return true;
    }
  }
  return false;
}

export const s32: Invariant = {
  id: 'S-32',
  title: 'SIGBUS goes to who has the page',
  statement: 'SIGBUS for a memory failure is delivered only to tasks that map or consume the page, and the address that it names is where the page is, or what a memslot has for it.',
  onWrite: {
    signal: (world, thread) => {
      const { objects: { signal, hpte, folio }, frames, last, topology } = world;
      const { number, hva } = signal(thread);
      const sender = frames[last.actor]!;
      if (number !== SIGBUS || topology.actors[last.actor - 1]!.machine !== 'memory-failure') return undefined;
      const pfn = sender['pfn'] ?? 0;
      const consumed = sender['consumer'] === thread + 1;
      if (consumed && (hva === 0 || standsFor(world, hva - 1, pfn))) return undefined;
      if (hva === 0) return `${threadName(world, thread)} gets SIGBUS for the memory failure of ${pfn === 0 ? 'a page' : `pfn ${pfn}`}, which it neither maps nor has consumed`;
      // Its entry is a marker now; or it was taken away since, by whoever unmapped the address too.
      const entry = hpte(hva - 1);
      if (entry.hwpoison !== 0 || (entry.pfn !== 0 && folio(entry.pfn).hwpoison !== 0)) return undefined;
      if (sender['hva'] === hva - 1 && sender['hva_end']! > sender['hva']) return undefined;
      return `${threadName(world, thread)} gets SIGBUS for ${hvaName(world, hva - 1)}, where no page was lost`;
    },
  },
};

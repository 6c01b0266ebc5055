// S-32: SIGBUS for a memory failure goes to who has the page.

import { SIGBUS } from '../../memory/layouts/host.ts';
import { hvaName, threadName } from './words.ts';
import type { Invariant } from '../invariant.ts';

export const s32: Invariant = {
  id: 'S-32',
  title: 'SIGBUS goes to who has the page',
  statement: 'SIGBUS for a memory failure is delivered only to tasks that map or consume the page.',
  onWrite: {
    signal: (world, thread) => {
      const { objects: { signal, hpte, folio }, frames, last, topology } = world;
      const { number, hva } = signal(thread);
      const sender = frames[last.actor]!;
      if (number !== SIGBUS || topology.actors[last.actor - 1]!.machine !== 'memory-failure' || sender['consumer'] === thread + 1) return undefined;
      const pfn = sender['pfn'] ?? 0;
      if (hva === 0) return `${threadName(world, thread)} gets SIGBUS for the memory failure of ${pfn === 0 ? 'a page' : `pfn ${pfn}`}, which it neither maps nor has consumed`;
      // Its entry is a marker now; or it was taken away since, by whoever unmapped the address too.
      const entry = hpte(hva - 1);
      if (entry.hwpoison !== 0 || (entry.pfn !== 0 && folio(entry.pfn).hwpoison !== 0)) return undefined;
      if (sender['hva'] === hva - 1 && sender['hva_end']! > sender['hva']) return undefined;
      return `${threadName(world, thread)} gets SIGBUS for ${hvaName(world, hva - 1)}, where no page was lost`;
    },
  },
};

// S-32: SIGBUS for a memory failure goes to who has the page.

import { BUS_MCEERR_AO, BUS_MCEERR_AR, SIGBUS } from '../../memory/layouts/host.ts';
import { hvaName, threadName } from './words.ts';
import type { Invariant } from '../invariant.ts';

export const s32: Invariant = {
  id: 'S-32',
  title: 'SIGBUS goes to who has the page',
  statement: 'SIGBUS for a memory failure is delivered only to tasks that map or consume the page: it names a host page whose page was lost.',
  onWrite: {
    signal: (world, thread) => {
      const { signal, hpte, folio, host_content } = world.objects;
      const { number, hva, code } = signal(thread);
      if (number !== SIGBUS || (code !== BUS_MCEERR_AR && code !== BUS_MCEERR_AO) || hva === 0) return undefined;
      const { pfn, hwpoison } = hpte(hva - 1);
      // The marker may be gone by now: who discards the page does not wait for a signal that is on its way.
      if (hwpoison !== 0 || host_content(hva - 1).lost !== 0 || (pfn !== 0 && folio(pfn).hwpoison !== 0)) return undefined;
      return `${threadName(world, thread)} gets SIGBUS for ${hvaName(world, hva - 1)}, where no page was lost`;
    },
  },
};

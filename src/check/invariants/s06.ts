// S-06: nobody gets a page that was not cleared.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { hvaName, spteName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const isStale = ({ objects }: CheckedWorld, pfn: number): boolean => pfn !== 0 && objects.folio(pfn).uptodate === 0 && objects.buddy().used.has(pfn);

export const s06: Invariant = {
  id: 'S-06',
  title: 'cleared before the first mapping',
  statement: 'Every page is cleared, and its folio up to date, before the first SPTE or host page-table entry that maps it.',
  onWrite: {
    spte: (world, vm, root, gfn) => {
      const { pfn } = world.objects.spte(vm, root, gfn);
      return isStale(world, pfn) ? `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, whose folio is not up to date` : undefined;
    },
    spte_huge: (world, vm, root, hp) => {
      const { pfn } = world.objects.spte_huge(vm, root, hp);
      for (let k = 0; pfn !== 0 && k < HUGE_PAGES; k++) {
        if (isStale(world, pfn + k)) return `${spteName(world, vm, root, hp * HUGE_PAGES + k)} maps pfn ${pfn + k}, whose folio is not up to date`;
      }
      return undefined;
    },
    hpte: (world, hva) => {
      const { pfn } = world.objects.hpte(hva);
      return isStale(world, pfn) ? `the page table of the VMM's process maps ${hvaName(world, hva)} to pfn ${pfn}, which was not cleared` : undefined;
    },
  },
};

// S-08: a page that was lost to a memory failure is not mapped any more once the failure was handled.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { POISONED } from '../../steps/memory-failure.ts';
import { alive } from './state.ts';
import { hvaName, spteName } from './words.ts';
import { HPTE, HUGE, SPTE } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Poisoned, and no memory failure is being handled: mf_mutex lets one at a time. Of a page that was nobody's nothing is promised: memory_failure()
 *  has said that it did not deal with it, and who had just allocated it may map it. */
const isLost = ({ objects }: CheckedWorld, pfn: number): boolean => pfn !== 0 && objects.folio(pfn).hwpoison === POISONED && objects.mf_mutex().owner === 0;

function spteBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { pfn } = world.objects.spte(vm, root, gfn);
  return isLost(world, pfn) && alive(world, vm) ? `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, whose memory failure was handled` : undefined;
}
function hugeBroken(world: CheckedWorld, vm: number, root: number, hp: number): string | undefined {
  const { pfn } = world.objects.spte_huge(vm, root, hp);
  if (pfn === 0 || !alive(world, vm)) return undefined;
  for (let k = 0; k < HUGE_PAGES; k++) {
    if (isLost(world, pfn + k)) return `${spteName(world, vm, root, hp * HUGE_PAGES + k)} maps pfn ${pfn + k}, whose memory failure was handled`;
  }
  return undefined;
}
function hpteBroken(world: CheckedWorld, hva: number): string | undefined {
  const { pfn } = world.objects.hpte(hva);
  return isLost(world, pfn) ? `the page table of the VMM's process maps ${hvaName(world, hva)} to pfn ${pfn}, whose memory failure was handled` : undefined;
}

/** May a page that was lost be mapped? */
function poisonedMapped({ whereabouts, facts }: CheckedWorld): boolean {
  if (whereabouts === undefined) return true;
  const kinds = (1 << SPTE) | (1 << HPTE) | (1 << HUGE);
  for (const pfn of whereabouts.poisoned) {
    for (let back = 0; back < (facts.sizes.hp > 0 ? HUGE_PAGES : 1) && back < pfn; back++) if (whereabouts.nextOf(kinds, whereabouts.byPage.first(pfn - back)) !== 0) return true;
  }
  return false;
}

function anywhere(world: CheckedWorld): string | undefined {
  const { sizes } = world.facts;
  if (world.objects.mf_mutex().owner !== 0 || !poisonedMapped(world)) return undefined;
  let broken: string | undefined;
  for (let vm = 0; vm < sizes.vm; vm++) {
    for (let root = 0; root < sizes.root; root++) {
      for (let gfn = 0; gfn < sizes.gfn; gfn++) if ((broken = spteBroken(world, vm, root, gfn)) !== undefined) return broken;
      for (let hp = 0; hp < sizes.hp; hp++) if ((broken = hugeBroken(world, vm, root, hp)) !== undefined) return broken;
    }
  }
  for (let hva = 0; hva < sizes.hva; hva++) if ((broken = hpteBroken(world, hva)) !== undefined) return broken;
  return undefined;
}

export const s08: Invariant = {
  id: 'S-08',
  title: 'no mapping of a poisoned page',
  statement: 'Once the handling of a memory failure has ended, the poisoned page is mapped by no SPTE and no host page-table entry, and none is created. Excepted is a page that was nobody\'s, of which memory_failure() says that it was ignored.',
  onWrite: { spte: spteBroken, spte_huge: hugeBroken, hpte: hpteBroken, mf_mutex: anywhere, folio: (world, pfn) => (isLost(world, pfn) ? anywhere(world) : undefined) },
  whole: anywhere,
};

// S-09: a huge leaf stays within what backs it.

import { HUGE_ORDER, HUGE_PAGES } from '../../steps/huge.ts';
import { alive, covered, privacyOf, slotAt } from './state.ts';
import { gfnName, spteName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

function huge(world: CheckedWorld, vm: number, root: number, hp: number): string | undefined {
  const { spte_huge, memslot, folio } = world.objects;
  const { pfn } = spte_huge(vm, root, hp);
  if (pfn === 0 || !alive(world, vm)) return undefined;
  const first = hp * HUGE_PAGES;
  const name = `the huge leaf, ${spteName(world, vm, root, first)} and ${HUGE_PAGES - 1} more,`;
  const slot = slotAt(world, vm, first);
  if (slot !== 0) {
    const { base_gfn, npages } = memslot(slot);
    if (first < base_gfn || first + HUGE_PAGES > base_gfn + npages) return `${name} reaches beyond its memslot`;
  } else if (slotAt(world, vm, first + HUGE_PAGES - 1) !== 0) return `${name} begins before its memslot`;
  const { head, order } = folio(pfn);
  if (head !== 0 ? (pfn - head) % HUGE_PAGES !== 0 : order < HUGE_ORDER) return `${name} maps pfn ${pfn}, which is not the first page of a huge folio`;
  for (let k = 1; k < HUGE_PAGES; k++) {
    if (privacyOf(world, vm, slot, first + k) === privacyOf(world, vm, slot, first)) continue;
    let open = false;
    for (let j = 0; j < HUGE_PAGES && !open; j++) open = covered(world, vm, first + j);
    if (!open) return `${name} covers ${gfnName(world, vm, first)} and ${gfnName(world, vm, first + k)}, one of them private, the other shared`;
  }
  return undefined;
}

function vmBroken(world: CheckedWorld, vm: number): string | undefined {
  for (let root = 0; root < world.facts.sizes.root; root++) {
    for (let hp = 0; hp < world.facts.sizes.hp; hp++) {
      const broken = huge(world, vm, root, hp);
      if (broken !== undefined) return broken;
    }
  }
  return undefined;
}

function everyVm(world: CheckedWorld): string | undefined {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = vmBroken(world, vm);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s09: Invariant = {
  id: 'S-09',
  title: 'huge leaves within their backing',
  statement: 'A huge leaf lies inside one memslot and inside one folio of its size, aligned in both, and outside open invalidations all its '
    + 'gfns are private or all are shared.',
  onWrite: {
    spte_huge: huge,
    mem_attr: (world, vm, gfn) => {
      for (let root = 0; root < world.facts.sizes.root; root++) {
        const hp = Math.floor(gfn / HUGE_PAGES);
        const broken = hp < world.facts.sizes.hp ? huge(world, vm, root, hp) : undefined;
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
    open_invalidation: (world, vm, actor) => (world.objects.open_invalidation(vm, actor).open === 0 ? vmBroken(world, vm) : undefined),
    memslots: vmBroken,
    shareability: (world) => (world.facts.sizes.hp === 0 ? undefined : everyVm(world)),
  },
  whole: everyVm,
};

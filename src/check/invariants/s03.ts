// S-03: a page that is free is not in use.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, flushesFirst } from './state.ts';
import { hvaName, indexName, spteName, tlbName } from './words.ts';
import { HPTE, HUGE, SPTE, TLB, type Whereabouts } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const isFree = ({ objects }: CheckedWorld, pfn: number): boolean => pfn !== 0 && !objects.buddy().used.has(pfn);

function spteBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { pfn } = world.objects.spte(vm, root, gfn);
  return isFree(world, pfn) && alive(world, vm) ? `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, which is free` : undefined;
}
function hugeBroken(world: CheckedWorld, vm: number, root: number, hp: number): string | undefined {
  const { pfn } = world.objects.spte_huge(vm, root, hp);
  if (pfn === 0 || !alive(world, vm)) return undefined;
  for (let k = 0; k < HUGE_PAGES; k++) {
    if (isFree(world, pfn + k)) return `${spteName(world, vm, root, hp * HUGE_PAGES + k)} maps pfn ${pfn + k}, which is free`;
  }
  return undefined;
}
function tlbBroken(world: CheckedWorld, vcpu: number, gfn: number): string | undefined {
  const { pfn } = world.objects.tlb(vcpu, gfn);
  return isFree(world, pfn) && !flushesFirst(world, vcpu) ? `${tlbName(world, vcpu, gfn)} says pfn ${pfn}, which is free` : undefined;
}
function hpteBroken(world: CheckedWorld, hva: number): string | undefined {
  const { pfn } = world.objects.hpte(hva);
  return isFree(world, pfn) ? `the page table of the VMM's process maps ${hvaName(world, hva)} to pfn ${pfn}, which is free` : undefined;
}
function cacheBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  const { pfn } = world.objects.cache(inode, index);
  return isFree(world, pfn) ? `${indexName(world, inode, index)} has pfn ${pfn} in the page cache, which is free` : undefined;
}

/** May the folio that has just become free be in use, or a page that became free before? */
function freeInUse(world: CheckedWorld, head: number): boolean {
  const { whereabouts, facts: { sizes } } = world;
  if (whereabouts === undefined) return true;
  const { byPage, excused } = whereabouts;
  const pages = sizes.hp > 0 ? HUGE_PAGES : 1;
  for (let pfn = head; pfn < head + pages && pfn < sizes.pfn; pfn++) {
    for (let place = byPage.first(pfn); place !== 0; place = byPage.next(place)) {
      if (placeBroken(world, whereabouts, place)) return true;
      if (whereabouts.kind(place) === TLB && isFree(world, pfn)) excused.add(place);
    }
  }
  for (const place of excused) {
    if (!isFree(world, byPage.of(place))) excused.delete(place);
    else if (placeBroken(world, whereabouts, place)) return true;
  }
  return false;
}

function placeBroken(world: CheckedWorld, whereabouts: Whereabouts, place: number): boolean {
  const kind = whereabouts.kind(place);
  const row = whereabouts.row(place, kind);
  const last = whereabouts.last(place, kind);
  const { root: roots } = world.facts.sizes;
  switch (kind) {
    case SPTE: return spteBroken(world, Math.floor(row / roots), row % roots, last) !== undefined;
    case HUGE: return hugeBroken(world, Math.floor(row / roots), row % roots, last) !== undefined;
    case TLB: return tlbBroken(world, row, last) !== undefined;
    case HPTE: return hpteBroken(world, last) !== undefined;
    default: return cacheBroken(world, row, last) !== undefined;
  }
}

/** Everything that can refer to a page. */
function anywhere(world: CheckedWorld): string | undefined {
  const { words, facts: { sizes }, pfns: { spte, tlb, hpte, cache } } = world;
  let broken: string | undefined;
  for (let n = 0, at = spte.at; n < sizes.vm * sizes.root * sizes.gfn; n++, at += spte.stride) {
    if (words[at] === 0) continue;
    if ((broken = spteBroken(world, Math.floor(n / (sizes.root * sizes.gfn)), Math.floor(n / sizes.gfn) % sizes.root, n % sizes.gfn)) !== undefined) return broken;
  }
  for (let vm = 0; vm < sizes.vm; vm++) {
    for (let root = 0; root < sizes.root; root++) {
      for (let hp = 0; hp < sizes.hp; hp++) if ((broken = hugeBroken(world, vm, root, hp)) !== undefined) return broken;
    }
  }
  for (let n = 0, at = tlb.at; n < sizes.vcpu * sizes.gfn; n++, at += tlb.stride) {
    if (words[at] !== 0 && (broken = tlbBroken(world, Math.floor(n / sizes.gfn), n % sizes.gfn)) !== undefined) return broken;
  }
  for (let n = 0, at = hpte.at; n < sizes.hva; n++, at += hpte.stride) {
    if (words[at] !== 0 && (broken = hpteBroken(world, n)) !== undefined) return broken;
  }
  for (let n = 0, at = cache.at; n < sizes.inode * sizes.index; n++, at += cache.stride) {
    if (words[at] !== 0 && (broken = cacheBroken(world, Math.floor(n / sizes.index), n % sizes.index)) !== undefined) return broken;
  }
  return undefined;
}

export const s03: Invariant = {
  id: 'S-03',
  title: 'a free page is nowhere in use',
  statement: 'A page whose refcount has reached 0 is mapped by no SPTE, TLB entry or host page-table entry, and is in no page cache. A TLB '
    + 'that will be emptied before the next access of its guest does not count.',
  onWrite: {
    folio_ref: (world, pfn) => (world.objects.folio_ref(pfn).refcount === 0 && freeInUse(world, pfn) ? anywhere(world) : undefined),
    spte: spteBroken,
    spte_huge: hugeBroken,
    tlb: tlbBroken,
    hpte: hpteBroken,
    cache: cacheBroken,
  },
  whole: anywhere,
};

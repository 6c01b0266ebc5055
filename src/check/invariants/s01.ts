// S-01, the property that guest_memfd's protocol is about: no mapping of a page that its backing does not have any more.

import { KVM_MEMSLOT_INVALID } from '../../memory/layouts/kvm.ts';
import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, anyMapped, mappedAt, mappedPrivate, ofFile, slotAt, toBeZapped } from './state.ts';
import { hvaName, indexName, spteName } from './words.ts';
import { HUGE, SPTE, type Whereabouts } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** A leaf of private memory, or of a memslot whose shared memory is its file's too, maps what the file of the memslot has at the index of
 *  the gfn. Where the memslot says nothing any more, because it is being deleted or its file released, the folio says where it belongs. */
function fileBroken(world: CheckedWorld, vm: number, root: number, gfn: number, pfn: number): string | undefined {
  const { memslot, slot_gmem, file, folio, cache } = world.objects;
  const slot = slotAt(world, vm, gfn);
  let inode = 0;
  let { index } = folio(pfn);
  if (slot !== 0 && (memslot(slot).flags & KVM_MEMSLOT_INVALID) === 0) {
    const bound = slot_gmem(slot).file;
    if (bound !== 0) {
      ({ inode } = file(bound));
      index = gfn - memslot(slot).base_gfn + memslot(slot).pgoff;
    }
  }
  if (inode === 0) inode = folio(pfn).mapping;
  if (inode !== 0 && index < world.facts.sizes.index && cache(inode, index).pfn === pfn) return undefined;
  if (toBeZapped(world, vm, gfn)) return undefined;
  const there = inode === 0 || index >= world.facts.sizes.index ? 'is in no page cache'
    : `${indexName(world, inode, index)} has ${cache(inode, index).pfn === 0 ? 'no page' : `pfn ${cache(inode, index).pfn}`}`;
  return `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, ${inode === 0 ? `which ${there}` : `but ${there}`}, and no invalidation is about to zap it`;
}

/** A shared leaf maps what the host page table maps at the host page of the gfn. */
function sharedBroken(world: CheckedWorld, vm: number, root: number, gfn: number, pfn: number): string | undefined {
  const slot = slotAt(world, vm, gfn);
  if (slot === 0) return undefined;
  const { hva, base_gfn } = world.objects.memslot(slot);
  if (hva === 0) return undefined;
  const page = hva - 1 + gfn - base_gfn;
  const entry = world.objects.hpte(page);
  if (entry.pfn === pfn || toBeZapped(world, vm, gfn)) return undefined;
  return `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, but ${hvaName(world, page)} is ${entry.pfn === 0 ? 'not mapped' : `pfn ${entry.pfn}`}, and no invalidation is about to zap it`;
}

function leafBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const pfn = mappedAt(world, vm, root, gfn);
  if (pfn === 0) return undefined;
  return ofFile(world, vm, gfn, mappedPrivate(world, vm, root, gfn)) ? fileBroken(world, vm, root, gfn, pfn) : sharedBroken(world, vm, root, gfn, pfn);
}

/** All leaves of a VM, or those only that have their pages from a file. */
function vmBroken(world: CheckedWorld, vm: number, files: boolean): string | undefined {
  if (!alive(world, vm) || !anyMapped(world, vm, leafBroken)) return undefined;
  const { root: roots, gfn: gfns } = world.facts.sizes;
  for (let root = 0; root < roots; root++) {
    for (let gfn = 0; gfn < gfns; gfn++) {
      if (mappedAt(world, vm, root, gfn) === 0) continue;
      if (files && !ofFile(world, vm, gfn, mappedPrivate(world, vm, root, gfn))) continue;
      const broken = leafBroken(world, vm, root, gfn);
      if (broken !== undefined) return broken;
    }
  }
  return undefined;
}

function everyVm(world: CheckedWorld, files: boolean): string | undefined {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = vmBroken(world, vm, files);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** May this entry of the page cache have broken a leaf? One that maps what was there, or is there, or whose gfn is bound to the index. */
function cacheBroken(world: CheckedWorld, inode: number, index: number): boolean {
  const { whereabouts, objects, facts } = world;
  if (whereabouts === undefined) return true;
  if (mapperBroken(world, whereabouts, whereabouts.replacedAt(inode, index)) || mapperBroken(world, whereabouts, objects.cache(inode, index).pfn)) return true;
  const { memslots, memslot_set, memslot, slot_gmem, file } = objects;
  for (let vm = 0; vm < facts.sizes.vm; vm++) {
    if (!alive(world, vm)) continue;
    const { slot: slots } = memslot_set(vm, memslots(vm).active);
    for (let id = 0; id < facts.sizes.slotId; id++) {
      const slot = slots.at(id);
      if (slot === 0 || slot_gmem(slot).file === 0 || file(slot_gmem(slot).file).inode !== inode) continue;
      const { pgoff, npages, base_gfn } = memslot(slot);
      if (index < pgoff || index >= pgoff + npages) continue;
      for (let root = 0; root < facts.sizes.root; root++) if (leafBroken(world, vm, root, base_gfn + index - pgoff) !== undefined) return true;
    }
  }
  return false;
}

/** Is a leaf that maps this page broken? */
function mapperBroken(world: CheckedWorld, whereabouts: Whereabouts, pfn: number): boolean {
  const { root: roots, hp } = world.facts.sizes;
  for (let back = 0; back < (hp > 0 ? HUGE_PAGES : 1) && back < pfn; back++) {
    const { byPage } = whereabouts;
    for (let place = whereabouts.nextOf((1 << SPTE) | (1 << HUGE), byPage.first(pfn - back)); place !== 0; place = whereabouts.nextOf((1 << SPTE) | (1 << HUGE), byPage.next(place))) {
      const kind = whereabouts.kind(place);
      const table = whereabouts.row(place, kind);
      const gfn = whereabouts.last(place, kind) * (kind === HUGE ? HUGE_PAGES : 1) + (kind === HUGE ? back : 0);
      const vm = Math.floor(table / roots);
      if (alive(world, vm) && leafBroken(world, vm, table % roots, gfn) !== undefined) return true;
    }
  }
  return false;
}

/** All leaves whose gfn is backed by this host page. */
function behindHva(world: CheckedWorld, hva: number): string | undefined {
  const { memslots, memslot_set, memslot } = world.objects;
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    if (!alive(world, vm)) continue;
    const { slot: slots } = memslot_set(vm, memslots(vm).active);
    for (let id = 0; id < world.facts.sizes.slotId; id++) {
      const slot = slots.at(id);
      if (slot === 0) continue;
      const { hva: first, base_gfn, npages } = memslot(slot);
      if (first === 0 || hva < first - 1 || hva >= first - 1 + npages) continue;
      for (let root = 0; root < world.facts.sizes.root; root++) {
        const broken = leafBroken(world, vm, root, base_gfn + hva - (first - 1));
        if (broken !== undefined) return broken;
      }
    }
  }
  return undefined;
}

export const s01: Invariant = {
  id: 'S-01',
  title: 'no use after truncation',
  statement: 'If an SPTE maps a page, that page is in the cache of the inode that the slot is bound to, at the index of the gfn, or an '
    + 'invalidation that covers the gfn is open and has not zapped it yet. For shared memory that is not the file\'s: it is the page that the host '
    + 'page table maps.',
  onWrite: {
    spte: (world, vm, root, gfn) => (alive(world, vm) ? leafBroken(world, vm, root, gfn) : undefined),
    spte_huge: (world, vm, root, hp) => {
      if (!alive(world, vm)) return undefined;
      for (let k = 0; k < HUGE_PAGES; k++) {
        const broken = leafBroken(world, vm, root, hp * HUGE_PAGES + k);
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
    cache: (world, inode, index) => (cacheBroken(world, inode, index) ? everyVm(world, true) : undefined),
    hpte: behindHva,
    // While it is open it only gives leave; a leaf that its zap has missed shows when the page goes, or here at the latest.
    open_invalidation: (world, vm, actor) => (world.objects.open_invalidation(vm, actor).open === 0 ? vmBroken(world, vm, false) : undefined),
    memslots: (world, vm) => vmBroken(world, vm, false),
  },
  whole: (world) => everyVm(world, false),
};

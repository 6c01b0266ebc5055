// Steps that split a huge folio of a file into smaller ones, and that merge them again. References are frozen while this lasts: the count is
// set to 0 once nobody but the page cache has the folio, for which the kernel spins and a step here waits, and the folio is out of the page
// cache from then on (in the kernel a moment later, which who looks for it spends waiting). The pages stay where they are.

import { blocked, more, ok, outcome } from '../memory/outcome.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { done } from './flush.ts';
import { allocationFails, enomem, exists, headOf, putFolio } from './folio.ts';
import { cutsOf, form, pagesOf, wantedCuts, type FileFault } from './huge-folio.ts';
import { anyShared, ceilTo, floorTo, orderOf, type Wanted } from './huge-file.ts';
import { none } from './gmem-invalidate.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const split = outcome('split');
export const merge = outcome('merge');

/** What a split or a merge works on: a run of pages of one file that is one huge folio, or becomes one. */
const run = {
  /** Its first page, and log2 of its pages. */
  big: { ref: 'pfn' }, big_order: {},
  /** Where the small folios begin, a bit for each page. */
  cuts: {},
  /** How many pages of it are dealt with. */
  dealt: {},
} as const;
/** Registers of a fragment that splits or merges. */
export const runFrame = (fragment: string) => frame(fragment, run);
/** The index from which on the folios of a range are looked at. */
export const RestructureFrame = frame('gmem.restructure', { place: { ref: 'index' } });
export type Run = Registers<ReturnType<typeof runFrame>>;
export type Restructure = Operation & Registers<typeof RestructureFrame>;

/** The pages from `first` on are in the page cache again: their folio has the references of the cache, and no other. */
function unfreeze(world: World, head: number): void {
  const { mapping, index } = world.folio(head);
  const pages = pagesOf(world, head);
  for (let k = 0; k < pages; k++) world.cache(mapping, index + k).pfn = head + k;
  world.folio_ref(head).refcount = pages;
}

/** folio_ref_freeze: waits until only the page cache has the folio; then nobody has, and it is out of the cache. */
function freeze(world: World, head: number): number {
  const pages = pagesOf(world, head);
  const references = world.folio_ref(head);
  if (references.refcount !== pages) return blocked(references);
  const { mapping, index } = world.folio(head);
  references.refcount = 0;
  for (let k = 0; k < pages; k++) world.cache(mapping, index + k).pfn = 0;
  return ok;
}

/** Another folio has come to one of the indexes of this one meanwhile. */
function taken(world: World, head: number): boolean {
  const { mapping, index } = world.folio(head);
  for (let k = 0; k < pagesOf(world, head); k++) if (world.cache(mapping, index + k).pfn !== 0) return true;
  return false;
}

/** The folio that begins behind the pages that are dealt with. */
const next = (f: Run): number => f.big + f.dealt;
/** Goes on to the next small folio of the run; true: there is one. */
function advance(world: World, f: Run): boolean {
  f.dealt += pagesOf(world, next(f));
  if (f.dealt < 1 << f.big_order) return true;
  f.dealt = 0;
  return false;
}

/** Notes the folio around an index of a file if it is too large. */
export function beginSplit(world: World, f: Run, wanted: Wanted, inode: number, index: number): number {
  const { pfn } = world.cache(inode, index);
  if (pfn === 0) return none;
  const head = headOf(world.folio, pfn);
  const { order, index: first } = world.folio(head);
  if (order <= wanted(world, inode, index)) return none;
  f.big = head;
  f.big_order = order;
  f.cuts = wantedCuts(world, wanted, inode, first, 1 << order);
  return ok;
}

/** Notes the run of 2^order pages around an index if all of its pages are there. */
export function beginMerge(world: World, f: Run, inode: number, index: number, order: number): number {
  const first = floorTo(index, order);
  const { pfn } = world.cache(inode, first);
  for (let k = 0; k < 1 << order; k++) if (pfn === 0 || world.cache(inode, first + k).pfn !== pfn + k) return none;
  f.big = pfn;
  f.big_order = order;
  f.cuts = cutsOf(world, pfn, 1 << order);
  return ok;
}

/** What has to be done next about the folios of a range: the first one that is too large, or the first run that is in too small ones. */
function nextPlace(world: World, f: Frame<Restructure>, wanted: Wanted): number {
  const order = orderOf(world, f.inode);
  const start = floorTo(f.start, order);
  const end = ceilTo(f.end, order);
  for (let index = Math.max(start, f.place); index < end; index++) {
    const { pfn } = world.cache(f.inode, index);
    if (pfn === 0) continue;
    const is = world.folio(headOf(world.folio, pfn)).order;
    const should = wanted(world, f.inode, index);
    // What is shared the host may have mapped: it is not merged, whatever it could be.
    if (is === should || (is < should && anyShared(world, f.inode, index, should))) continue;
    f.place = index;
    return is > should ? split : merge;
  }
  return done;
}

/** Steps that depend on how small folios are made: those of a conversion, and, `fresh`, those that split a folio that was just allocated. */
export function sizedSteps(wanted: Wanted, fresh: boolean): Record<string, Step<never>> {
  const ofRange = {
    'restructure.next': (world, f) => nextPlace(world, f, wanted),
    'split.begin': (world, f) => beginSplit(world, f, wanted, f.inode, f.place),
    'merge.begin': (world, f) => beginMerge(world, f, f.inode, f.place, wanted(world, f.inode, f.place)),
  } satisfies { [name: string]: Step<Restructure & Run> };
  const ofNew = {
    'folio.beginSplit': ((world, f) => beginSplit(world, f, wanted, f.inode, f.index)) satisfies Step<FolioAt & Run>,
    'fileFolio.beginSplit': ((world, f) => beginSplit(world, f, wanted, f.of, f.at)) satisfies Step<FileFault & Run>,
  };
  return fresh ? { ...ofRange, ...ofNew } : ofRange;
}

export const steps = {
  'restructure.pass': (_world, f) => {
    f.place += 1;
    return ok;
  },
} satisfies { [name: string]: Step<Restructure> };

export const runSteps = {
  'split.freeze': (world, f) => freeze(world, f.big),
  /** The allocator's split of the pages: each of the small folios is frozen as the large one was. */
  'split.split': (world, f) => {
    form(world, f.big, 1 << f.big_order, f.cuts);
    return ok;
  },
  /** kvm_gmem_filemap_add_folio of the next small folio, which may need memory for the page cache's tree. */
  'split.addNext': (world, f) => {
    if (taken(world, next(f))) return exists;
    if (allocationFails(world)) return enomem;
    unfreeze(world, next(f));
    return advance(world, f) ? more : ok;
  },
  /** Back again: the small folios that are in the page cache are taken out, which waits for who has got one. */
  'split.removeNext': (world, f) => {
    if (f.dealt === 0) return ok;
    let head = f.big;
    while (head + pagesOf(world, head) < next(f)) head += pagesOf(world, head);
    const result = freeze(world, head);
    if (result !== ok) return result;
    f.dealt = head - f.big;
    return more;
  },
  'split.mergeBack': (world, f) => {
    form(world, f.big, 1 << f.big_order, 1);
    return ok;
  },
  /** The large folio comes back, unless another one is there by now. */
  'split.addBack': (world, f) => {
    if (taken(world, f.big)) return exists;
    unfreeze(world, f.big);
    return ok;
  },
  /** Then it goes back to the allocator. */
  'split.free': (world, f) => {
    world.folio_ref(f.big).refcount = 1;
    putFolio(world, f.big);
    f.big = 0;
    return ok;
  },

  'merge.freezeNext': (world, f) => {
    const result = freeze(world, next(f));
    if (result !== ok) return result;
    return advance(world, f) ? more : ok;
  },
  /** The allocator's merge of the pages. */
  'merge.merge': (world, f) => {
    form(world, f.big, 1 << f.big_order, 1);
    return ok;
  },
  'merge.add': (world, f) => {
    if (allocationFails(world)) return enomem;
    unfreeze(world, f.big);
    return ok;
  },
  'merge.splitBack': (world, f) => {
    form(world, f.big, 1 << f.big_order, f.cuts);
    return ok;
  },
  /** The places in the tree are there still. */
  'merge.addBack': (world, f) => {
    unfreeze(world, next(f));
    return advance(world, f) ? more : ok;
  },
} satisfies { [name: string]: Step<Run> };

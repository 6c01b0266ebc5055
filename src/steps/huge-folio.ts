// Steps on folios of several pages in the page cache of a file. Each index has the page of its own; what a folio has once, its references and
// its lock, is its first page's. The page cache holds one reference for each page. What a page is of, mapping and index, is kept with each
// page, where the kernel keeps it with the folio.

import { ok, outcome } from '../memory/outcome.ts';
import * as mutex from '../memory/mutex.ts';
import { TAG_ZERO } from '../memory/layouts/folio.ts';
import { ENOMEM } from './errno.ts';
import { clearBytes } from './bytes.ts';
import { absent, allocationFails, enomem, exists, headOf, hit, putFolio } from './folio.ts';
import { freeRun } from './host-fault.ts';
import { specifyFileContent } from './ghost.ts';
import { allOrNothing, anyShared, floorTo, orderOf, type Wanted } from './huge-file.ts';
import type { FolioAt, GetPfn, HostFault, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const small = outcome('small');
export const huge = outcome('huge');
export const mixed = outcome('mixed');

/** Pages of a folio. */
export const pagesOf = ({ folio }: World, head: number): number => 1 << folio(head).order;

/** A run of pages becomes folios: one begins at each page whose bit is set in `cuts`, that of the first page always. */
export function form({ folio }: World, first: number, pages: number, cuts: number): void {
  for (let k = 0; k < pages;) {
    let behind = k + 1;
    while (behind < pages && (cuts & (1 << behind)) === 0) behind++;
    for (let page = k; page < behind; page++) {
      const { order, head } = folio(first + page);
      const newOrder = page === k ? 31 - Math.clz32(behind - k) : 0;
      const newHead = page === k ? 0 : first + k;
      if (order !== newOrder) folio(first + page).order = newOrder;
      if (head !== newHead) folio(first + page).head = newHead;
    }
    k = behind;
  }
}

/** Where folios begin in a run of pages, a bit each. */
export function cutsOf({ folio }: World, first: number, pages: number): number {
  let cuts = 0;
  for (let k = 0; k < pages; k++) if (headOf(folio, first + k) === first + k) cuts |= 1 << k;
  return cuts;
}

/** Where folios are to begin in the pages from `index` on, a bit each. */
export function wantedCuts(world: World, wanted: Wanted, inode: number, index: number, pages: number): number {
  let cuts = 0;
  for (let k = 0; k < pages; k += 1 << Math.min(wanted(world, inode, index + k), 31 - Math.clz32(pages))) cuts |= 1 << k;
  return cuts;
}

/** Where an operation keeps the inode and the index that it is about, and the page that it has. */
interface Place<F> {
  readonly of: (f: F) => number;
  readonly at: (f: F) => number;
  readonly page: (f: F) => number;
  readonly put: (f: F, pfn: number) => void;
  readonly fail: (f: F, errno: number) => void;
}
const ofOperation: Place<FolioAt> = { of: (f) => f.inode, at: (f) => f.index, page: (f) => f.pfn, put: (f, pfn) => { f.pfn = pfn; }, fail: (f, errno) => { f.errno = errno; } };
export type FileFault = HostFault & { of: number; at: number };
const ofHostFault: Place<FileFault> = { of: (f) => f.of, at: (f) => f.at, page: (f) => f.page, put: (f, pfn) => { f.page = pfn; }, fail: () => undefined };

/** kvm_gmem_get_folio of files with and without huge pages. `wanted`: how small a new folio is made where it must not be huge. */
function getFolio<F>({ of, at, page, put, fail }: Place<F>, wanted: Wanted) {
  const first = (world: World, f: F): number => floorTo(at(f), orderOf(world, of(f)));
  return {
    /** filemap_get_folio: the reference is the folio's. */
    find: (world, f) => {
      const { pfn } = world.cache(of(f), at(f));
      if (pfn === 0) return absent;
      world.folio_ref(headOf(world.folio, pfn)).add_refcount(1);
      put(f, pfn);
      return hit;
    },
    lock: ({ folio, folio_lock }, f) => mutex.lock(folio_lock(headOf(folio, page(f))), f.self),
    unlock: ({ folio, folio_lock }, f) => mutex.unlock(folio_lock(headOf(folio, page(f)))),
    testSize: (world, f) => (orderOf(world, of(f)) === 0 ? small : huge),
    /** The allocator of huge pages: a folio with the caller's reference, cleared. Nobody else can see it yet. */
    allocHuge: (world, f) => {
      const order = orderOf(world, of(f));
      const pages = 1 << order;
      const head = allocationFails(world) ? 0 : freeRun(world, pages);
      if (head === 0) {
        fail(f, ENOMEM);
        return enomem;
      }
      const { used } = world.buddy();
      for (let k = 0; k < pages; k++) {
        used.set(head + k);
        const content = world.page(head + k);
        content.tag = TAG_ZERO;
        content.writer = 0;
        content.value = 0;
        content.secret_of = 0;
        clearBytes(world, head + k);
        world.folio(head + k).uptodate = 1;
      }
      form(world, head, pages, 1);
      world.folio_ref(head).refcount = 1;
      put(f, head);
      return ok;
    },
    /** kvm_gmem_filemap_add_folio: all pages at once, at the huge page's first index. */
    insertHuge: (world, f) => {
      const pages = 1 << orderOf(world, of(f));
      const from = first(world, f);
      for (let k = 0; k < pages; k++) if (world.cache(of(f), from + k).pfn !== 0) return exists;
      for (let k = 0; k < pages; k++) {
        world.cache(of(f), from + k).pfn = page(f) + k;
        const flags = world.folio(page(f) + k);
        flags.mapping = of(f);
        flags.index = from + k;
      }
      for (let k = 0; k < pages; k += pagesOf(world, page(f) + k)) world.folio_ref(page(f) + k).add_refcount(pagesOf(world, page(f) + k));
      return ok;
    },
    /** folio_put of what the caller holds: one folio, or the small ones that it was split into. */
    putNew: (world, f) => {
      const pages = 1 << orderOf(world, of(f));
      const heads: number[] = [];
      for (let k = 0; k < pages; k += pagesOf(world, page(f) + k)) heads.push(page(f) + k);
      for (const head of heads) putFolio(world, head);
      put(f, 0);
      return ok;
    },
    /** kvm_gmem_has_some_shared of the huge page. */
    testMixed: (world, f) => (anyShared(world, of(f), at(f), orderOf(world, of(f))) ? mixed : ok),
    /** The folio is split while nobody else can see it: a reference for each of its parts. */
    splitUnseen: (world, f) => {
      const pages = 1 << orderOf(world, of(f));
      const cuts = wantedCuts(world, wanted, of(f), first(world, f), pages);
      form(world, page(f), pages, cuts);
      for (let k = 1; k < pages; k++) if ((cuts & (1 << k)) !== 0) world.folio_ref(page(f) + k).refcount = 1;
      return ok;
    },
  } satisfies { [name: string]: Step<F> };
}

type Named = Readonly<Record<string, Step<never>>>;

/** The steps under the names that fragments know them by. */
const named = (prefix: string, names: Readonly<Record<string, string>>, steps: Named): Record<string, Step<never>> =>
  Object.fromEntries(Object.entries(steps).map(([key, step]) => [`${prefix}.${names[key] ?? key}`, step]));

/** Steps of both ways to a folio of a file; `unseen`: with those that only mends of G5-B10 have. */
export function folioSteps(wanted: Wanted, unseen: boolean): Record<string, Step<never>> {
  const both = { ...named('folio', { find: 'findGet' }, getFolio(ofOperation, wanted)), ...named('fileFolio', {}, getFolio(ofHostFault, wanted)) };
  return unseen ? both : Object.fromEntries(Object.entries(both).filter(([name]) => !name.endsWith('.splitUnseen')));
}
export const wholeFolioSteps = folioSteps(allOrNothing, false);

export const steps = {
  /** __filemap_remove_folio, folio locked: all of its indexes are empty from here on; the cache's references are dropped next. */
  'folio.removeFromCache': (world, f) => {
    const head = headOf(world.folio, f.pfn);
    const pages = pagesOf(world, head);
    const first = world.folio(head).index;
    for (let k = 0; k < pages; k++) {
      world.cache(f.inode, first + k).pfn = 0;
      world.folio(head + k).mapping = 0;
      world.folio(head + k).index = 0;
      // What goes with the folio and is not of the hole would be lost.
      if (first + k >= f.start && first + k < f.end) specifyFileContent(world, f.inode, first + k, TAG_ZERO, 0, 0);
    }
    return ok;
  },
  /** folio_put_refs of all that the page cache had. */
  'truncate.put': (world, f) => {
    const head = headOf(world.folio, f.pfn);
    for (let left = pagesOf(world, head); left > 0; left--) putFolio(world, head);
    f.pfn = 0;
    return ok;
  },
} satisfies { [name: string]: Step<FolioAt & Operation> };

/** How large a leaf may be: the folio, as far as guest pages and file pages lie alike in it. */
export const maxOrder: Step<GetPfn> = (world, f: Frame<GetPfn>) => {
  const { order } = world.folio(headOf(world.folio, f.pfn));
  f.max_order = order > 0 && (f.gfn - f.index) % 4 === 0 ? order : 0;
  return ok;
};

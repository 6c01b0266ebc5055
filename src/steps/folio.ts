// Steps on folios and the page cache: look-up, allocation, insertion, clearing, removal, references.

import { ok, outcome } from '../memory/outcome.ts';
import { TAG_POISON, TAG_ZERO } from '../memory/layouts/folio.ts';
import { EHWPOISON, ENOMEM } from './errno.ts';
import { clearBytes } from './bytes.ts';
import { specifyFileContent } from './ghost.ts';
import type { FolioAt } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const hit = outcome('hit');
export const absent = outcome('absent');
export const exists = outcome('exists');
export const truncated = outcome('truncated');
export const already = outcome('already');
export const poisoned = outcome('poisoned');
export const enomem = outcome('enomem');

/** folio_put: one reference less; at zero the page goes back to the allocator. */
export function putFolio({ folio_ref, folio, buddy }: World, pfn: number): void {
  const head = headOf(folio, pfn);
  if (folio_ref(head).add_refcount(-1) !== 0) return;
  const pages = 1 << folio(head).order;
  for (let k = 0; k < pages; k++) {
    buddy().used.clear(head + k);
    const flags = folio(head + k);
    flags.mapping = 0;
    flags.index = 0;
    flags.anon = 0;
    flags.uptodate = 0;
    flags.order = 0;
    flags.head = 0;
  }
}

/** compound_head: the page whose refcount counts for the folio of `pfn`. */
export const headOf = (folio: World['folio'], pfn: number): number => {
  const { head } = folio(pfn);
  return head === 0 ? pfn : head;
};

/** Lowest free page that is not poisoned, 0 when memory is full. */
export function firstFree({ buddy, folio, facts }: World): number {
  const { used } = buddy();
  for (let pfn = used.firstClear(1); pfn < facts.sizes.pfn; pfn = used.firstClear(pfn + 1)) if (folio(pfn).hwpoison === 0) return pfn;
  return 0;
}

/** Counts an allocation against the scenario's injected failures: true when this one must fail. */
export function allocationFails({ fault_injection }: World): boolean {
  const faults = fault_injection();
  if (faults.allocation === 0) return false;
  faults.allocation -= 1;
  return faults.allocation === 0;
}

export const steps = {
  /** filemap_get_folio: looks the index up and takes a reference, or finds nothing. */
  'folio.findGet': ({ cache, folio_ref }, f) => {
    const { pfn } = cache(f.inode, f.index);
    if (pfn === 0) return absent;
    folio_ref(pfn).add_refcount(1);
    f.pfn = pfn;
    return hit;
  },
  /** After folio_lock: is the folio still what the look-up found? */
  'folio.checkMapping': ({ folio }, f) => (folio(f.pfn).mapping === f.inode ? ok : truncated),
  /** filemap_alloc_folio: a new order-0 folio, locked, with the caller's reference. */
  'folio.alloc': (world, f) => {
    const pfn = allocationFails(world) ? 0 : firstFree(world);
    if (pfn === 0) {
      f.errno = ENOMEM;
      return enomem;
    }
    world.buddy().used.set(pfn);
    world.folio_ref(pfn).refcount = 1;
    world.folio_lock(pfn).owner = f.self;
    f.pfn = pfn;
    return ok;
  },
  /** filemap_add_folio: one atomic insertion; the cache takes its own reference. Lost against another: exists. */
  'folio.insert': ({ cache, folio, folio_ref }, f) => {
    const entry = cache(f.inode, f.index);
    if (entry.pfn !== 0) return exists;
    entry.pfn = f.pfn;
    folio_ref(f.pfn).add_refcount(1);
    folio(f.pfn).mapping = f.inode;
    folio(f.pfn).index = f.index;
    return ok;
  },
  /** clear_highpage of a folio that is not up to date. */
  'folio.clear': (world, f) => {
    if (world.folio(f.pfn).uptodate !== 0) return already;
    const content = world.page(f.pfn);
    if (content.tag !== TAG_POISON) content.tag = TAG_ZERO;
    content.writer = 0;
    content.value = 0;
    content.secret_of = 0;
    clearBytes(world, f.pfn);
    return ok;
  },
  'folio.markUptodate': ({ folio }, f) => {
    folio(f.pfn).uptodate = 1;
    return ok;
  },
  /** folio_test_hwpoison */
  'folio.testPoison': ({ folio }, f) => {
    if (folio(f.pfn).hwpoison === 0) return ok;
    f.errno = EHWPOISON;
    return poisoned;
  },
  /** folio_put of the reference that the operation holds. */
  'folio.put': (world, f) => {
    putFolio(world, f.pfn);
    f.pfn = 0;
    return ok;
  },
  /** __filemap_remove_folio, folio locked: the index is empty from here on; the cache's reference is dropped next. */
  'folio.removeFromCache': (world, f) => {
    world.cache(f.inode, f.index).pfn = 0;
    world.folio(f.pfn).mapping = 0;
    world.folio(f.pfn).index = 0;
    specifyFileContent(world, f.inode, f.index, TAG_ZERO, 0, 0);
    return ok;
  },
} satisfies { [name: string]: Step<FolioAt> };

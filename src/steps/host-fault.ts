// Steps of a page fault in the VMM's process (handle_mm_fault on its shared guest memory), whoever causes it: a guest through
// KVM, or a thread of the VMM. mmap_lock is held for reading.

import { ok, outcome } from '../memory/outcome.ts';
import { TAG_ZERO } from '../memory/layouts/folio.ts';
import { absent, allocationFails, enomem, exists, poisoned, putFolio } from './folio.ts';
import { clearBytes } from './bytes.ts';
import { HUGE_ORDER, HUGE_PAGES } from './huge.ts';
import { allows, isMapped } from './mappings.ts';
import type { HostFault } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const unmapped = outcome('unmapped');
export const present = outcome('present');
export const denied = outcome('denied');
export const readOnlyEntry = outcome('readOnly');

/** The pages that one page-table entry covers: the huge page around `hva` in a region of huge pages, else the page. */
export function entryAt({ facts }: World, hva: number): { first: number; pages: number } {
  const region = facts.regionOfHva[hva] ?? -1;
  if (region < 0 || !facts.hugeRegions[region]) return { first: hva, pages: 1 };
  const first = hva - Number(facts.hvas.real(hva) % BigInt(HUGE_PAGES));
  const last = first + HUGE_PAGES - 1;
  if (facts.regionOfHva[first] !== region || facts.regionOfHva[last] !== region) return { first: hva, pages: 1 };
  return { first, pages: HUGE_PAGES };
}

/** First page of the lowest run of `pages` free ones that are not poisoned, 0 when there is none. */
export function freeRun({ buddy, folio, facts }: World, pages: number): number {
  const { used } = buddy();
  let run = 0;
  let behind = 1;
  for (let pfn = used.firstClear(1); pfn < facts.sizes.pfn; pfn = used.firstClear(behind)) {
    run = folio(pfn).hwpoison !== 0 ? 0 : pfn === behind ? run + 1 : 1;
    if (run === pages) return pfn - pages + 1;
    behind = pfn + 1;
  }
  return 0;
}

export const steps = {
  /** find_vma, mmap_lock held: an address without a mapping is an error of the access, and so is one that the mapping does not allow. */
  'hostFault.findVma': (world, f) => {
    if (!isMapped(world, f.hva)) return unmapped;
    return allows(world.vm_flags(f.hva).flags, f.write !== 0) ? ok : denied;
  },
  /** Under the page-table lock: absent, there by now, or a marker that says the page was lost to a memory failure. */
  'hostFault.readEntry': ({ hpte }, f) => {
    const { pfn, hwpoison, writable } = hpte(f.hva);
    if (hwpoison !== 0) return poisoned;
    if (pfn === 0) return absent;
    return f.write !== 0 && writable === 0 ? readOnlyEntry : present;
  },
  /** wp_page_reuse: the page is this process's alone, or shared with all who map it. */
  'hostFault.makeWritable': ({ hpte }, f) => {
    const entry = hpte(f.hva);
    if (entry.pfn !== 0) entry.writable = 1;
    return ok;
  },
  /** alloc_anon_folio, alloc_hugetlb_folio: the entry's pages as one folio. Nobody else can see it yet. */
  'hostFault.allocate': (world, f) => {
    const { pages } = entryAt(world, f.hva);
    const head = allocationFails(world) ? 0 : freeRun(world, pages);
    if (head === 0) return enomem;
    const { used } = world.buddy();
    for (let k = 0; k < pages; k++) {
      used.set(head + k);
      if (k > 0) world.folio(head + k).head = head;
    }
    world.folio(head).order = pages > 1 ? HUGE_ORDER : 0;
    world.folio_ref(head).refcount = 1;
    f.page = head;
    return ok;
  },
  /** clear_user_highpage of each page. */
  'hostFault.clear': (world, f) => {
    const pages = 1 << world.folio(f.page).order;
    for (let k = 0; k < pages; k++) {
      const content = world.page(f.page + k);
      content.tag = TAG_ZERO;
      content.writer = 0;
      content.value = 0;
      content.secret_of = 0;
      clearBytes(world, f.page + k);
      world.folio(f.page + k).uptodate = 1;
    }
    return ok;
  },
  /** set_pte_at under the page-table lock, unless another thread was faster. The entry keeps the allocation's reference. */
  'hostFault.install': (world, f) => {
    const { first, pages } = entryAt(world, f.hva);
    if (world.hpte(f.hva).pfn !== 0 || world.hpte(f.hva).hwpoison !== 0) return exists;
    for (let k = 0; k < pages; k++) {
      const entry = world.hpte(first + k);
      entry.pfn = f.page + k;
      entry.writable = allows(world.vm_flags(first + k).flags, true) ? 1 : 0;
      world.folio(f.page + k).anon = first + k + 1;
    }
    f.page = 0;
    return ok;
  },
  /** Another thread has installed one first. */
  'hostFault.free': (world, f) => {
    putFolio(world, f.page);
    f.page = 0;
    return ok;
  },
} satisfies { [name: string]: Step<HostFault> };

// Steps of a page fault of the process on a mapping of a guest_memfd: kvm_gmem_fault_user_mapping. The folio lock alone guards it against
// the hole that takes the page away: the entry is made while it is held.

import { ok, outcome } from '../memory/outcome.ts';
import * as mutex from '../memory/mutex.ts';
import { TAG_POISON, TAG_ZERO } from '../memory/layouts/folio.ts';
import { BUS_ADRERR, BUS_MCEERR_AR, SEGV_MAPERR, SIGBUS, SIGSEGV } from '../memory/layouts/host.ts';
import { PAGE_SHIFT, pageNumber, toBig, pair } from '../memory/u64.ts';
import { clearBytes } from './bytes.ts';
import { accessCopy, accessOf, killChild, refuseChild } from './child.ts';
import { advance } from './control.ts';
import { absent, allocationFails, already, enomem, exists, firstFree, hit, poisoned, putFolio, truncated } from './folio.ts';
import { anonFolio, fileFolio } from './memory-failure.ts';
import { allows, fileAt, fileOffset } from './mappings.ts';
import { keepSiginfo } from './siginfo.ts';
import { raise, storeFrom, type Access } from './vmm-host.ts';
import { GUEST_MEMFD_FLAG_INIT_SHARED } from './vm-type.ts';
import type { HostFault } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';
import type { Vmm } from './vmm.ts';

export const beyond = outcome('beyond');

/** Inode and index of the page that is wanted; `page` is its frame. */
type FileFault = HostFault & { of: number; at: number; page: number };

export const steps = {
  /** vma->vm_ops->fault: is there a file behind the mapping? */
  'hostFault.testBacking': (world, f) => (fileAt(world, f.hva) === 0 ? anonFolio : fileFolio),
  /** The index is within the file, and the file's memory is shared with the host. */
  'fileFolio.bounds': (world, f) => {
    const { inode } = world.mapping(world.facts.regionOfHva[f.hva]!);
    const { size_lo, size_hi } = world.inode(inode);
    const offset = fileOffset(world, f.hva);
    if (toBig(offset) >= toBig(pair(size_lo, size_hi))) return beyond;
    if ((world.inode_flags(inode).flags & GUEST_MEMFD_FLAG_INIT_SHARED) === 0) return beyond;
    const index = world.facts.indexes.find(BigInt(pageNumber(offset)));
    if (index < 0) throw new RangeError(`page ${toBig(offset) >> BigInt(PAGE_SHIFT)} of a file is mapped and touched, which the scenario has no room for`);
    f.of = inode;
    f.at = index;
    return ok;
  },
  /** filemap_get_folio */
  'fileFolio.find': ({ cache, folio_ref }, f) => {
    const { pfn } = cache(f.of, f.at);
    if (pfn === 0) return absent;
    folio_ref(pfn).add_refcount(1);
    f.page = pfn;
    return hit;
  },
  /** folio_lock, folio_unlock, folio_put */
  'fileFolio.lock': ({ folio_lock }, f) => mutex.lock(folio_lock(f.page), f.self),
  'fileFolio.unlock': ({ folio_lock }, f) => mutex.unlock(folio_lock(f.page)),
  'fileFolio.put': (world, f) => {
    putFolio(world, f.page);
    f.page = 0;
    return ok;
  },
  /** Now that it is locked: is it still what the look-up found? */
  'fileFolio.check': ({ folio }, f) => (folio(f.page).mapping === f.of ? ok : truncated),
  /** filemap_alloc_folio: a new folio, locked. */
  'fileFolio.alloc': (world, f) => {
    const pfn = allocationFails(world) ? 0 : firstFree(world);
    if (pfn === 0) return enomem;
    world.buddy().used.set(pfn);
    world.folio_ref(pfn).refcount = 1;
    world.folio_lock(pfn).owner = f.self;
    f.page = pfn;
    return ok;
  },
  /** filemap_add_folio */
  'fileFolio.insert': ({ cache, folio, folio_ref }, f) => {
    const entry = cache(f.of, f.at);
    if (entry.pfn !== 0) return exists;
    entry.pfn = f.page;
    folio_ref(f.page).add_refcount(1);
    folio(f.page).mapping = f.of;
    folio(f.page).index = f.at;
    return ok;
  },
  /** clear_highpage of a folio that nobody has used yet. */
  'fileFolio.clear': (world, f) => {
    if (world.folio(f.page).uptodate !== 0) return already;
    const content = world.page(f.page);
    if (content.tag !== TAG_POISON) content.tag = TAG_ZERO;
    content.writer = 0;
    content.value = 0;
    content.secret_of = 0;
    clearBytes(world, f.page);
    return ok;
  },
  'fileFolio.markUptodate': ({ folio }, f) => {
    folio(f.page).uptodate = 1;
    return ok;
  },
  /** __do_fault: PageHWPoison of the page that the method found. */
  'fileFolio.testPoison': ({ folio }, f) => (folio(f.page).hwpoison === 0 ? ok : poisoned),
  /** finish_fault: set_pte_at, the folio being locked. The entry keeps the reference, unless another thread was faster. */
  'fileFault.install': (world, f) => {
    const entry = world.hpte(f.hva);
    if (entry.pfn !== 0 || entry.hwpoison !== 0) return exists;
    entry.pfn = f.page;
    entry.writable = allows(world.vm_flags(f.hva).flags, true) ? 1 : 0;
    return ok;
  },

  /** An access behind the end of the file, or to a file that keeps its memory from the host. */
  'vmm.raiseBusAdr': (world, f) => raise(world, f, SIGBUS, BUS_ADRERR),

  /** The access of a child through an inherited mapping, which has no page-table entries yet where a file is mapped. */
  'child.accessMapping': (world, f) => {
    const refusedBy = refuseChild(world, f);
    if (refusedBy !== undefined) return refusedBy;
    const { hva, write } = accessOf(world, f);
    if (fileAt(world, hva) === 0) return accessCopy(world, f);
    f.hva = hva;
    f.write = write ? 1 : 0;
    return fileFolio;
  },
  /** The load or store, to the page that everybody has. */
  'child.accessPage': (world, f) => {
    if (f.write !== 0) storeFrom(world, f, f.page);
    keepSiginfo(world, f.thread, { number: 0, code: 0, hva: 0, pfn: f.page });
    advance(world.facts, f);
    return ok;
  },
  'child.dieBusAdr': (world, f) => killChild(world, f, f.hva, SIGBUS, BUS_ADRERR),
  'child.diePoisoned': (world, f) => killChild(world, f, f.hva, SIGBUS, BUS_MCEERR_AR),
  'child.dieNoMemory': (world, f) => killChild(world, f, f.hva, SIGSEGV, SEGV_MAPERR),
} satisfies { [name: string]: Step<FileFault & Access & Vmm> };

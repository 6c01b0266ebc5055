// A guest and its memfd: the page fault, the question whether a page is there, a page that is lost.

import { fragment, step, use } from '../fragment.ts';

/** Leaves the page locked, with a reference, in register `pfn`. */
export const getLockPfn = fragment('gmem.getPfn', 'guest_mem_ops->get_lock_pfn(inode, index, alloc = true)', {
  load: step('gmem.loadFile', 'slot->file, the index of the gfn', { ok: 'page' }),
  page: use('memfd.getPage', { done: '^done', beyond: '^error', enomem: '^error' }),
});

export const lookup = fragment('guestMem.lookup', 'get_lock_pfn(alloc = false), put_unlock_pfn: is the page of a guest page there?', {
  srcu: step('srcu.readLock', 'srcu_read_lock(&kvm->srcu)', { ok: 'slot' }),
  slot: step('lookup.slot', 'gfn_to_memslot, slot->file', { ok: 'find', noSlot: 'leave' }),
  find: step('folio.findGet', 'find_lock_entry', { hit: 'lock', absent: 'absent' }),
  absent: step('oops.nullPage', 'page_to_pfn, compound_order of no page (G1-B4)', { ok: 'leave' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'unlock', truncated: 'unlockTruncated' }),
  unlockTruncated: step('folio.unlock', 'unlock_page', { ok: 'putTruncated' }),
  putTruncated: step('folio.put', 'put_page', { ok: 'find' }),
  unlock: step('folio.unlock', 'put_unlock_pfn: set_page_dirty, unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'leave' }),
  leave: step('srcu.readUnlock', 'srcu_read_unlock(&kvm->srcu)', { ok: '^done' }),
});

export const memslotPrivacy = fragment('vm.setAttributes', 'no attributes: a memslot with a memfd is private, one without is shared, and the question is whether that is what is wanted', {
  ask: step('attributes.testMemslots', 'the memslots of the range', { ok: '^done', refused: '^done' }),
});

export const errorPage = fragment('gmem.errorFolio', 'truncate_error_page: the page is taken out of the file', {
  remove: step('mf.removePage', 'generic_error_remove_page', { ok: 'drop' }),
  drop: step('undo.dropCache', "put_page of the cache's reference", { ok: '^done' }),
});

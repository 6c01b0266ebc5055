// Conversion in place: pages of a guest_memfd change between guest-only and shared with the host. The order is the protocol: whoever has a page
// by what it was loses it before the state changes, and nobody gets it by what it was meanwhile, since all who look hold invalidate_lock or
// are stale behind the end.

import { fragment, step, use } from '../fragment.ts';

export const convert = fragment('gmem.convert', 'kvm_gmem_ioctl_convert_range: KVM_GMEM_CONVERT_SHARED, KVM_GMEM_CONVERT_PRIVATE', {
  fdget: step('fd.get', 'fdget', { ok: 'validate', badFd: '^done', foreign: 'foreign' }),
  foreign: step('convert.foreign', 'a file that has no such ioctl: ENOTTY', { refused: '^done' }),
  validate: step('convert.validate', 'C1: the checks', { ok: 'lock', nothing: 'fput', refused: 'fput' }),
  lock: use('inode.invalidateLock', 'work'),
  work: step('convert.addWork', 'C3: kvm_gmem_convert_compute_work, the next run of pages whose state differs', { more: 'work', ok: 'beginNext', nothing: 'unlock' }),
  beginNext: step('convert.nextItem', 'C4: list_for_each_entry(work)', { ok: 'begin', done: 'direction' }),
  begin: use('gmem.convertBegin', 'beginNext'),
  direction: step('convert.testDirection', 'only what becomes private must be nobody else\'s', { private: 'excludeNext', shared: 'storeNext' }),
  excludeNext: step('convert.nextItem', 'C5: list_for_each_entry(work)', { ok: 'unmap', done: 'storeNext' }),
  unmap: use('gmem.unmapRange', 'references'),
  references: use('gmem.testReferences', { done: 'excludeNext', busy: 'endNext' }),
  storeNext: step('convert.nextItem', 'C6: list_for_each_entry(work)', { ok: 'store', done: 'endNext' }),
  store: step('convert.store', 'kvm_gmem_shareability_apply: the item, one with its neighbours', { ok: 'storeNext', enomem: 'undoNext' }),
  undoNext: step('convert.nextUndone', 'C7: the items that were stored', { ok: 'undo', done: 'endNext' }),
  undo: step('convert.undo', 'the opposite value', { ok: 'undoNext' }),
  endNext: step('convert.nextItem', 'C8: list_for_each_entry(work)', { ok: 'end', done: 'unlock' }),
  end: use('gmem.convertEnd', 'endNext'),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'finish' }),
  finish: step('convert.finish', 'copy_to_user of error_offset; the work list goes', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

/** The two walks of a conversion over the files of its inode and their bindings. */
export const convertBegin = fragment('gmem.convertBegin', 'kvm_gmem_invalidate_begin for pages that are being converted', { begin: use('gmem.invalidateBegin', '^done') });
export const convertEnd = fragment('gmem.convertEnd', 'kvm_gmem_invalidate_end for pages that were converted, or were to be', { end: use('gmem.invalidateEnd', '^done') });

/** Works on pages [start, end) of `inode`: one invalidation of each mapping that has some of them. */
export const unmapRange = fragment('gmem.unmapRange', 'unmap_mapping_pages: no page-table entry of the process has a page of the range', {
  lock: step('imap.downRead', 'i_mmap_lock_read', { ok: 'next' }),
  next: step('unmapRange.next', 'unmap_mapping_range_tree', { ok: 'start', done: 'unlock' }),
  start: use('mn.rangeStart', 'clear'),
  clear: step('unmapRange.clearNext', 'zap_pte_range', { ok: 'put', done: 'end' }),
  put: step('folio.put', "folio_put of the entry's reference", { ok: 'clear' }),
  end: use('mn.rangeEnd', 'next'),
  unlock: step('imap.upRead', 'i_mmap_unlock_read', { ok: '^done' }),
});

/** Leaves by `busy` with errno set. */
export const testReferences = fragment('gmem.testReferences', 'kvm_gmem_has_safe_refcount: nobody but the page cache has a folio of the range', {
  find: step('references.findNext', 'filemap_get_folios', { ok: 'test', done: '^done' }),
  test: step('references.test', 'folio_ref_count against folio_nr_pages and the look-up', { ok: 'put', busy: 'putBusy' }),
  put: step('folio.put', 'folio_put', { ok: 'find' }),
  putBusy: step('folio.put', 'folio_put', { ok: '^busy' }),
});

/** The same that drains the batches of the LRU list before it believes that somebody has a folio. */
export const testDrainedReferences = fragment('gmem.testReferences', 'kvm_gmem_is_safe_for_conversion: nobody but the page cache has a folio of the range', {
  find: step('references.findNext', 'filemap_get_folios', { ok: 'count', done: '^done' }),
  count: step('references.count', 'folio_ref_count against folio_nr_pages and the look-up', { ok: 'put', unexpected: 'drain' }),
  drain: step('references.drain', 'lru_add_drain_all', { ok: 'test' }),
  test: step('references.test', 'folio_ref_count once more', { ok: 'put', busy: 'putBusy' }),
  put: step('folio.put', 'folio_put', { ok: 'find' }),
  putBusy: step('folio.put', 'folio_put', { ok: '^busy' }),
});

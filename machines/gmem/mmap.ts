// Mappings of a guest_memfd by the VMM's process: the page fault, unmapping what goes away, and what madvise and children do with them.

import { fragment, step, use } from '../fragment.ts';

export const writeLock = fragment('imap.writeLock', 'i_mmap_lock_write', {
  acquire: step('imap.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
  wait: step('imap.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
});

/** Leaves the folio locked in register `page`, with a reference. */
export const fileFolio = fragment('host.fileFolio', 'kvm_gmem_fault_user_mapping: the locked folio behind a mapping', {
  bounds: step('fileFolio.bounds', 'i_size_read, GUEST_MEMFD_FLAG_INIT_SHARED', { ok: 'find', beyond: '^beyond' }),
  find: step('fileFolio.find', 'filemap_get_folio', { hit: 'lock', absent: 'alloc' }),
  lock: step('fileFolio.lock', 'folio_lock', { ok: 'check' }),
  check: step('fileFolio.check', 'folio->mapping, now that it is locked', { ok: 'clear', truncated: 'unlockTruncated' }),
  unlockTruncated: step('fileFolio.unlock', 'folio_unlock of a folio that was truncated meanwhile', { ok: 'putTruncated' }),
  putTruncated: step('fileFolio.put', 'folio_put', { ok: 'find' }),
  alloc: step('fileFolio.alloc', 'filemap_alloc_folio', { ok: 'insert', enomem: '^enomem' }),
  insert: step('fileFolio.insert', 'filemap_add_folio', { ok: 'clear', exists: 'unlockTruncated' }),
  clear: step('fileFolio.clear', 'clear_highpage', { ok: 'uptodate', already: 'poison' }),
  uptodate: step('fileFolio.markUptodate', 'kvm_gmem_mark_prepared', { ok: 'poison' }),
  poison: step('fileFolio.testPoison', '__do_fault: PageHWPoison', { ok: '^done', poisoned: 'unlockPoisoned' }),
  unlockPoisoned: step('fileFolio.unlock', 'folio_unlock', { ok: 'putPoisoned' }),
  putPoisoned: step('fileFolio.put', 'folio_put', { ok: '^poisoned' }),
});

export const fileFault = fragment('host.fileFault', 'do_shared_fault, do_read_fault: the page of a file comes into the page table', {
  folio: use('host.fileFolio', { done: 'install', beyond: '^beyond', enomem: '^enomem', poisoned: '^poisoned' }),
  install: step('fileFault.install', 'finish_fault, while the folio is locked', { ok: 'unlock', exists: 'unlockLate' }),
  unlock: step('fileFolio.unlock', 'folio_unlock', { ok: '^done' }),
  unlockLate: step('fileFolio.unlock', 'folio_unlock', { ok: 'put' }),
  put: step('fileFolio.put', 'folio_put of a page that came too late', { ok: '^done' }),
});

/** Works on the folio in registers `inode`, `index` and `pfn`, which is locked. */
export const unmapFolio = fragment('gmem.unmapFolio', 'truncate_cleanup_folio, unmap_mapping_folio: no page-table entry has the folio any more', {
  any: step('unmapFolio.any', 'folio_mapped', { ok: 'lock', none: '^done' }),
  lock: step('imap.downRead', 'i_mmap_lock_read', { ok: 'next' }),
  next: step('unmapFolio.next', 'unmap_mapping_range_tree', { ok: 'start', done: 'unlock' }),
  start: use('mn.rangeStart', 'clear'),
  clear: step('unmapFolio.clear', 'zap_pte_range', { ok: 'put', absent: 'end' }),
  put: step('unmapFolio.put', "folio_put of the entry's reference", { ok: 'end' }),
  end: use('mn.rangeEnd', 'next'),
  unlock: step('imap.upRead', 'i_mmap_unlock_read', { ok: '^done' }),
});

export const unmapFile = fragment('memoryFailure.unmapFile', 'hwpoison_user_mappings of a page of a file', {
  lock: step('imap.downRead', 'i_mmap_lock_read', { ok: 'unmap' }),
  unmap: use('memoryFailure.unmapHost', 'unlock'),
  unlock: step('imap.upRead', 'i_mmap_unlock_read', { ok: '^done' }),
});

export const populateMapping = fragment('host.populateMapping', 'mm_populate of a new mapping: what can be had', {
  begin: step('gmemMmap.populate', 'MAP_POPULATE, VM_LOCKED', { ok: 'pages', nothing: '^done' }),
  pages: use('host.touch', { done: '^done', unmapped: '^done', denied: '^done', enomem: '^done', poisoned: '^done', beyond: '^done' }),
});

export const remove = fragment('host.remove', 'MADV_REMOVE: madvise_remove punches holes into the files that are mapped', {
  begin: step('remove.begin', 'the range', { ok: 'lock' }),
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'next' }),
  next: step('remove.next', 'madvise_walk_vmas', { file: 'unlock', done: 'unlockDone', refused: 'unlockDone' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock: fallocate may sleep on locks', { ok: 'punch' }),
  punch: use('gmem.punchHole', 'put'),
  put: step('fd.put', 'fput', { ok: 'lock' }),
  unlockDone: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});

// Pages of a memfd: fallocate(2), ftruncate(2), and what takes pages out of the file. Each page goes under its lock, and its owner is called
// back first: a fault of the guest holds the same lock from its look-up to its SPTE, so that it comes before or behind, not in between.

import { fragment, step, use, type Fragment } from '../fragment.ts';

export const fallocate = fragment('gmem.fallocate', 'fallocate(2): shmem_fallocate', {
  fdget: step('fd.get', 'fdget', { ok: 'mode', badFd: '^done', foreign: 'foreign' }),
  foreign: step('fallocate.foreign', 'vfs_fallocate of another file', { refused: '^done' }),
  mode: step('memfdFallocate.testMode', 'vfs_fallocate: range and mode', { ok: 'lock', refused: 'fput' }),
  lock: use('inode.lock', 'check'),
  check: step('memfdFallocate.check', 'seals, whole pages', { punch: 'punch', allocate: 'allocate', refused: 'unlock' }),
  punch: use('memfd.undoRange', 'unlock'),
  allocate: use('gmem.allocate', { done: 'extend', error: 'undo' }),
  extend: step('memfdFallocate.extend', 'i_size_write', { ok: 'tell' }),
  tell: use('guestOps.fallocate', 'unlock'),
  undo: use('memfd.undoAllocation', 'failed'),
  failed: step('memfdFallocate.failed', 'the error, without a callback', { ok: 'unlock' }),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

export const allocate = fragment('gmem.allocate', 'the pages of the range, one by one; leaves by `error` with the end of the range where it stopped', {
  next: step('memfdFallocate.next', 'signal_pending, then the next index', { ok: 'page', done: '^done', signalled: '^error' }),
  page: use('memfd.findOrAdd', { done: 'unlock', enomem: 'stop' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'next' }),
  stop: step('memfdFallocate.stop', 'ENOMEM', { ok: '^error' }),
});

export const findOrAdd = fragment('memfd.findOrAdd', 'shmem_getpage_gfp(SGP_FALLOC): the locked page of an index; a new one is not cleared before its first use', {
  find: step('folio.findGet', 'find_lock_entry', { hit: 'lock', absent: 'alloc' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: '^done', truncated: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'find' }),
  alloc: step('folio.alloc', 'shmem_alloc_and_acct_page', { ok: 'insert', enomem: '^enomem' }),
  insert: step('folio.insert', 'shmem_add_to_page_cache', { ok: '^done', exists: 'unlock' }),
});

export const getPage = fragment('memfd.getPage', 'shmem_getpage_gfp: the locked page of an index within the file, cleared before its first use', {
  size: step('memfd.testSize', 'i_size_read', { ok: 'page', beyond: '^beyond' }),
  page: use('memfd.findOrAdd', { done: 'again', enomem: '^enomem' }),
  again: step('memfd.testSize', 'i_size_read: truncated meanwhile?', { ok: 'clear', beyond: 'remove' }),
  clear: step('folio.clear', 'clear_highpage', { ok: 'uptodate', already: '^done' }),
  uptodate: step('folio.markUptodate', 'SetPageUptodate', { ok: '^done' }),
  remove: step('folio.removeFromCache', 'delete_from_page_cache', { ok: 'drop' }),
  drop: step('undo.dropCache', "put_page of the cache's reference", { ok: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: '^beyond' }),
});

/** undo_range; `page` says what happens to each locked page. */
const undo = (name: string, description: string, page: string): Fragment => fragment(name, description, {
  find: step('undo.findNext', 'pass 1: pagevec_lookup_entries', { ok: 'trylock', done: 'findRest' }),
  trylock: step('undo.tryPage', 'trylock_page', { ok: 'checkTried', busy: 'skip' }),
  checkTried: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'page', truncated: 'unlockTried' }),
  unlockTried: step('folio.unlock', 'unlock_page', { ok: 'skip' }),
  skip: step('folio.put', 'pagevec_release of a page that is locked', { ok: 'find' }),
  page: use(page, 'find'),
  findRest: step('undo.findNext', 'pass 2: pagevec_lookup_entries', { ok: 'lock', done: '^done' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'rest', truncated: 'unlock' }),
  rest: use(page, 'findRest'),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'pagevec_release', { ok: 'findRest' }),
});

export const undoRange = undo('memfd.undoRange', 'shmem_undo_range: a hole, a truncation, an eviction', 'memfd.removePage');
export const undoAllocation = undo('memfd.undoAllocation', 'shmem_undo_range(unfalloc) of a fallocate that failed', 'memfd.unfallocPage');

export const removePage = fragment('memfd.removePage', 'a locked page: callback, then out of the file', {
  callback: use('guestOps.invalidatePage', 'unmap'),
  unmap: use('gmem.unmapFolio', 'remove'),
  remove: step('folio.removeFromCache', 'truncate_inode_page', { ok: 'drop' }),
  drop: step('undo.dropCache', "put_page of the cache's reference", { ok: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'pagevec_release', { ok: '^done' }),
});

export const unfallocPage = fragment('memfd.unfallocPage', 'the same when a fallocate failed: callback in any case (G1-B11), out of the file unless it is in use', {
  callback: use('guestOps.invalidatePage', 'inUse'),
  inUse: step('undo.isInUse', 'unfalloc && PageUptodate', { gone: 'remove', keep: 'unlock' }),
  remove: step('folio.removeFromCache', 'truncate_inode_page', { ok: 'drop' }),
  drop: step('undo.dropCache', "put_page of the cache's reference", { ok: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'pagevec_release', { ok: '^done' }),
});

/** madvise(MADV_REMOVE) comes by here. */
export const punchHole = fragment('gmem.punchHole', 'shmem_fallocate(FALLOC_FL_PUNCH_HOLE) of a file that is mapped', {
  lock: use('inode.lock', 'undo'),
  undo: use('memfd.undoRange', 'unlock'),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: '^done' }),
});

export const truncate = fragment('memfd.truncate', 'ftruncate(2): shmem_setattr', {
  fdget: step('fd.get', 'fdget', { ok: 'lock', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'a file that has no size to set', { refused: '^done' }),
  lock: use('inode.lock', 'size'),
  size: step('memfd.setSize', 'seals, i_size_write', { ok: 'undo', done: 'unlock', refused: 'unlock' }),
  undo: use('memfd.undoRange', 'unlock'),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

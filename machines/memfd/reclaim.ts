// What the kernel does with pages of a memfd on its own.

import { fragment, step, use } from '../fragment.ts';

export const migrate = fragment('memfd.migrate', 'migrate_pages of one page', {
  fdget: step('fd.get', 'fdget', { ok: 'index', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'another file', { refused: '^done' }),
  index: step('reclaim.index', 'the index', { ok: 'find', refused: 'fput' }),
  find: step('folio.findGet', 'isolate_lru_page', { hit: 'lock', absent: 'absent' }),
  absent: step('reclaim.absent', 'no page', { error: 'fput' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'seal', truncated: 'unlock' }),
  seal: step('migrate.testSeal', 'shmem_migrate_page: F_SEAL_GUEST', { ok: 'unmap', refused: 'unlock' }),
  unmap: use('gmem.unmapFolio', 'move'),
  move: step('migrate.move', 'migrate_page_move_mapping, migrate_page_copy', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

export const writeback = fragment('memfd.writeback', 'pageout of one page', {
  fdget: step('fd.get', 'fdget', { ok: 'index', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'another file', { refused: '^done' }),
  index: step('reclaim.index', 'the index', { ok: 'find', refused: 'fput' }),
  find: step('folio.findGet', 'isolate_lru_page', { hit: 'lock', absent: 'absent' }),
  absent: step('reclaim.absent', 'no page', { error: 'fput' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'seal', truncated: 'unlock' }),
  seal: step('writeback.testSeal', 'shmem_writepage: F_SEAL_GUEST', { ok: 'write', refused: 'unlock' }),
  write: step('writeback.write', 'swap_writepage', { ok: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

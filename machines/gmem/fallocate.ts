// fallocate on a guest_memfd: kvm_gmem_fallocate, punch or allocate.

import { fragment, step, use } from '../fragment.ts';

export const fallocate = fragment('gmem.fallocate', 'fallocate(2): kvm_gmem_fallocate', {
  fdget: step('fd.get', 'fdget', { ok: 'validate', badFd: '^done', foreign: 'foreign' }),
  foreign: step('fallocate.foreign', 'vfs_fallocate of a file that is no guest_memfd', { refused: '^done' }),
  validate: step('fallocate.validate', 'vfs_fallocate, kvm_gmem_fallocate: the checks', { punch: 'punch', allocate: 'allocate', refused: 'fput' }),
  punch: use('gmem.punchHole', 'fput'),
  allocate: use('gmem.allocate', 'fput'),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

export const allocate = fragment('gmem.allocate', 'kvm_gmem_allocate: folios one by one, under the shared lock; what is done stays done on error', {
  lock: step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'next' }),
  next: step('fallocate.next', 'signal_pending, then the next index', { ok: 'folio', done: 'unlock', signalled: 'unlock' }),
  folio: use('gmem.getFolio', { done: 'unlockFolio', enomem: 'unlock' }),
  unlockFolio: step('folio.unlock', 'folio_unlock', { ok: 'put' }),
  put: step('folio.put', 'folio_put: the cache keeps its own reference', { ok: 'next' }),
  unlock: step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: '^done' }),
});

// A memfd as a file: how it comes into being, read(2), write(2), and its end.

import { fragment, step, use } from '../fragment.ts';

export const create = fragment('memfd.create', 'memfd_create(2)', {
  create: step('memfd.create', 'shmem_file_setup, fd_install', { ok: '^done', refused: '^done' }),
});

export const createForGuest = fragment('gmem.create', "a memfd for a guest's memory: memfd_create, F_ADD_SEALS(F_SEAL_GUEST), ftruncate", {
  validate: step('create.validate', 'the size', { ok: 'fd', refused: '^done' }),
  fd: step('create.reserveFd', 'get_unused_fd_flags', { ok: 'file', refused: '^done' }),
  file: step('memfd.createForGuest', 'shmem_file_setup, memfd_add_seals, shmem_setattr', { ok: 'install', refused: '^done' }),
  install: step('create.installFd', 'fd_install', { ok: '^done' }),
});

export const read = fragment('memfd.read', 'pread(2): shmem_file_read_iter, no inode_lock', {
  fdget: step('fd.get', 'fdget', { ok: 'size', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'another file', { refused: '^done' }),
  size: step('read.testSize', 'r1: i_size_read', { ok: 'seal', beyond: 'fput' }),
  seal: step('read.testSeal', 'r2: F_SEAL_GUEST', { ok: 'find', refused: 'fput' }),
  find: step('folio.findGet', 'r3: shmem_getpage(SGP_READ)', { hit: 'copy', absent: 'fput' }),
  copy: step('read.copy', 'r4: i_size_read again, copy_page_to_iter', { ok: 'put', beyond: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

export const write = fragment('memfd.write', 'pwrite(2): generic_perform_write, inode_lock held', {
  fdget: step('fd.get', 'fdget', { ok: 'lock', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'another file', { refused: '^done' }),
  lock: use('inode.lock', 'seals'),
  seals: step('write.testSeals', 'shmem_write_begin', { ok: 'page', refused: 'unlock' }),
  page: use('memfd.findOrAdd', { done: 'clear', enomem: 'unlock' }),
  clear: step('folio.clear', 'clear_highpage', { ok: 'uptodate', already: 'copy' }),
  uptodate: step('folio.markUptodate', 'SetPageUptodate', { ok: 'copy' }),
  copy: step('write.copy', 'copy_page_from_iter, shmem_write_end', { ok: 'unlockPage' }),
  unlockPage: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'unlock' }),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});

export const release = {
  ...fragment('gmem.release', '__fput of a memfd: no VM is told, the last reference evicts the inode', {
    unlink: step('release.unlink', 'the file has no inode any more', { ok: 'putInode' }),
    putInode: step('inode.put', 'iput', { ok: 'free', last: 'all' }),
    all: step('memfd.evictRange', 'shmem_evict_inode', { ok: 'evict' }),
    evict: use('memfd.undoRange', 'freeInode'),
    freeInode: step('inode.free', 'destroy_inode', { ok: 'free' }),
    free: step('release.freeFile', 'file_free', { ok: '^done' }, { progress: true }),
  }),
  frame: 'operation',
};

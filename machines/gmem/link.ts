// One more file on the inode of a guest_memfd: the inode is the memory and its content, the file one VM's view of it. Proposed in the debate
// about who owns what: two VMs share memory, or one takes over from the other, by a file each.

import { fragment, step, use } from '../fragment.ts';

export const link = fragment('gmem.link', 'a new file on the inode of an open one, seen by whoever walks the files of the inode from the moment that it is in their list', {
  get: step('link.getInode', 'fdget of the file that is there', { ok: 'fd', badFd: '^done', foreign: '^done' }),
  fd: step('create.reserveFd', 'get_unused_fd_flags', { ok: 'lock', refused: 'put' }),
  lock: use('inode.invalidateLock', 'file'),
  file: step('link.getFile', 'alloc_file_pseudo', { ok: 'pin', refused: 'unlockRefused' }),
  pin: step('create.pinKvm', 'kvm_get_kvm', { ok: 'list' }),
  list: step('link.addToList', 'list_add(&gmem->entry)', { ok: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'install' }),
  install: step('create.installFd', 'fd_install', { ok: 'put' }),
  unlockRefused: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'put' }),
  put: step('link.putSource', 'fdput', { ok: '^done' }),
});

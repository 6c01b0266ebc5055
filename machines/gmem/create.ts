// KVM_CREATE_GUEST_MEMFD, an ioctl of the VM: kvm_gmem_create.

import { fragment, step } from '../fragment.ts';

export const create = fragment('gmem.create', 'kvm_gmem_create: a new file on an inode of its own, pinning the VM', {
  validate: step('create.validate', 'flags, size', { ok: 'fd', refused: '^done' }),
  fd: step('create.reserveFd', 'get_unused_fd_flags', { ok: 'file', refused: '^done' }),
  file: step('create.getFile', 'anon_inode_create_getfile', { ok: 'pin', refused: '^done' }),
  pin: step('create.pinKvm', 'kvm_get_kvm', { ok: 'install' }),
  install: step('create.installFd', 'fd_install', { ok: '^done' }),
});

// close(2) and dup(2) on a guest_memfd, and on other files as far as recordings do that.

import { fragment, step } from '../fragment.ts';

export const close = fragment('gmem.close', 'close(2): who drops the last reference returns when the file is released', {
  remove: step('fd.remove', 'file_close_fd', { ok: 'put', badFd: '^done', vm: 'putVm', foreign: '^done' }),
  putVm: step('vm.fdput', 'fput: kvm_vm_release', { ok: '^done' }),
  put: step('fd.putRemoved', 'fput', { ok: '^done', last: 'release' }),
  release: step('fd.awaitRelease', '__fput before the return to userspace', { ok: '^done' }),
});

export const dup = fragment('gmem.dup', 'dup(2): one more descriptor of the same file', {
  get: step('dup.get', 'fget_raw', { ok: 'install', badFd: '^done', foreign: 'installForeign' }),
  installForeign: step('dup.installForeign', 'a VM, or a file that KVM knows nothing of', { ok: '^done', refused: '^done' }),
  install: step('dup.install', 'get_unused_fd_flags, fd_install', { ok: '^done', refused: 'put' }),
  put: step('fd.put', 'fput', { ok: '^done' }),
});

export const make = fragment('file.make', 'a file that KVM knows nothing of', {
  make: step('file.make', 'memfd_create, eventfd, pipe, open', { ok: '^done' }),
});

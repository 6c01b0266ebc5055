// A memslot and its file: kvm_gmem_bind before the slot is visible, kvm_gmem_unbind when it is not any more. Used by
// KVM_SET_USER_MEMORY_REGION2 under slots_lock, and by the destruction of a VM. The memslot is in register `slot`.

import { fragment, step, use } from '../fragment.ts';

export const bind = fragment('gmem.bind', 'kvm_gmem_bind; leaves by `error` with errno set and nothing changed', {
  fget: step('bind.fget', 'fget', { ok: 'validate', badFd: '^error', foreign: '^error' }),
  validate: step('bind.validate', 'the file of this VM, the range within it', { ok: 'lock', refused: 'putError' }),
  lock: use('inode.invalidateLock', 'overlap'),
  overlap: step('bind.testOverlap', 'xa_find(&gmem->bindings)', { ok: 'file', exists: 'unlockError' }),
  file: step('bind.setFile', 'slot->gmem.file, slot->gmem.pgoff', { ok: 'store' }),
  store: step('bind.store', 'xa_store_range; its result is not looked at (G4-B8)', { ok: 'unlock', enomem: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'put' }),
  put: step('fd.put', 'fput: the slot does not pin the file', { ok: '^done' }),
  unlockError: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'putError' }),
  putError: step('fd.put', 'fput', { ok: '^error' }),
});

export const unbind = fragment('gmem.unbind', 'kvm_gmem_unbind', {
  load: step('unbind.loadFile', 'kvm_gmem_get_file: slot->gmem.file', { ok: 'get', gone: '^done' }),
  get: step('unbind.tryGetFile', 'get_file_active; a dying file is left as it is (G4-B2)', { ok: 'recheck', dying: '^done' }),
  recheck: step('unbind.recheckFile', 'get_file_active: the pointer again', { ok: 'lock', changed: 'putChanged' }),
  putChanged: step('fd.put', 'fput of a file that was recycled', { ok: 'load' }),
  lock: use('inode.invalidateLock', 'erase'),
  erase: step('unbind.erase', 'xa_store_range(NULL)', { ok: 'clear' }),
  clear: step('unbind.clearFile', 'slot->gmem.file = NULL', { ok: 'rcu' }),
  rcu: step('rcu.synchronize', 'synchronize_rcu', { ok: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'put' }),
  put: step('fd.put', 'fput', { ok: '^done' }),
});

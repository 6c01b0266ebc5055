// A memfd and its owner. One owner an inode: KVM registers when a memslot gets the file, and is called back when pages come and go.

import { fragment, step, use } from '../fragment.ts';

export const register = fragment('guestMem.register', 'guest_mem_register(inode, owner, guest_ops); leaves by `error` with errno set', {
  test: step('register.test', 'info->guest_owner', { ok: 'set', refused: '^error' }),
  set: step('register.set', 'info->guest_owner = owner, info->guest_ops = ops: not together with the test (G1-B3)', { ok: '^done' }),
});

export const invalidatePage = fragment('guestOps.invalidatePage', 'guest_ops->invalidate_page_range for one locked page, if there is an owner', {
  load: step('guestOps.load', 'info->guest_ops, info->guest_owner, no lock held (G1-B1)', { ok: 'call', none: '^done' }),
  call: step('guestOps.call', 'invalidate_page_range(inode, owner, index, index)', { ok: 'invalidate', freed: '^done' }),
  invalidate: use('kvm.invalidatePage', '^done'),
});

export const fallocated = fragment('guestOps.fallocate', 'guest_ops->fallocate, if there is an owner', {
  load: step('guestOps.load', 'info->guest_ops, info->guest_owner, no lock held (G1-B1)', { ok: 'call', none: '^done' }),
  call: step('guestOps.call', 'fallocate(inode, owner, start, end): this owner maps at the next fault', { ok: '^done', freed: '^done' }),
});

export const kvmInvalidatePage = fragment('kvm.invalidatePage', "KVM's invalidate_page_range: must not want the page's lock, which is held", {
  range: step('kvm.pageRange', '[start, end]', { ok: 'lock' }),
  lock: use('mmu.writeLock', 'slot'),
  slot: step('kvm.nextGuestRange', 'memslots of the range', { ok: 'zap', flush: 'flush', unlock: 'unlock' }),
  zap: step('kvm.zapGuestNext', 'kvm_unmap_gfn_range', { more: 'zap', ok: 'slot' }),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: '^done' }),
});

/** The memslot holds the file; bindings are KVM's own and change under mmu_lock. */
export const bind = fragment('gmem.bind', 'a new memslot with a memfd: KVM becomes its owner; leaves by `error` with errno set and nothing changed', {
  fget: step('bind.fget', 'fget', { ok: 'validate', badFd: '^error', foreign: '^error' }),
  validate: step('bind.validate', 'the range', { ok: 'register', refused: 'putError' }),
  register: use('guestMem.register', { done: 'lock', error: 'putError' }),
  lock: use('mmu.writeLock', 'overlap'),
  overlap: step('bind.testOverlap', 'the range is bound to no other memslot', { ok: 'file', exists: 'unlockError' }),
  file: step('bind.setFile', 'slot->file, slot->pgoff', { ok: 'store' }),
  store: step('bind.store', 'the bindings of the range', { ok: 'unlock', enomem: 'undo' }),
  undo: step('bind.undo', 'what was stored goes again', { ok: 'unlockError' }),
  unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: '^done' }),
  unlockError: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: 'putError' }),
  putError: step('fd.put', 'fput', { ok: '^error' }),
});

export const unbind = fragment('gmem.unbind', 'a memslot goes: its bindings, its reference on the file; the registration stays (G1-B2)', {
  load: step('unbind.loadFile', 'slot->file', { ok: 'inode', gone: '^done' }),
  inode: step('unbind.inode', 'file_inode', { ok: 'lock' }),
  lock: use('mmu.writeLock', 'erase'),
  erase: step('unbind.erase', 'the bindings of the range', { ok: 'clear' }),
  clear: step('unbind.clearFile', 'slot->file = NULL', { ok: 'unlock' }),
  unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: 'put' }),
  put: step('fd.put', 'fput', { ok: '^done' }),
});

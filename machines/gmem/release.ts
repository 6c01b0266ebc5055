// The end of a guest_memfd file (T3). One actor a file object: it rests until the file is dying, then carries out what __fput
// does. slots_lock outside invalidate_lock, as bind and unbind take them; the VM reference is dropped with no lock held.

import { fragment, step, use } from '../fragment.ts';

export const gmem = fragment('gmem', 'struct file of a guest_memfd: rests until its last reference is dropped', {
  idle: step('release.await', 'referenced, or not in use', { release: 'release' }, { idle: true }),
  release: use('gmem.release', 'idle'),
});

export const release = {
  ...fragment('gmem.release', '__fput: kvm_gmem_release, then the inode', {
    lockSlots: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'lock' }),
    lock: use('inode.invalidateLock', 'slots'),
    slots: use('gmem.clearSlotFiles', 'rcu'),
    rcu: step('rcu.synchronize', 'synchronize_rcu', { ok: 'begin' }),
    begin: use('gmem.invalidateBegin', 'end'),
    end: use('gmem.invalidateEnd', 'unlink'),
    unlink: step('release.unlink', 'list_del(&gmem->entry)', { ok: 'unlock' }),
    unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'unlockSlots' }),
    unlockSlots: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'destroy' }),
    destroy: step('release.destroyBindings', 'xa_destroy(&gmem->bindings), kfree(gmem)', { ok: 'putKvm' }),
    putKvm: step('release.putKvm', 'kvm_put_kvm', { ok: 'putInode' }),
    putInode: step('inode.put', 'iput', { ok: 'free', last: 'evict' }),
    evict: use('gmem.truncate', 'freeInode'),
    freeInode: step('inode.free', 'destroy_inode', { ok: 'free' }),
    free: step('release.freeFile', 'file_free', { ok: '^done' }, { progress: true }),
  }),
  frame: 'operation',
};

export const clearSlotFiles = fragment('gmem.clearSlotFiles', 'kvm_gmem_release: no fault finds the file by its slot any more', {
  next: step('release.clearSlotFile', 'xa_for_each(&gmem->bindings): slot->gmem.file = NULL', { more: 'next', done: '^done' }),
});

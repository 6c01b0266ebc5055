// Taking a lock that has a queue: one step when it is free, else a second one that waits to be granted.

import { fragment, step } from '../fragment.ts';

export const mmuReadLock = fragment('mmu.readLock', 'read_lock(&kvm->mmu_lock), a queued rwlock', {
  acquire: step('mmu.readLock', 'queued_read_lock', { ok: '^done', queued: 'wait' }),
  wait: step('mmu.readLockGranted', 'queued_read_lock_slowpath', { ok: '^done' }),
});

export const mmuWriteLock = fragment('mmu.writeLock', 'write_lock(&kvm->mmu_lock), a queued rwlock', {
  acquire: step('mmu.writeLock', 'queued_write_lock', { ok: '^done', queued: 'wait' }),
  wait: step('mmu.writeLockGranted', 'queued_write_lock_slowpath', { ok: '^done' }),
});

export const invalidateLock = fragment('inode.invalidateLock', 'filemap_invalidate_lock: down_write of the inode', {
  acquire: step('inode.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
  wait: step('inode.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
});

export const mmapWriteLock = fragment('mm.writeLock', "mmap_write_lock of the VMM's process", {
  acquire: step('mmap.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
  wait: step('mmap.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
});

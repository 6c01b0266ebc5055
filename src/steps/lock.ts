// Steps that take and drop the locks of a VM, an inode, a folio. One kernel object a step.

import * as mutex from '../memory/mutex.ts';
import * as rwlock from '../memory/rwlock.ts';
import * as rwsem from '../memory/rwsem.ts';
import * as srcu from '../memory/srcu.ts';
import type { Step } from '../memory/world.ts';

type OnInode = { inode: number };
type OnFolio = { pfn: number };

export const steps = {
  /** read_lock(&kvm->mmu_lock) */
  'mmu.readLock': ({ mmu_lock }, f) => rwlock.readLock(mmu_lock(f.vm), f.self),
  'mmu.readLockGranted': ({ mmu_lock }, f) => rwlock.readLockGranted(mmu_lock(f.vm), f.self),
  'mmu.readUnlock': ({ mmu_lock }, f) => rwlock.readUnlock(mmu_lock(f.vm), f.self),
  /** write_lock(&kvm->mmu_lock) */
  'mmu.writeLock': ({ mmu_lock }, f) => rwlock.writeLock(mmu_lock(f.vm), f.self),
  'mmu.writeLockGranted': ({ mmu_lock }, f) => rwlock.writeLockGranted(mmu_lock(f.vm), f.self),
  'mmu.writeUnlock': ({ mmu_lock }, f) => rwlock.writeUnlock(mmu_lock(f.vm)),

  /** filemap_invalidate_lock and its shared form */
  'inode.downWrite': ({ invalidate_lock }, f) => rwsem.downWrite(invalidate_lock(f.inode), f.self),
  'inode.downWriteGranted': ({ invalidate_lock }, f) => rwsem.downWriteGranted(invalidate_lock(f.inode), f.self),
  'inode.upWrite': ({ invalidate_lock }, f) => rwsem.upWrite(invalidate_lock(f.inode)),
  'inode.downRead': ({ invalidate_lock }, f) => rwsem.downRead(invalidate_lock(f.inode), f.self),
  'inode.upRead': ({ invalidate_lock }, f) => rwsem.upRead(invalidate_lock(f.inode), f.self),

  /** mutex_lock(&kvm->slots_lock) */
  'slots.lock': ({ slots_lock }, f) => mutex.lock(slots_lock(f.vm), f.self),
  'slots.unlock': ({ slots_lock }, f) => mutex.unlock(slots_lock(f.vm)),
  'slots.archLock': ({ slots_arch_lock }, f) => mutex.lock(slots_arch_lock(f.vm), f.self),
  'slots.archUnlock': ({ slots_arch_lock }, f) => mutex.unlock(slots_arch_lock(f.vm)),

  /** folio_lock: PG_locked */
  'folio.lock': ({ folio_lock }, f) => mutex.lock(folio_lock(f.pfn), f.self),
  'folio.unlock': ({ folio_lock }, f) => mutex.unlock(folio_lock(f.pfn)),

  /** mmap_read_lock, mmap_write_lock of the VMM's process */
  'mmap.downRead': ({ mmap_lock }, f) => rwsem.downRead(mmap_lock(), f.self),
  'mmap.upRead': ({ mmap_lock }, f) => rwsem.upRead(mmap_lock(), f.self),
  'mmap.downWrite': ({ mmap_lock }, f) => rwsem.downWrite(mmap_lock(), f.self),
  'mmap.downWriteGranted': ({ mmap_lock }, f) => rwsem.downWriteGranted(mmap_lock(), f.self),
  'mmap.upWrite': ({ mmap_lock }) => rwsem.upWrite(mmap_lock()),

  /** mutex_lock(&vcpu->mutex) */
  'vcpu.lock': ({ vcpu_lock }, f) => mutex.lock(vcpu_lock(f.vcpu), f.self),
  'vcpu.unlock': ({ vcpu_lock }, f) => mutex.unlock(vcpu_lock(f.vcpu)),

  /** srcu_read_lock(&kvm->srcu) and synchronize_srcu */
  'srcu.readLock': ({ srcu_reader }, f) => srcu.readLock(srcu_reader(f.self), f.vm),
  'srcu.readUnlock': ({ srcu_reader }, f) => srcu.readUnlock(srcu_reader(f.self)),
  'srcu.beginSynchronize': ({ srcu_reader, facts }, f) => srcu.beginSynchronize(srcu_reader, facts.actors, f.vm, f.self),
  'srcu.awaitReaders': ({ srcu_reader, facts }, f) => srcu.awaitReaders(srcu_reader, facts.actors, f.self),
} satisfies { [name: string]: Step<OnInode & OnFolio> };

// kvm_gmem_punch_hole: begin, zap and flush for every binding of the range, truncate, end. The order is the protocol:
// no SPTE and no TLB entry is left when the pages go, and every fault that looked a page up before is stale at the end.

import { fragment, step, use } from '../fragment.ts';

export const punchHole = fragment('gmem.punchHole', 'kvm_gmem_punch_hole', {
  lock: use('inode.invalidateLock', 'begin'),
  begin: use('gmem.invalidateBegin', 'truncate'),
  truncate: use('gmem.truncate', 'end'),
  end: use('gmem.invalidateEnd', 'unlock'),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: '^done' }),
});

export const invalidateBegin = fragment('gmem.invalidateBegin', 'kvm_gmem_invalidate_begin on each file of the inode', {
  file: step('gmem.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'slot', done: '^done' }),
  slot: step('gmem.nextBoundSlot', 'xa_for_each_range(&gmem->bindings)', { first: 'lock', ok: 'unmap', flush: 'flush', unlock: 'unlock', done: 'file' }),
  lock: use('mmu.writeLock', 'count'),
  count: step('mmu.invalidateBegin', 'kvm_mmu_invalidate_begin', { ok: 'unmap' }),
  unmap: use('kvm.unmapGfnRange', 'slot'),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'file' }),
});

export const unmapGfnRange = fragment('kvm.unmapGfnRange', 'kvm_mmu_invalidate_range_add, then kvm_mmu_unmap_gfn_range', {
  add: step('mmu.rangeAdd', 'kvm_mmu_invalidate_range_add', { ok: 'zap' }),
  zap: step('mmu.zapNext', 'tdp_mmu_zap_leafs', { more: 'zap', yield: 'flush', ok: '^done' }),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'cond_resched_rwlock_write drops the lock', { ok: 'lock' }),
  lock: use('mmu.writeLock', 'zap'),
});

export const truncate = fragment('gmem.truncate', 'truncate_inode_pages_range', {
  find: step('cache.findNext', 'find_lock_entries', { ok: 'lock', done: '^done' }),
  lock: step('folio.lock', 'folio_lock', { ok: 'remove' }),
  remove: step('folio.removeFromCache', 'filemap_remove_folio', { ok: 'unlock' }),
  unlock: step('folio.unlock', 'folio_unlock', { ok: 'put' }),
  put: step('folio.put', "folio_put of the cache's reference", { ok: 'find' }),
});

export const invalidateEnd = fragment('gmem.invalidateEnd', 'kvm_gmem_invalidate_end on each file of the inode', {
  file: step('gmem.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'bound', done: '^done' }),
  bound: step('gmem.anyBoundSlot', 'xa_find(&gmem->bindings)', { ok: 'lock', none: 'file' }),
  lock: use('mmu.writeLock', 'seq'),
  seq: step('mmu.advanceSeq', 'kvm_mmu_invalidate_end: mmu_invalidate_seq++, write barrier', { ok: 'drop' }),
  drop: step('mmu.dropInProgress', 'kvm_mmu_invalidate_end: mmu_invalidate_in_progress--', { ok: 'unlock' }),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'file' }),
});

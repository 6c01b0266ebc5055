// KVM_TDX_INIT_MEM_REGION: the same for TDX, an ioctl of a vCPU, since what the hardware takes a page into is the guest's own page table, which must
// have an entry for it. Works on registers of its own names: a page fault is a part of it.

import { fragment, step, use } from '../fragment.ts';

export const invalidateLock = fragment('tdx.invalidateLock', 'filemap_invalidate_lock of the file of a memslot', {
  acquire: step('tdx.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
  wait: step('tdx.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
});

export const initMemRegion = fragment('vcpu.initMemRegion', 'tdx_vcpu_init_mem_region', {
  lockVcpu: step('vcpu.lock', 'mutex_lock(&vcpu->mutex)', { ok: 'lockSlots' }),
  lockSlots: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'srcu' }),
  srcu: step('srcu.readLock', 'srcu_read_lock(&kvm->srcu)', { ok: 'validate' }),
  validate: step('tdx.validate', 'the VM, the range, the memslot and its file', { ok: 'root', refused: 'leave' }),
  root: step('vcpu.loadRoot', 'kvm_mmu_reload', { ok: 'next' }),
  next: step('tdx.next', 'kvm_gmem_populate of the next page', { ok: 'lock', done: 'leave' }),
  lock: use('tdx.invalidateLock', 'source'),
  source: use('tdx.source', { done: 'map', failed: 'unlock' }),
  map: use('mmu.fault', { fixed: 'add', retry: 'map', invalid: 'refuse', emulate: 'refuse', exit: 'refuse' }),
  add: step('tdx.addPage', 'tdh_mem_page_add: the page, with its content', { ok: 'putSource' }),
  putSource: step('tdx.putSource', 'put_page of the source', { ok: 'unlockPage' }),
  unlockPage: step('tdx.upWrite', 'filemap_invalidate_unlock', { ok: 'next' }),
  refuse: step('tdx.refuse', 'the page cannot be mapped', { ok: 'putLast' }),
  putLast: step('tdx.putSource', 'put_page of the source', { ok: 'unlock' }),
  unlock: step('tdx.upWrite', 'filemap_invalidate_unlock', { ok: 'leave' }),
  leave: step('srcu.readUnlock', 'srcu_read_unlock(&kvm->srcu)', { ok: 'unlockSlots' }),
  unlockSlots: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'unlockVcpu' }),
  unlockVcpu: step('vcpu.unlock', 'mutex_unlock(&vcpu->mutex)', { ok: '^done' }),
});

export const source = fragment('tdx.source', 'get_user_pages_fast of one page', {
  take: step('tdx.getSource', 'get_user_pages_fast', { hit: '^done', absent: 'fault' }),
  fault: use('host.handleFault', { done: 'take', unmapped: 'failed', denied: 'failed', beyond: 'failed', enomem: 'failed', poisoned: 'failed' }),
  failed: step('tdx.failed', 'EFAULT', { ok: '^failed' }),
});

/** A helper that maps a page of a file whose invalidate_lock is held. Nothing of the file can be invalidated meanwhile. */
export const mapHeldPage = {
  ...fragment('tdx.mapPage', 'kvm_tdp_mmu_map_private_pfn, behind the look-up of the page', {
    slot: step('fault.lookupSlot', 'kvm_vcpu_gfn_to_memslot', { ok: 'snapshot' }),
    snapshot: step('fault.snapshotSeq', 'mmu_seq before the look-up', { ok: 'privacy' }),
    privacy: step('fault.testPrivacy', 'kvm_mem_is_private', { private: 'page', shared: '^exit', differs: '^exit' }),
    page: use('gmem.getHeldPfn', { done: 'lock', error: '^exit' }),
    lock: use('mmu.readLock', 'stale'),
    stale: step('fault.testStale', 'is_page_fault_stale', { ok: 'map', stale: 'unlockStale' }),
    map: step('fault.map', 'kvm_tdp_mmu_map', { fixed: 'unlock', spurious: 'unlock' }),
    unlock: step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'put' }),
    put: step('folio.put', 'folio_put', { ok: '^fixed' }),
    unlockStale: step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'putStale' }),
    putStale: step('folio.put', 'folio_put', { ok: '^retry' }),
  }),
  frame: 'mmu.fault',
};

// The page fault path as 6.8 has it: F0, F1, F4, F2, F3, F6, F8 and on, without the lockless re-checks of 6.9.
// What makes it safe against an invalidation: the sequence is read before the pfn is looked up, and compared under mmu_lock.

import { fragment, step, use } from '../fragment.ts';

export const fault = fragment('mmu.fault', 'kvm_mmu_do_page_fault, kvm_tdp_page_fault', {
  intent: step('fault.copyIntent', 'kvm_mmu_do_page_fault: is_private', { ok: 'slot' }),
  slot: step('fault.lookupSlot', 'F0: kvm_vcpu_gfn_to_memslot', { ok: 'snapshot' }),
  snapshot: step('fault.snapshotSeq', 'F1: kvm_faultin_pfn, mmu_seq before the look-up', { ok: 'invalid' }),
  invalid: step('fault.testSlotInvalid', 'F4: KVM_MEMSLOT_INVALID', { ok: 'privacy', invalid: '^retry' }),
  privacy: step('fault.testPrivacy', 'F2: kvm_mem_is_private', { differs: 'memoryFault', private: 'private', shared: 'shared' }),
  private: use('gmem.getPfn', { done: 'lock', error: 'memoryFault' }),
  shared: use('host.faultinPfn', { done: 'lock', noSlot: 'mmio', retry: '^retry', error: '^exit' }),
  lock: use('mmu.readLock', 'stale'),
  stale: step('fault.testStale', 'F9: is_page_fault_stale', { ok: 'map', stale: 'unlockStale' }),
  map: step('fault.map', 'F10, F11: kvm_tdp_mmu_map', { fixed: 'unlock', spurious: 'unlock' }),
  unlock: step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'put' }),
  put: step('folio.put', 'F12: kvm_release_pfn_clean', { ok: '^fixed' }, { progress: true }),
  unlockStale: step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'putStale' }),
  putStale: step('folio.put', 'kvm_release_pfn_clean', { ok: '^retry' }),
  memoryFault: step('fault.prepareMemoryFault', 'kvm_mmu_prepare_memory_fault_exit', { ok: '^exit' }),
  mmio: step('fault.prepareMmio', 'handle_noslot_fault: emulation leaves by KVM_EXIT_MMIO', { ok: '^exit' }),
});

export const getPfn = fragment('gmem.getPfn', 'kvm_gmem_get_pfn: no invalidate_lock, only mmu_seq guards it', {
  load: step('gmem.loadFile', 'kvm_gmem_get_file: slot->gmem.file', { ok: 'get', gone: '^error' }),
  get: step('gmem.tryGetFile', 'get_file_active: inc-not-zero', { ok: 'recheck', gone: '^error' }),
  recheck: step('gmem.recheckFile', 'get_file_active: the pointer again', { ok: 'binding', changed: 'putChanged' }),
  putChanged: step('file.put', 'fput of a file that was recycled', { ok: 'load' }),
  binding: step('gmem.testBinding', 'xa_load(&gmem->bindings, index)', { ok: 'folio', mismatch: 'putError' }),
  folio: use('gmem.getFolio', { done: 'poison', enomem: 'putError' }),
  poison: step('folio.testPoison', 'folio_test_hwpoison', { ok: 'unlock', poisoned: 'unlockPoisoned' }),
  unlock: step('folio.unlock', 'folio_unlock', { ok: 'put' }),
  put: step('file.put', 'fput', { ok: '^done' }),
  unlockPoisoned: step('folio.unlock', 'folio_unlock; the reference is never put (G4-B1)', { ok: 'putError' }),
  putError: step('file.put', 'fput', { ok: '^error' }),
});

export const getFolio = fragment('gmem.getFolio', 'kvm_gmem_get_folio: the locked folio of an index, zeroed before its first use', {
  find: step('folio.findGet', 'filemap_get_folio', { hit: 'lock', absent: 'alloc' }),
  lock: step('folio.lock', 'folio_lock', { ok: 'check' }),
  check: step('folio.checkMapping', 'folio->mapping, now that it is locked', { ok: 'clear', truncated: 'unlock' }),
  unlock: step('folio.unlock', 'folio_unlock of a folio that was truncated meanwhile', { ok: 'put' }),
  put: step('folio.put', 'folio_put', { ok: 'find' }),
  alloc: step('folio.alloc', 'filemap_alloc_folio', { ok: 'insert', enomem: '^enomem' }),
  insert: step('folio.insert', 'filemap_add_folio', { ok: 'clear', exists: 'unlock' }),
  clear: step('folio.clear', 'clear_highpage', { ok: 'uptodate', already: '^done' }),
  uptodate: step('folio.markUptodate', 'folio_mark_uptodate', { ok: '^done' }),
});

// KVM_SET_MEMORY_ATTRIBUTES (spec A11, T5): an invalidation around the stores, so that a fault that compared with the old
// attribute is stale. Where no memslot overlaps there is nothing to invalidate and only the stores remain.

import { fragment, step, use } from '../fragment.ts';

export const setAttributes = fragment('vm.setAttributes', 'kvm_vm_set_mem_attributes', {
  fdget: step('vm.fdget', 'fdget', { ok: 'validate', badFd: '^done' }),
  validate: step('attributes.validate', 'kvm_vm_ioctl_set_mem_attributes: the checks', { ok: 'lock', refused: 'fdput' }),
  lock: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'compare' }),
  compare: step('attributes.testEqual', 'kvm_range_has_memory_attributes', { ok: 'reserve', equal: 'unlock' }),
  reserve: step('attributes.reserve', 'xa_reserve of every entry', { ok: 'before', enomem: 'unlock' }),
  before: use('vm.attributesPrePass', 'store'),
  store: step('attributes.storeNext', 'xa_store', { more: 'store', ok: 'after' }),
  after: use('vm.attributesPostPass', 'unlock'),
  unlock: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'fdput' }),
  fdput: step('vm.fdput', 'fdput', { ok: '^done' }),
});

export const prePass = fragment('vm.attributesPrePass', 'kvm_handle_gfn_range(&pre_set_range): one invalidation over all memslots of the range', {
  slot: step('attributes.nextSlot', 'kvm_for_each_memslot_in_gfn_range', { first: 'lock', ok: 'unmap', flush: 'flush', unlock: 'unlock', done: '^done' }),
  lock: use('mmu.writeLock', 'count'),
  count: step('mmu.invalidateBegin', 'kvm_mmu_invalidate_begin', { ok: 'unmap' }),
  unmap: use('kvm.unmapGfnRange', 'slot'),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: '^done' }),
});

export const postPass = fragment('vm.attributesPostPass', 'kvm_handle_gfn_range(&post_set_range): the end first, then MIXED, in one hold', {
  slot: step('attributes.nextSlot', 'kvm_for_each_memslot_in_gfn_range', { first: 'lock', ok: 'mixed', unlock: 'unlock', flush: 'unlock', done: '^done' }),
  lock: use('mmu.writeLock', 'seq'),
  seq: step('mmu.advanceSeq', 'kvm_mmu_invalidate_end: mmu_invalidate_seq++, write barrier', { ok: 'drop' }),
  drop: step('mmu.dropInProgress', 'kvm_mmu_invalidate_end: mmu_invalidate_in_progress--', { ok: 'mixed' }),
  mixed: step('attributes.updateMixed', 'kvm_arch_post_set_memory_attributes', { ok: 'slot' }),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: '^done' }),
});

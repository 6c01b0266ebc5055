// KVM_SET_USER_MEMORY_REGION2 (spec A10, T4). Checks first, then one of four changes. Readers of memslots hold SRCU, no lock:
// a set is built where nobody looks, published by one store, and what was there before is freed when no reader is left.

import { fragment, step, use } from '../fragment.ts';

export const setRegion = fragment('vm.setRegion', 'kvm_vm_ioctl_set_memory_region, __kvm_set_memory_region', {
  fdget: step('vm.fdget', 'fdget', { ok: 'number', badFd: '^done' }),
  number: step('region.testNumber', 'kvm_vm_ioctl_set_memory_region: ids of userspace', { ok: 'lock', refused: 'fdput' }),
  lock: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'validate' }),
  validate: step('region.validate', '__kvm_set_memory_region: the checks', {
    create: 'createOverlap', delete: 'deleteSlot', move: 'moveOverlap', flagsOnly: 'updateFlags', same: 'unlock', refused: 'unlock',
  }),
  createOverlap: step('region.testOverlap', 'kvm_check_memslot_overlap', { ok: 'createSlot', refused: 'unlock' }),
  moveOverlap: step('region.testOverlap', 'kvm_check_memslot_overlap', { ok: 'moveSlot', refused: 'unlock' }),
  createSlot: use('slots.create', 'unlock'),
  deleteSlot: use('slots.delete', 'unlock'),
  moveSlot: use('slots.move', 'unlock'),
  updateFlags: use('slots.updateFlags', 'unlock'),
  unlock: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'fdput' }),
  fdput: step('vm.fdput', 'fdput', { ok: '^done' }),
});

export const setRegionOld = fragment('vm.setRegionOld', 'KVM_SET_USER_MEMORY_REGION: a memslot without a file', {
  form: step('region.testOldForm', 'KVM_SET_USER_MEMORY_REGION_V1_FLAGS', { ok: 'set', refused: '^done' }),
  set: use('vm.setRegion', '^done'),
});

export const createSlot = fragment('slots.create', 'KVM_MR_CREATE: bound to its file before anybody can see it', {
  allocate: step('memslot.allocate', 'kzalloc of the memslot', { ok: 'archLock', bind: 'bind', enomem: '^done' }),
  bind: use('gmem.bind', { done: 'archLock', error: 'free' }),
  archLock: step('slots.archLock', 'mutex_lock(&kvm->slots_arch_lock)', { ok: 'prepare' }),
  prepare: step('slots.prepareCreate', 'kvm_prepare_memory_region', { ok: 'insert', failed: 'archUnlock' }),
  insert: step('slots.putNew', 'kvm_create_memslot: into the inactive set', { ok: 'swap' }),
  swap: use('slots.swap', 'mirror'),
  mirror: step('slots.putNew', 'kvm_activate_memslot: into the set that is inactive now', { ok: '^done' }),
  archUnlock: step('slots.archUnlock', 'mutex_unlock(&kvm->slots_arch_lock)', { ok: 'bound' }),
  bound: step('memslot.testNewBound', 'was it bound?', { bound: 'unbind', ok: 'free' }),
  unbind: use('gmem.unbind', 'free'),
  free: step('memslot.freeNew', 'kfree', { ok: '^done' }),
});

export const deleteSlot = fragment('slots.delete', 'KVM_MR_DELETE: INVALID first, so that faults retry while its SPTEs go; its content is not touched', {
  archLock: step('slots.archLock', 'mutex_lock(&kvm->slots_arch_lock)', { ok: 'invalidate' }),
  invalidate: use('slots.invalidate', { done: 'prepare', error: '^done' }),
  prepare: step('slots.prepareDelete', 'kvm_prepare_memory_region', { ok: 'remove', failed: 'restore' }),
  restore: use('slots.restore', '^done'),
  remove: step('slots.putNone', 'kvm_delete_memslot: out of the inactive set', { ok: 'swap' }),
  swap: use('slots.swap', 'mirror'),
  mirror: step('slots.putNone', 'kvm_activate_memslot: out of the set that is inactive now', { ok: 'freeInvalid' }),
  freeInvalid: step('memslot.freeInvalid', 'kfree of the INVALID copy', { ok: 'bound' }),
  bound: step('memslot.testOldBound', 'kvm_free_memslot: KVM_MEM_GUEST_MEMFD', { bound: 'unbind', ok: 'free' }),
  unbind: use('gmem.unbind', 'free'),
  free: step('memslot.freeOld', 'kvm_free_memslot', { ok: '^done' }),
});

export const moveSlot = fragment('slots.move', 'KVM_MR_MOVE: deleted at the old gfns and there at the new ones, by the second swap', {
  allocate: step('memslot.allocate', 'kzalloc of the memslot', { ok: 'archLock', bind: 'archLock', enomem: '^done' }),
  archLock: step('slots.archLock', 'mutex_lock(&kvm->slots_arch_lock)', { ok: 'invalidate' }),
  invalidate: use('slots.invalidate', { done: 'prepare', error: 'freeNew' }),
  prepare: step('slots.prepareMove', 'kvm_prepare_memory_region', { ok: 'insert', failed: 'restore' }),
  restore: use('slots.restore', 'freeNew'),
  freeNew: step('memslot.freeNew', 'kfree', { ok: '^done' }),
  insert: step('slots.putNew', 'kvm_move_memslot: into the inactive set', { ok: 'swap' }),
  swap: use('slots.swap', 'mirror'),
  mirror: step('slots.putNew', 'kvm_activate_memslot: into the set that is inactive now', { ok: 'freeInvalid' }),
  freeInvalid: step('memslot.freeInvalid', 'kfree of the INVALID copy', { ok: 'free' }),
  free: step('memslot.freeOld', 'kvm_commit_memory_region: kfree of the old memslot, whose bindings nobody takes down (G4-B3)', { ok: '^done' }),
});

export const updateFlags = fragment('slots.updateFlags', 'KVM_MR_FLAGS_ONLY: the new memslot replaces the old one in one swap', {
  allocate: step('memslot.allocate', 'kzalloc of the memslot', { ok: 'archLock', bind: 'archLock', enomem: '^done' }),
  archLock: step('slots.archLock', 'mutex_lock(&kvm->slots_arch_lock)', { ok: 'prepare' }),
  prepare: step('slots.prepareFlags', 'kvm_prepare_memory_region', { ok: 'insert', failed: 'archUnlock' }),
  archUnlock: step('slots.archUnlock', 'mutex_unlock(&kvm->slots_arch_lock)', { ok: 'freeNew' }),
  freeNew: step('memslot.freeNew', 'kfree', { ok: '^done' }),
  insert: step('slots.putNew', 'kvm_update_flags_memslot: into the inactive set', { ok: 'swap' }),
  swap: use('slots.swap', 'mirror'),
  mirror: step('slots.putNew', 'kvm_activate_memslot: into the set that is inactive now', { ok: 'free' }),
  free: step('memslot.freeOld', 'kvm_commit_memory_region: kfree of the old memslot, whose bindings nobody takes down (G4-B3)', { ok: '^done' }),
});

export const getDirtyLog = fragment('vm.getDirtyLog', 'kvm_vm_ioctl_get_dirty_log', {
  lock: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'read' }),
  read: step('dirtyLog.read', 'kvm_get_dirty_log_protect', { ok: 'unlock' }),
  unlock: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: '^done' }),
});

// KVM's MMU notifier (spec A9, T9), around any change of host pages. Whoever uses these has the range in the registers
// `hva`, `hva_end` and a register `flush`.

import { fragment, step, use } from '../fragment.ts';

export const rangeStart = fragment('mn.rangeStart', 'mmu_notifier_invalidate_range_start: kvm_mmu_notifier_invalidate_range_start of every VM', {
  vm: step('mn.nextVm', 'hlist_for_each_entry of the notifiers', { ok: 'count', done: '^done' }),
  count: step('mn.countUp', 'N1: mn_active_invalidate_count++', { ok: 'srcu' }),
  srcu: step('srcu.readLock', 'srcu_read_lock(&kvm->srcu)', { ok: 'slot' }),
  slot: step('mn.nextSlot', 'kvm_for_each_memslot_in_hva_range', { first: 'lock', ok: 'unmap', flush: 'flush', unlock: 'unlock', done: 'srcuUnlock' }),
  lock: use('mmu.writeLock', 'begin'),
  begin: step('mmu.invalidateBegin', 'kvm_mmu_invalidate_begin', { ok: 'unmap' }),
  unmap: use('kvm.unmapGfnRange', 'slot'),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'srcuUnlock' }),
  srcuUnlock: step('srcu.readUnlock', 'srcu_read_unlock(&kvm->srcu)', { ok: 'vm' }),
});

export const rangeEnd = fragment('mn.rangeEnd', 'mmu_notifier_invalidate_range_end: kvm_mmu_notifier_invalidate_range_end of every VM', {
  vm: step('mn.nextVm', 'hlist_for_each_entry of the notifiers', { ok: 'srcu', done: '^done' }),
  srcu: step('srcu.readLock', 'srcu_read_lock(&kvm->srcu)', { ok: 'slot' }),
  slot: step('mn.findSlot', 'the first memslot that overlaps', { ok: 'lock', done: 'srcuUnlock' }),
  lock: use('mmu.writeLock', 'seq'),
  seq: step('mmu.advanceSeq', 'kvm_mmu_invalidate_end: mmu_invalidate_seq++, write barrier', { ok: 'drop' }),
  drop: step('mmu.dropInProgress', 'kvm_mmu_invalidate_end: mmu_invalidate_in_progress--', { ok: 'unlock' }),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'srcuUnlock' }),
  srcuUnlock: step('srcu.readUnlock', 'srcu_read_unlock(&kvm->srcu)', { ok: 'count' }),
  count: step('mn.countDown', 'N4: mn_active_invalidate_count--, wake the memslot installer', { ok: 'vm' }),
});

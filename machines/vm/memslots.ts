// The parts of a memslot change: the swap of the two sets, the INVALID phase and its undoing, the fast zap.

import { fragment, step, use } from '../fragment.ts';

export const swap = fragment('slots.swap', 'kvm_swap_active_memslots: no notifier open, one store, then wait for the readers that may have seen the old set', {
  publish: step('slots.publish', 'mn_active_invalidate_count == 0: rcu_assign_pointer(kvm->memslots)', { ok: 'archUnlock', busy: 'sleep' }),
  sleep: step('slots.awaitNotifiers', 'rcuwait: the last notifier wakes it', { ok: 'publish' }),
  archUnlock: step('slots.archUnlock', 'dropped before the wait: a reader may want it inside its SRCU section', { ok: 'mark' }),
  mark: step('srcu.beginSynchronize', 'synchronize_srcu: whom to wait for', { ok: 'synchronize' }),
  synchronize: step('srcu.awaitReaders', 'synchronize_srcu', { ok: 'generation' }),
  generation: step('slots.bumpGeneration', 'kvm_arch_memslots_updated', { ok: '^done' }),
});

export const invalidate = fragment('slots.invalidate', 'kvm_invalidate_memslot: from here on no fault installs an SPTE of the memslot', {
  copy: step('memslot.copyInvalid', 'kvm_copy_memslot, KVM_MEMSLOT_INVALID', { ok: 'swap', enomem: 'archUnlock' }),
  swap: use('slots.swap', 'flush'),
  flush: use('mmu.zapAllFast', 'archLock'),
  archLock: step('slots.archLock', 'mutex_lock(&kvm->slots_arch_lock), which the swap has dropped', { ok: '^done' }),
  archUnlock: step('slots.archUnlock', 'mutex_unlock(&kvm->slots_arch_lock)', { ok: '^error' }),
});

export const restore = fragment('slots.restore', 'the preparation has failed: the original, still in the inactive set, is published again', {
  swap: use('slots.swap', 'mirror'),
  mirror: step('slots.putOld', 'kvm_activate_memslot: into the set that is inactive now', { ok: 'freeInvalid' }),
  freeInvalid: step('memslot.freeInvalid', 'kfree of the INVALID copy', { ok: '^done' }),
});

export const zapAllFast = fragment('mmu.zapAllFast', 'kvm_mmu_zap_all_fast: all roots obsolete at once, vCPUs reload, then the leaves go', {
  lock: use('mmu.writeLock', 'flip'),
  flip: step('mmu.flipRoot', 'kvm_tdp_mmu_invalidate_all_roots', { ok: 'reload' }),
  reload: use('kvm.reloadRemoteRoots', 'unlock'),
  unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: 'readLock' }),
  readLock: use('mmu.readLock', 'zap'),
  zap: step('mmu.zapObsoleteNext', 'kvm_tdp_mmu_zap_invalidated_roots', { more: 'zap', ok: 'flush', clean: 'readUnlock' }),
  flush: use('kvm.flushRemoteTlbs', 'readUnlock'),
  readUnlock: step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: '^done' }),
});

// How a VM ends. It is pinned by its descriptor, by each vCPU descriptor and by each guest_memfd file that is not released;
// whoever goes last, in whatever order, it is destroyed once. A call in progress keeps the file that it came through.

import { fragment, step, use } from '../fragment.ts';

export const vm = fragment('vm', 'struct kvm: rests until nobody holds it, then is destroyed', {
  alive: step('kvm.awaitUnreferenced', 'users_count is above 0', { unreferenced: 'destroy' }, { idle: true }),
  destroy: use('kvm.destroyVm', { done: 'ended' }),
  ended: { type: 'final' },
});

export const destroyVm = {
  ...fragment('kvm.destroyVm', 'kvm_destroy_vm', {
    list: step('kvm.leaveList', 'list_del(&kvm->vm_list), mmu_notifier_unregister', { ok: 'notifiers' }),
    notifiers: step('kvm.awaitNotifiers', 'synchronize_srcu(&srcu) of the notifiers', { ok: 'lock' }),
    lock: use('mmu.writeLock', 'zap'),
    zap: step('kvm.zapAll', 'kvm_flush_shadow_all', { ok: 'unlock' }),
    unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: 'vcpus' }),
    vcpus: step('kvm.destroyVcpus', 'kvm_destroy_vcpus', { ok: 'memslots' }),
    memslots: use('kvm.freeMemslots', 'free'),
    free: step('kvm.free', 'kvm_arch_free_vm', { ok: '^done' }, { progress: true }),
  }),
  frame: 'operation',
};

export const freeMemslots = fragment('kvm.freeMemslots', 'kvm_free_memslots', {
  next: step('kvm.nextMemslot', 'hash_for_each_safe(slots->id_hash)', { ok: 'unbind', done: '^done' }),
  unbind: use('gmem.unbind', 'free'),
  free: step('kvm.freeMemslot', 'kvm_free_memslot', { ok: 'next' }),
});

export const closeVm = fragment('vm.close', 'close(2) of a VM descriptor', {
  remove: step('vm.removeFd', 'file_close_fd', { ok: 'put', badFd: '^done' }),
  put: step('vm.fdput', 'fput: kvm_vm_release', { ok: '^done' }),
});

export const closeVcpu = fragment('vcpu.close', 'close(2) of a vCPU descriptor', {
  remove: step('vcpu.removeFd', 'file_close_fd', { ok: 'put', badFd: '^done' }),
  put: step('vcpu.putFd', 'fput: kvm_vcpu_release, unless KVM_RUN is in progress', { ok: '^done' }),
});

// A vCPU: kvm_arch_vcpu_ioctl_run. SRCU is held everywhere but in guest mode, so that a retry through the guest never
// holds up a memslot update; vcpu->mode is stored before requests are read again, the mirror image of a flush.

import { fragment, step, use } from '../fragment.ts';

export const vcpu = fragment('vcpu', 'struct kvm_vcpu: waits for KVM_RUN, runs the guest, answers with an exit', {
  idle: step('vcpu.receiveRun', 'userspace is elsewhere: no KVM_RUN in progress', { run: 'call', badFd: 'refuse' }, { idle: true }),
  refuse: step('vcpu.refuse', 'KVM_RUN on a descriptor that is closed', { ok: 'idle' }),
  call: use('vcpu.call', 'idle'),
});

export const vcpuCall = fragment('vcpu.call', 'kvm_vcpu_ioctl(KVM_RUN)', {
  lock: step('vcpu.lock', 'mutex_lock(&vcpu->mutex)', { ok: 'run' }),
  run: use('vcpu.run', 'unlock'),
  unlock: step('vcpu.unlock', 'mutex_unlock(&vcpu->mutex)', { ok: 'reply' }),
  reply: step('vcpu.reply', 'KVM_RUN returns to its thread', { ok: '^done' }, { progress: true }),
});

export const vcpuRun = fragment('vcpu.run', 'vcpu_run: one call of KVM_RUN', {
  enter: step('srcu.readLock', 'kvm_vcpu_srcu_read_lock', { ok: 'signals' }),
  signals: step('vcpu.checkSignal', 'xfer_to_guest_mode_handle_work: a pending signal ends the call', { ok: 'requests', pending: 'leave' }),
  requests: step('vcpu.handleRequests', 'vcpu_enter_guest: kvm_check_request of each bit', { ok: 'root', dead: 'leave' }),
  root: step('vcpu.loadRoot', 'kvm_mmu_reload', { ok: 'mode' }),
  mode: step('vcpu.setInGuestMode', 'smp_store_mb(vcpu->mode, IN_GUEST_MODE), interrupts off', { ok: 'recheck' }),
  recheck: step('vcpu.recheckRequests', 'kvm_vcpu_exit_request: the other half of the Dekker pair', { ok: 'unlock', pending: 'cancel' }),
  cancel: step('vcpu.setOutsideGuestMode', 'the entry is cancelled', { ok: 'signals' }),
  unlock: step('srcu.readUnlock', 'kvm_vcpu_srcu_read_unlock before the entry', { ok: 'guest' }),
  guest: step('guest.execute', 'guest mode: the next instruction of the guest', {
    ok: 'guest', spin: 'guest', miss: 'tlbMiss', interrupted: 'interrupted', hypercall: 'exit', halt: 'exit',
    refusedHypercall: 'interrupted',
  }),
  tlbMiss: use('vcpu.tlbMiss', { filled: 'guest', again: 'signals', exit: 'leave' }),
  interrupted: use('vcpu.leaveGuest', 'signals'),
  exit: use('vcpu.leaveGuest', 'leave'),
  leave: step('srcu.readUnlock', 'kvm_vcpu_srcu_read_unlock on the way out', { ok: '^done' }),
});

export const leaveGuest = fragment('vcpu.leaveGuest', 'behind the VM exit: out of guest mode, then into the SRCU read section again', {
  mode: step('vcpu.setOutsideGuestMode', 'vcpu->mode = OUTSIDE_GUEST_MODE, interrupts on: a flush need not wait any longer', { ok: 'srcu' }),
  srcu: step('srcu.readLock', 'kvm_vcpu_srcu_read_lock', { ok: '^done' }),
});

export const tlbMiss = fragment('vcpu.tlbMiss', 'the TLB has no entry for an access: page walk, and the EPT violation if that fails', {
  walk: step('guest.walk', 'hardware page walk', { ok: '^filled', violation: 'leave' }),
  leave: use('vcpu.leaveGuest', 'fault'),
  fault: use('mmu.fault', { retry: '^again', fixed: '^again', exit: '^exit' }),
});

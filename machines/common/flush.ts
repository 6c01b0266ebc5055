// Remote TLB flush and root reload: kvm_make_all_cpus_request with the wait flag (VREQ).

import { fragment, step, type Fragment } from '../fragment.ts';

/** Sets a request on every vCPU of the VM, interrupts those in guest mode, waits until each of these has left it. */
const makeAllCpusRequest = (name: string, description: string, request: string): Fragment => fragment(name, description, {
  next: step(request, 'kvm_make_request: an atomic or, then a full barrier', { ok: 'mode', done: 'wait' }),
  mode: step('flush.readMode', 'kvm_vcpu_exiting_guest_mode', { outside: 'next', inside: 'kick' }),
  kick: step('flush.sendIpi', 'smp_call_function_many', { ok: 'next' }),
  wait: step('flush.awaitAcks', 'smp_call_function_many waits for ack_kick', { ok: '^done' }),
});

export const flushRemoteTlbs = makeAllCpusRequest('kvm.flushRemoteTlbs',
  'kvm_flush_remote_tlbs: when it returns no vCPU can use an older TLB entry', 'flush.requestTlbFlush');

export const reloadRemoteRoots = makeAllCpusRequest('kvm.reloadRemoteRoots',
  'kvm_make_all_cpus_request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS)', 'flush.requestRootReload');

// The actors that carry out system calls: their statecharts follow from the list of calls, one state a call.

import { fragment, step, use, type Fragment, type State } from '../../machines/fragment.ts';
import type { Call } from '../memory/calls.ts';

/** Frame of every call: errno, value, and what all calls keep. Those of a vCPU have one of their own: a page fault, which they may be, has
 *  registers of the same names. */
export const OPERATION_FRAME = 'operation', VCPU_OPERATION_FRAME = 'vcpu.operation';

const TARGETS = {
  vm: 'struct kvm: ioctls of a VM', gmem: 'a guest_memfd file: its system calls', host: "the VMM's process: memory and host faults",
  vcpu: 'struct kvm_vcpu: ioctls of a vCPU besides KVM_RUN',
} as const;

/** Root fragments `vm.operations`, `gmem.operations`, `host.operations`, `vcpu.operations`, and for each call the fragment around it. */
export function operationFragments(calls: readonly Call[]): Fragment[] {
  const result: Fragment[] = [];
  for (const [target, description] of Object.entries(TARGETS)) {
    const own = calls.filter((call) => call.on === target);
    if (own.length === 0) continue;
    const states: Record<string, State> = {
      idle: step('op.receive', 'no system call of this thread is in progress', Object.fromEntries(own.map((call) => [call.name, call.name])), { idle: true }),
    };
    for (const call of own) {
      states[call.name] = use(`op.${call.name}`, 'idle');
      const reply = step('op.reply', 'the system call returns', { ok: '^done' }, { progress: true });
      result.push({
        ...fragment(`op.${call.name}`, call.description, call.vmIoctl !== true ? { carryOut: use(call.fragment, 'reply'), reply } : {
          fdget: step('vm.fdget', 'fdget of the VM descriptor', { ok: 'carryOut', badFd: 'reply' }),
          carryOut: use(call.fragment, 'fdput'),
          fdput: step('vm.fdput', 'fdput', { ok: 'reply' }),
          reply,
        }),
        frame: target === 'vcpu' ? VCPU_OPERATION_FRAME : OPERATION_FRAME,
      });
    }
    result.push(fragment(`${target}.operations`, description, states));
  }
  return result;
}

// What KVM_RUN said when it returned, as recordings write it.

import { EXIT_HYPERCALL, EXIT_INTR, EXIT_MEMORY_FAULT, EXIT_MMIO, EXIT_HLT, KVM_EXITS } from '../memory/layouts/vcpu.ts';
import type { World } from '../memory/world.ts';
import { errnoName } from './errnos.ts';
import type { Result } from './recording.ts';
import { numeric, PAGE, unsigned64 } from './values.ts';

/** The fields of an exit of `vcpu` with this errno, but for what the guest has read and for signals. */
export function exitFields({ facts, kvm_run, kvm_run_data }: World, vcpu: number, errno: number): Result {
  const exit = kvm_run(vcpu);
  const data = kvm_run_data(vcpu);
  const ret = errno === 0 ? { ret: 0 } : { ret: -1, errno: errnoName(errno) };
  const gpa = (): bigint => facts.gfns.real(exit.gfn - 1) << 12n;
  switch (exit.exit_reason) {
    case EXIT_HLT: return { ...ret, exit_reason: 'none' };
    case EXIT_MEMORY_FAULT: return { ...ret, exit_reason: 'MEMORY_FAULT', payload: { gpa: numeric(gpa()), size: Math.max(1, exit.npages) * PAGE, flags: exit.flags } };
    case EXIT_MMIO: return { ...ret, exit_reason: 'MMIO', payload: { gpa: numeric(gpa() + BigInt(data.offset)), len: data.len, write: data.is_write !== 0 } };
    case EXIT_HYPERCALL: {
      const args = [[data.arg0_lo, data.arg0_hi], [data.arg1_lo, data.arg1_hi], [data.arg2_lo, data.arg2_hi]] as const;
      return { ...ret, exit_reason: 'HYPERCALL', payload: { nr: data.nr, args: args.map(([low, high]) => numeric(unsigned64(low, high))), flags: data.hypercall_flags } };
    }
    case EXIT_INTR: return { ...ret, exit_reason: 'INTR' };
    case 0: return { ...ret, exit_reason: 'UNKNOWN' };
    default: return { ...ret, exit_reason: KVM_EXITS[exit.exit_reason] ?? `exit ${exit.exit_reason}` };
  }
}

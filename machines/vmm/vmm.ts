// A VMM thread: a program of system calls and host accesses; where it runs a vCPU, the reaction to its exits (QEMU's loop).

import { end, fragment, step } from '../fragment.ts';

export const vmm = fragment('vmm', 'a userspace thread of the VMM', {
  next: step('vmm.next', 'userspace: the next instruction of the program', {
    ok: 'next', sent: 'reply', running: 'exit', end: 'ended',
  }),
  reply: step('vmm.receiveReply', 'in a system call', { ok: 'next', unexpected: 'next' }),
  exit: step('vmm.receiveExit', 'in ioctl(vcpu, KVM_RUN)', { next: 'next', again: 'again' }),
  again: step('vmm.runAgain', 'ioctl(vcpu, KVM_RUN)', { ok: 'exit' }),
  ended: end,
});

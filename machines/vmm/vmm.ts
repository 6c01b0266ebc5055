// A VMM thread: a program of system calls and host accesses; where it runs a vCPU, the reaction to its exits (QEMU's loop).

import { end, fragment, step, use, type States } from '../fragment.ts';

/** A thread that executes a program; behind its last instruction it goes on in state `behind`. */
const thread = (behind: string): States => ({
  next: step('vmm.next', 'userspace: the next instruction of the program', {
    ok: 'next', sent: 'reply', running: 'exit', host: 'access', child: 'child', signalled: 'handler', end: behind,
  }),
  reply: step('vmm.receiveReply', 'in a system call', { ok: 'next', unexpected: 'next' }),
  access: use('vmm.access', 'next'),
  child: use('vmm.childAccess', 'next'),
  handler: step('vmm.handleSignal', 'the signal handler', { ok: 'next' }),
  exit: step('vmm.receiveExit', 'in ioctl(vcpu, KVM_RUN)', { next: 'next', again: 'again', interrupted: 'runHandler', convert: 'convert', ask: 'asking' }),
  asking: step('vmm.receiveDecision', 'asks the outside what to do with an exit', { next: 'next', again: 'again', convert: 'convert' }, { outside: 'decision' }),
  runHandler: step('vmm.handleRunSignal', 'the signal handler, between two KVM_RUN', { next: 'next', again: 'again' }),
  convert: use('vmm.convert', { done: 'again', failed: 'next' }),
  again: step('vmm.runAgain', 'ioctl(vcpu, KVM_RUN)', { ok: 'exit' }),
});

export const vmm = fragment('vmm', 'a userspace thread of the VMM', { ...thread('ended'), ended: end });

export const commanded = {
  ...fragment('vmm.commanded', 'a userspace thread of the VMM that does what it is told from outside, one command after the other', {
    idle: step('command.receive', 'no command has come', { command: 'next' }, { idle: true, outside: 'command' }),
    ...thread('finish'),
    finish: step('command.finish', 'the command is done', { ok: 'idle' }, { progress: true }),
  }),
  frame: 'vmm',
};

export const hostAccess = fragment('vmm.access', 'a load or store to shared guest memory', {
  access: step('vmm.hostAccess', 'the access, if the page table allows it', { ok: '^done', unexpected: '^done', fault: 'fault' }),
  fault: use('host.handleFault', { done: 'access', unmapped: 'segv', denied: 'accerr', enomem: 'segv', poisoned: 'sigbus' }),
  segv: step('vmm.raiseSegv', 'force_sig_fault(SIGSEGV, SEGV_MAPERR)', { ok: '^done' }),
  accerr: step('vmm.raiseAccerr', 'force_sig_fault(SIGSEGV, SEGV_ACCERR)', { ok: '^done' }),
  sigbus: step('vmm.raiseSigbus', 'force_sig_mceerr(BUS_MCEERR_AR)', { ok: '^done' }),
});

export const childAccess = fragment('vmm.childAccess', 'a load or store by a child that is forked for it and exits', {
  access: step('child.access', 'the access through the copy of the mapping', { ok: '^done' }),
});

export const convert = fragment('vmm.convert', 'kvm_convert_memory of QEMU: attributes first, then the memory of the old side', {
  attributes: step('convert.sendAttributes', 'ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES)', { sent: 'converted' }),
  converted: step('convert.receive', 'in ioctl(vm)', { ok: 'discard', failed: '^failed' }),
  discard: step('convert.discardNext', 'ram_block_discard_range, ram_block_discard_guest_memfd_range', { sent: 'discarded', done: '^done' }),
  discarded: step('convert.receive', 'in fallocate(2) or madvise(2)', { ok: 'discard', failed: '^failed' }),
});

// Steps of a VMM thread: its program of system calls, and its reaction to the exits of the vCPU that it runs (T12).

import { blocked, ok, outcome } from '../memory/outcome.ts';
import { againOf, expectedOf, INSTRUCTION, instruction, operand, POLICY, VMM } from '../memory/code.ts';
import * as mailbox from '../memory/mailbox.ts';
import { SIGBUS } from '../memory/layouts/host.ts';
import { EXIT_HLT, EXIT_HYPERCALL, EXIT_INTERNAL_ERROR, EXIT_INTR, EXIT_MEMORY_FAULT, EXIT_SHUTDOWN, MEMORY_FAULT_FLAG_PRIVATE } from '../memory/layouts/vcpu.ts';
import { advance, takeBranch, type Program } from './control.ts';
import { EBADF, EFAULT, EINTR } from './errno.ts';
import { signalled } from './fallocate.ts';
import { keepSiginfo } from './siginfo.ts';
import { MESSAGE_RUN } from './vcpu.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const sent = outcome('sent');
export const running = outcome('running');
export const end = outcome('end');
export const next = outcome('next');
export const again = outcome('again');
export const convert = outcome('convert');
export const host = outcome('host');
export const child = outcome('child');
export const unexpected = outcome('unexpected');
export const interrupted = outcome('interrupted');
export const ask = outcome('ask');

/** Words of KVM_RUN's message. */
const RUN_WORDS = 4;

/** ret: errno of the last call. */
export type Vmm = Program & { ret: number };

/** Puts the call of the instruction at the program counter into the mailbox of the operation that carries it out. */
function sendCall({ mailbox: boxes, facts }: World, self: number, pc: number): void {
  const { code } = facts;
  const at = instruction(facts, self, pc);
  const box = boxes(code[at + 3]!);
  box.type = code[at + 1]! + 1;
  box.from = self;
  const { payload } = box;
  const words = Math.min(payload.length, INSTRUCTION - 4);
  for (let i = 0; i < words; i++) {
    const word = code[at + 4 + i]!;
    if (word !== 0) payload.put(i, word);
  }
}

/** The handler runs: the signal is not pending any more. */
function takeSignal(world: World, thread: number): number {
  const pending = world.signal(thread);
  const { number } = pending;
  keepSiginfo(world, thread, { number, code: pending.code, hva: pending.hva, pfn: 0 });
  pending.number = 0;
  pending.hva = 0;
  pending.code = 0;
  return number;
}

interface Exit { readonly reason: number; readonly gfn: number; readonly npages: number; readonly flags: number; readonly attributes: number }

/** What kvm_run says of the last exit. */
function copyOfExit({ kvm_run, facts }: World, f: Frame<Vmm>): Exit {
  const { exit_reason, gfn, npages, flags, attributes } = kvm_run(operand(facts, f.self, f.pc, 2));
  return { reason: exit_reason, gfn, npages, flags, attributes };
}

/** Does with an exit what a policy says; a conversion is one only where the exit asks for it. */
function answer({ facts }: World, f: Frame<Vmm & { gfn: number; npages: number; attributes: number }>, policy: number, exit: Exit): number {
  if (policy === POLICY.RETRY) return again;
  const asked = f.ret === 0 && exit.reason === EXIT_HYPERCALL;
  if (policy === POLICY.CONVERT && (asked || (f.ret === EFAULT && exit.reason === EXIT_MEMORY_FAULT))) {
    f.gfn = exit.gfn - 1;
    f.npages = exit.npages;
    f.attributes = asked ? exit.attributes : (exit.flags & MEMORY_FAULT_FLAG_PRIVATE) !== 0 ? 1 : 0;
    return convert;
  }
  advance(facts, f);
  return next;
}

export const steps = {
  /** The thread's next instruction: a system call, KVM_RUN, an access through a mapping, or waiting for another thread. */
  'vmm.next': (world, f, choose) => {
    const { facts } = world;
    const operation = operand(facts, f.self, f.pc, 0);
    // A thread that waits for another one looks at its signals when the wait is over.
    if (operation === VMM.AWAIT && world.sync_point(operand(facts, f.self, f.pc, 1)).count === 0) {
      return blocked(world.sync_point(operand(facts, f.self, f.pc, 1)));
    }
    if (world.signal(f.thread).number !== 0) return signalled;
    switch (operation) {
      case VMM.CALL:
        sendCall(world, f.self, f.pc);
        return sent;
      case VMM.RUN: {
        const box = world.mailbox(operand(facts, f.self, f.pc, 1));
        box.type = MESSAGE_RUN;
        box.from = f.self;
        // Where the guest begins, and what a hypercall has come to.
        for (let i = 0; i < RUN_WORDS; i++) {
          const word = operand(facts, f.self, f.pc, 7 + i);
          if (word !== 0) box.payload.put(i, word);
        }
        return running;
      }
      case VMM.HOST_ACCESS: return operand(facts, f.self, f.pc, 10) !== 0 ? child : host;
      case VMM.MIX:
        takeBranch(facts, f, choose);
        return ok;
      case VMM.NOTIFY:
        world.sync_point(operand(facts, f.self, f.pc, 1)).add_count(1);
        advance(facts, f);
        return ok;
      case VMM.AWAIT:
        advance(facts, f);
        return ok;
      default: return end;
    }
  },
  /** The system call has returned; upon an errno that the program names for it the thread calls again. */
  'vmm.receiveReply': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    f.ret = box.payload.at(0);
    mailbox.take(box);
    const word = operand(world.facts, f.self, f.pc, 2);
    const expected = expectedOf(word);
    // EAGAIN and the like: the same instruction once more.
    if (f.ret !== 0 && f.ret === againOf(word)) return ok;
    advance(world.facts, f);
    return expected !== 0 && expected - 1 !== f.ret ? unexpected : ok;
  },
  /** KVM_RUN has returned: what the exit policy makes of it. */
  'vmm.receiveExit': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    const errno = box.payload.at(0);
    mailbox.take(box);
    f.ret = errno;
    const policy = operand(world.facts, f.self, f.pc, 3);
    // All of it is read here: an exit that the outside is asked about is told from what this step saw.
    const exit = copyOfExit(world, f);
    // What did not run has not written kvm_run: an exit of before stands there.
    const closed = errno === EBADF;
    if (!closed && (errno === EINTR || exit.reason === EXIT_INTR)) return interrupted;
    const over = closed || exit.reason === EXIT_HLT || exit.reason === EXIT_SHUTDOWN || exit.reason === EXIT_INTERNAL_ERROR;
    if (!over && policy === POLICY.ASK) return ask;
    return answer(world, f, over ? POLICY.STOP : policy, exit);
  },
  /** The outside has decided what to do with the exit. */
  'vmm.receiveDecision': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    const decision = box.payload.at(0);
    mailbox.take(box);
    return answer(world, f, decision, copyOfExit(world, f));
  },
  /** The signal handler of a thread in userspace. */
  'vmm.handleSignal': (world, f) => {
    takeSignal(world, f.thread);
    return ok;
  },
  /** The same behind an interrupted KVM_RUN. A SIGBUS says that the guest cannot have its page: the VMM gives the vCPU up. */
  'vmm.handleRunSignal': (world, f) => {
    const number = takeSignal(world, f.thread);
    if (number !== SIGBUS && operand(world.facts, f.self, f.pc, 3) !== POLICY.RETURN) return again;
    advance(world.facts, f);
    return next;
  },
  /** ioctl(vcpu, KVM_RUN) once more. */
  'vmm.runAgain': (world, f) => {
    const box = world.mailbox(operand(world.facts, f.self, f.pc, 1));
    box.type = MESSAGE_RUN;
    box.from = f.self;
    return ok;
  },
} satisfies { [name: string]: Step<Vmm & { gfn: number; npages: number; attributes: number }> };

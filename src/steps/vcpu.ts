// Steps of the KVM_RUN loop: the message from the VMM, requests, entry and exit of guest mode, what userspace is told.

import { ok, outcome } from '../memory/outcome.ts';
import * as mailbox from '../memory/mailbox.ts';
import {
  EXIT_HYPERCALL, EXIT_INTR, EXIT_MMIO, IN_GUEST_MODE, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, KVM_REQ_TLB_FLUSH, KVM_REQ_VM_DEAD, OUTSIDE_GUEST_MODE,
} from '../memory/layouts/vcpu.ts';
import { advance, restartAt, type Program } from './control.ts';
import { EBADF, EINTR, EIO } from './errno.ts';
import { badFd } from './fallocate.ts';
import { setResult } from './guest-bytes.ts';
import { emptyTlb } from './tlb.ts';
import { putVcpuFile } from './vm-life.ts';
import type { Step } from '../memory/world.ts';

export const run = outcome('run');
export const pending = outcome('pending');
export const dead = outcome('dead');

/** Message types of KVM_RUN and of every answer to a VMM thread. KVM_RUN may carry the instruction, + 1, that the guest begins at: the
 *  registers that userspace has set (kvm_dirty_regs). */
export const MESSAGE_RUN = 1;
export const MESSAGE_REPLY = 2;

type Vcpu = Program & { pick: number; errno: number };

export const steps = {
  /** The KVM_RUN ioctl arrives at the vCPU. complete_userspace_io: what userspace has done for the last exit ends the instruction that caused it,
   *  unless it has set the registers. */
  'vcpu.receiveRun': (world, f) => {
    const { mailbox: boxes, kvm_run, vcpu_fd, facts } = world;
    const box = boxes(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    const entry = box.payload.at(0);
    const descriptor = vcpu_fd(f.vcpu);
    const exit = kvm_run(f.vcpu);
    const completed = exit.exit_reason;
    if (completed === EXIT_HYPERCALL && descriptor.open !== 0 && facts.sizes.segment > 0) setResult(world, f.vcpu, { low: box.payload.at(2), high: box.payload.at(3) });
    mailbox.take(box);
    if (descriptor.open === 0) return badFd;
    descriptor.add_f_count(1);
    exit.exit_reason = 0;
    exit.gfn = 0;
    exit.npages = 0;
    exit.flags = 0;
    exit.attributes = 0;
    exit.hypercall_ret = 0;
    if (entry !== 0) restartAt(f, entry - 1);
    else if (completed === EXIT_MMIO) advance(facts, f);
    return run;
  },
  /** A signal for the thread that runs this vCPU ends KVM_RUN with EINTR. */
  'vcpu.checkSignal': ({ signal, kvm_run }, f) => {
    if (f.thread < 0 || signal(f.thread).number === 0) return ok;
    kvm_run(f.vcpu).exit_reason = EXIT_INTR;
    f.errno = EINTR;
    return pending;
  },
  /** kvm_check_request, each bit tested and cleared: a flush empties the TLB, obsolete roots are dropped, a dead VM ends the run. */
  'vcpu.handleRequests': (world, f) => {
    const requests = world.vcpu_requests(f.vcpu);
    const { bits } = requests;
    if (bits === 0) return ok;
    if ((bits & KVM_REQ_VM_DEAD) !== 0) {
      f.errno = EIO;
      return dead;
    }
    requests.bits = 0;
    if ((bits & KVM_REQ_MMU_FREE_OBSOLETE_ROOTS) !== 0) {
      const loaded = world.vcpu_root(f.vcpu);
      if (loaded.root !== 0 && loaded.root - 1 !== world.mmu_root(f.vm).valid) loaded.root = 0;
    }
    if ((bits & KVM_REQ_TLB_FLUSH) !== 0) emptyTlb(world, f.vcpu);
    return ok;
  },
  /** kvm_mmu_load: a vCPU without a root gets the valid one; a new root starts with an empty TLB. */
  'vcpu.loadRoot': (world, f) => {
    const loaded = world.vcpu_root(f.vcpu);
    if (loaded.root !== 0) return ok;
    loaded.root = world.mmu_root(f.vm).valid + 1;
    emptyTlb(world, f.vcpu);
    return ok;
  },
  /** Interrupts off, vcpu->mode = IN_GUEST_MODE, full barrier. */
  'vcpu.setInGuestMode': ({ vcpu_mode }, f) => {
    vcpu_mode(f.vcpu).mode = IN_GUEST_MODE;
    return ok;
  },
  /** kvm_vcpu_exit_request: the re-check behind the barrier, of requests and of signals. */
  'vcpu.recheckRequests': ({ vcpu_requests, signal }, f) =>
    (vcpu_requests(f.vcpu).bits !== 0 || (f.thread >= 0 && signal(f.thread).number !== 0) ? pending : ok),
  /** Out of the guest, or never in: mode, then interrupts on again, so that a pending one is handled. */
  'vcpu.setOutsideGuestMode': ({ vcpu_mode, interrupt }, f) => {
    vcpu_mode(f.vcpu).mode = OUTSIDE_GUEST_MODE;
    interrupt(f.vcpu).pending = 0;
    return ok;
  },
  /** KVM_RUN drops the vCPU's file, which may have been closed meanwhile, and returns to the VMM thread that called it. */
  'vcpu.reply': (world, f) => {
    putVcpuFile(world, f.vcpu);
    mailbox.send(world.mailbox(f.caller), MESSAGE_REPLY, f.self, [f.errno]);
    return ok;
  },
  /** KVM_RUN on a closed descriptor. */
  'vcpu.refuse': ({ mailbox: boxes }, f) => {
    mailbox.send(boxes(f.caller), MESSAGE_REPLY, f.self, [EBADF]);
    return ok;
  },
} satisfies { [name: string]: Step<Vcpu> };

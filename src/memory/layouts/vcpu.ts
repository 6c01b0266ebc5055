// A virtual CPU: its mode and requests (the Dekker pair of VREQ), TLB, root, kvm_run, and the interrupts on the way to it.

import { layout } from '../layout.ts';

export const VCPU_MODES = ['OUTSIDE_GUEST_MODE', 'IN_GUEST_MODE', 'EXITING_GUEST_MODE'] as const;
export const OUTSIDE_GUEST_MODE = 0, IN_GUEST_MODE = 1, EXITING_GUEST_MODE = 2;

/** vcpu->mode. The vCPU stores it, then reads its requests; a requester sets a request, then reads the mode. */
export const vcpu_mode = layout('vcpu_mode', { mode: { names: VCPU_MODES } }, { per: ['vcpu'] });

export const KVM_REQ_TLB_FLUSH = 1, KVM_REQ_VM_DEAD = 2, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS = 4;
/** vcpu->requests. Set by anyone with an atomic or, cleared by the vCPU. */
export const vcpu_requests = layout('vcpu_requests', { bits: {} }, { per: ['vcpu'] });

/** One entry of a vCPU's TLB, filled by its page walker from a present SPTE, kept until a flush or an eviction. */
export const tlb = layout('tlb', {
  pfn: { ref: 'pfn' },
  private: {},
  writable: {},
}, { per: ['vcpu', 'gfn'] });

/** Which entries of a vCPU's TLB hold a translation: what a flush has to empty. */
export const tlb_filled = layout('tlb_filled', { gfns: { bits: 'gfn' } }, { per: ['vcpu'] });

/** The root page table that a vCPU has loaded, + 1; 0: none. */
export const vcpu_root = layout('vcpu_root', { root: {} }, { per: ['vcpu'] });

/** vcpu->mutex: one ioctl at a time. */
export const vcpu_lock = layout('vcpu_lock', { owner: { ref: 'actor' } }, { per: ['vcpu'] });

/** vCPU descriptor, and the references on its struct file: the descriptor and KVM_RUN while it is in progress. */
export const vcpu_fd = layout('vcpu_fd', { open: {}, f_count: { counter: true } }, { per: ['vcpu'] });

/** Inter-processor interrupts towards the CPU of a vCPU, one bit a sender: in flight, then taken by the handler until it acknowledges. */
export const ipi = layout('ipi', {
  inflight: { bits: 'actor' },
  taken: { bits: 'actor' },
}, { per: ['vcpu'] });

/** The CPU of a vCPU has an interrupt to take: the guest executes nothing more before it has left guest mode. */
export const interrupt = layout('interrupt', { pending: {} }, { per: ['vcpu'] });

/** Which flushing operations have already kicked this vCPU: the mark of a loop over vCPUs, kept here so that vCPUs stay symmetric. */
export const flush_mark = layout('flush_mark', { marked_by: { bits: 'actor' } }, { per: ['vcpu'] });

export const KVM_EXITS = ['none', 'MEMORY_FAULT', 'HYPERCALL', 'MMIO', 'HLT', 'INTR', 'SHUTDOWN', 'INTERNAL_ERROR'] as const;
export const EXIT_NONE = 0, EXIT_MEMORY_FAULT = 1, EXIT_HYPERCALL = 2, EXIT_MMIO = 3, EXIT_HLT = 4, EXIT_INTR = 5, EXIT_SHUTDOWN = 6, EXIT_INTERNAL_ERROR = 7;
export const MEMORY_FAULT_FLAG_PRIVATE = 8;

/** struct kvm_run as far as exits go. Written by the vCPU before it replies, read by its VMM thread. */
export const kvm_run = layout('kvm_run', {
  exit_reason: { names: KVM_EXITS },
  /** gfn of a MEMORY_FAULT, HYPERCALL or MMIO exit, + 1. */
  gfn: { ref: 'gfn' },
  npages: {},
  flags: {},
  /** HYPERCALL: attributes asked for. */
  attributes: {},
  /** HYPERCALL: what the guest gets as the result, an errno negated; userspace writes it, or KVM when it refuses. */
  hypercall_ret: {},
}, { per: ['vcpu'] });

/** What kvm_run says of an exit beyond `kvm_run`, for worlds whose accesses are of bytes: as the guest has put it into its registers, or what
 *  its access was. A field of another kind of exit stands as the last one of its kind has left it. */
export const kvm_run_data = layout('kvm_run_data', {
  /** HYPERCALL: number, three arguments, and its flags. */
  nr: {}, arg0_lo: {}, arg0_hi: {}, arg1_lo: {}, arg1_hi: {}, arg2_lo: {}, arg2_hi: {}, hypercall_flags: {},
  /** MMIO: first byte within the page, bytes, and whether it writes. */
  offset: {}, len: {}, is_write: {},
}, { per: ['vcpu'] });

/** Registers of the guest, for worlds whose accesses are of bytes: what it has read last, or got from its last hypercall. */
export const vcpu_regs = layout('vcpu_regs', { rax_lo: {}, rax_hi: {} }, { per: ['vcpu'] });

/** A vCPU that a call has made: its id within the VM, + 1. It stays taken until the VM goes. */
export const vcpu_id = layout('vcpu_id', { number: {} }, { per: ['vcpu'] });

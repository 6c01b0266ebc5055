// struct kvm: lifetime, memslots, and the locks of a VM outside the MMU.

import { layout } from '../layout.ts';

export const KVM_STATES = ['none', 'live', 'dead'] as const;
export const KVM_LIVE = 1, KVM_DEAD = 2;

/** Lifetime of a VM. Holders of users_count: the VM descriptor, each vCPU descriptor, each gmem file. */
export const kvm = layout('kvm', {
  state: { names: KVM_STATES },
  users_count: { counter: true },
  /** The VM descriptor is open. */
  fd_open: {},
  vm_dead: {},
}, { per: ['vm'] });

/** struct kvm_arch: which hypercalls leave to userspace, a bit each by their number (KVM_CAP_EXIT_HYPERCALL). */
export const kvm_arch = layout('kvm_arch', { hypercall_exit_enabled: {} }, { per: ['vm'] });

/** The VM's struct file: references by its descriptor and by each ioctl in progress. The file holds one users_count. */
export const vm_file = layout('vm_file', { f_count: { counter: true } }, { per: ['vm'] });

/** kvm->slots_lock, a mutex: memslot changes, attributes, writes of slot->gmem.file, release. */
export const slots_lock = layout('slots_lock', { owner: { ref: 'actor' } }, { per: ['vm'] });

/** kvm->slots_arch_lock, a mutex: arch parts of memslots; dropped before synchronize_srcu. */
export const slots_arch_lock = layout('slots_arch_lock', { owner: { ref: 'actor' } }, { per: ['vm'] });

/** mn_active_invalidate_count and the memslot installer that waits for 0. Both under mn_invalidate_lock, each step being one hold. */
export const mn_invalidate = layout('mn_invalidate', {
  mn_active_invalidate_count: { counter: true },
  waiter: { ref: 'actor' },
  /** Actors that are in a callback of this VM's notifier: its SRCU readers, for which mmu_notifier_unregister waits. */
  callbacks: { bits: 'actor' },
}, { per: ['vm'] });

/** kvm->memslots: which of the two sets readers see. Published by one store; read under SRCU. */
export const memslots = layout('memslots', {
  active: {},
  generation: { monotone: true },
}, { per: ['vm'] });

/** One of a VM's two memslot sets: memslot number by slot id, 0 where there is none. Written only while inactive. */
export const memslot_set = layout('memslot_set', {
  slot: { cells: 'slotId' },
}, { per: ['vm', 'set'] });

export const SLOT_STATES = ['free', 'live', 'freed'] as const;
export const SLOT_FREE = 0, SLOT_LIVE = 1, SLOT_FREED = 2;
/** Flags of struct kvm_userspace_memory_region2 and KVM's internal one. */
export const KVM_MEM_LOG_DIRTY_PAGES = 1;
export const KVM_MEM_READONLY = 2;
export const KVM_MEM_GUEST_MEMFD = 4;
export const KVM_MEMSLOT_INVALID = 1 << 16;
/** … and of a slot whose shared memory is its file's too. */
export const KVM_MEMSLOT_GMEM_ONLY = 1 << 17;

/** struct kvm_memory_slot. Immutable once published, but for its gmem pointer, which is an object of its own. */
export const memslot = layout('memslot', {
  /** freed: kfree was called and the object has not been allocated again. */
  state: { names: SLOT_STATES },
  /** VM number + 1. */
  kvm: { ref: 'vm' },
  /** Row of the table of memslots: its id, and in a second address space more. */
  slot_id: {},
  base_gfn: { ref: 'gfn' },
  npages: {},
  /** Host page behind the first gfn, + 1; 0 for none. */
  hva: { ref: 'hva' },
  flags: {},
  /** File index behind the first gfn. */
  pgoff: { ref: 'index' },
}, { per: ['slot'] });

/** slot->gmem.file: a weak pointer, read by faults without a lock, nulled by release and unbind. */
export const slot_gmem = layout('slot_gmem', { file: { ref: 'file' } }, { per: ['slot'] });

/** One reader of kvm->srcu: the VM (+ 1) in whose read section the actor is, and the synchronizers that wait for it to leave. */
export const srcu_reader = layout('srcu_reader', {
  kvm: { ref: 'vm' },
  awaited_by: { bits: 'actor' },
}, { per: ['actor'] });

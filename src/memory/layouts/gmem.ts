// guest_memfd: files, inodes, page cache, bindings.

import { layout } from '../layout.ts';

export const FILE_STATES = ['free', 'live', 'dying', 'released'] as const;
export const FILE_FREE = 0, FILE_LIVE = 1, FILE_DYING = 2, FILE_RELEASED = 3;

/** struct file of a guest_memfd, and its struct kvm_gmem. live → dying (count 0, release queued) → released. */
export const file = layout('file', {
  state: { names: FILE_STATES },
  f_count: { counter: true },
  inode: { ref: 'inode' },
  /** VM number + 1: gmem->kvm. */
  kvm: { ref: 'vm' },
}, { per: ['file'] });

/** gmem->bindings at one index. Written under invalidate_lock exclusive; faults read it with no lock but the SRCU section. */
export const binding = layout('binding', { slot: { ref: 'slot' } }, { per: ['file', 'index'] });

/** A gmem inode. Folios belong to it; a VM's view of it is the file. Its files are those that name it: `file.inode` is the list. */
export const inode = layout('inode', {
  live: {},
  /** References: open files. */
  i_count: { counter: true },
  /** Pages; immutable. Number of the first index behind the end. */
  i_size: { ref: 'index' },
  /** The size in bytes, exactly: two words. */
  size_lo: {},
  size_hi: {},
}, { per: ['inode'] });

/** Flags that the file of an inode was made with: 1 MMAP, 2 INIT_SHARED. */
export const inode_flags = layout('inode_flags', { flags: {} }, { per: ['inode'] });

/** mapping->invalidate_lock, an rw_semaphore: a queued writer holds back new readers. */
export const invalidate_lock = layout('invalidate_lock', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  waiting_writers: { bits: 'actor' },
}, { per: ['inode'] });

/** One entry of the page cache. Inserted and removed with the folio locked. */
export const cache = layout('cache', { pfn: { ref: 'pfn' } }, { per: ['inode', 'index'] });

/** A descriptor of the VMM's process, by the name that the scenario gives it. */
export const fd = layout('fd', { file: { ref: 'file' } }, { per: ['fd'] });

export const DESCRIPTOR_KINDS = ['none', 'vm', 'vcpu', 'kvm', 'memfd', 'eventfd', 'pipe', 'devzero', 'devnull'] as const;
/** What a descriptor that is not of a guest_memfd is of: another one of a VM, /dev/kvm, or a file that KVM knows nothing of. */
export const DESCRIPTOR_NONE = 0, DESCRIPTOR_VM = 1, DESCRIPTOR_VCPU = 2, DESCRIPTOR_KVM = 3, DESCRIPTOR_MEMFD = 4, DESCRIPTOR_EVENTFD = 5, DESCRIPTOR_PIPE = 6,
  DESCRIPTOR_DEVZERO = 7, DESCRIPTOR_DEVNULL = 8;

/** A descriptor that is not of a guest_memfd. */
export const descriptor = layout('descriptor', {
  kind: { names: DESCRIPTOR_KINDS },
  /** Number of the VM; of another file the descriptor that it was made by: duplicates have the same. */
  object: {},
  /** Bytes of a memfd: two words. */
  size_lo: {},
  size_hi: {},
}, { per: ['fd'] });

/** Ghost: the content that a reader of this page of the file must see. tag -1: unspecified. */
export const file_content = layout('file_content', {
  tag: {},
  writer: {},
  value: {},
}, { per: ['inode', 'index'], ghost: true });

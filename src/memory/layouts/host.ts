// The VMM's process: its page tables over shared memory, threads, signals, user-level synchronisation of a scenario.

import { layout } from '../layout.ts';

/** A host page-table entry of the VMM's process. Changed with its page-table lock held, which is one step. */
export const hpte = layout('hpte', {
  pfn: { ref: 'pfn' },
  writable: {},
  /** The entry is a poison marker: any use raises SIGBUS. */
  hwpoison: {},
  /** The page is there, but the CPU may not use it: mprotect(PROT_NONE). */
  protnone: {},
}, { per: ['hva'] });

/** A mapped region of host memory: the VMA. Changed under mmap_lock exclusive. */
export const vma = layout('vma', {
  mapped: {},
  /** Backed by huge pages of HP2 (4 pages). */
  huge: {},
  /** Pages of it that were unmapped one by one. */
  holes: { bits: 'hva' },
}, { per: ['region'] });

/** mm->mmap_lock of the VMM's process. */
export const mmap_lock = layout('mmap_lock', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  waiting_writers: { bits: 'actor' },
});

/** Flags of `vm_flags`: what a page of a mapping does not allow, or allows beyond reading and writing, and what was asked for it. */
export const VM_NO_READ = 1, VM_NO_WRITE = 2, VM_EXEC = 4, VM_LOCKED = 8, VM_DONTCOPY = 16, VM_WIPEONFORK = 32;

/** vma->vm_flags, page by page, since mprotect, mlock and madvise split a mapping wherever they like. 0: to be read and written. */
export const vm_flags = layout('vm_flags', { flags: {} }, { per: ['hva'] });

/** vma->vm_file, vma->vm_pgoff: the file behind a region. A mapping holds a reference on it. file 0: anonymous and private. */
export const mapping = layout('mapping', {
  file: { ref: 'file' },
  inode: { ref: 'inode' },
  /** Bytes into the file of the region's first page: two words. */
  offset_lo: {},
  offset_hi: {},
}, { per: ['region'] });

export const SIGBUS = 7, SIGSEGV = 11;
/** si_code of SIGBUS: the machine check was consumed by the access; was only noticed; no such page. */
export const BUS_MCEERR_AR = 4, BUS_MCEERR_AO = 5, BUS_ADRERR = 2;
/** si_code of SIGSEGV: there is no mapping; it does not allow the access. */
export const SEGV_MAPERR = 1, SEGV_ACCERR = 2;

/** What a thread's last command has met, kept for who has sent it: the signal that was handled last (number 0: none), its code and its host
 *  page, + 1; or the page frame that its last access reached, 0 for a page of zeros that has none. Kept only in worlds whose content is by bytes. */
export const siginfo = layout('siginfo', {
  number: {},
  code: {},
  hva: { ref: 'hva' },
  pfn: { ref: 'pfn' },
}, { per: ['thread'] });

/** A signal that has arrived at a VMM thread. number 0: none. SIGBUS and SIGSEGV carry the host page (+ 1) they are about, and si_code. */
export const signal = layout('signal', {
  number: {},
  hva: { ref: 'hva' },
  code: {},
}, { per: ['thread'] });

/** A synchronisation point of a scenario's programs: set once by `notify`, waited for by `await`. */
export const sync_point = layout('sync_point', { count: { counter: true } }, { per: ['event'] });

/** Faults to inject: the operation fails when its countdown, which each try lowers, reaches 1; 0 never. */
export const fault_injection = layout('fault_injection', {
  allocation: {},
  arch_prepare: {},
});

/** Ghost: the content that a reader of this host page must see. */
export const host_content = layout('host_content', {
  tag: {},
  writer: {},
  value: {},
}, { per: ['hva'], ghost: true });

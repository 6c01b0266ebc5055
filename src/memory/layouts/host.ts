// The VMM's process: its page tables over shared memory, threads, signals, user-level synchronisation of a scenario.

import { layout } from '../layout.ts';

/** A host page-table entry of the VMM's process. Changed with its page-table lock held, which is one step. */
export const hpte = layout('hpte', {
  pfn: { ref: 'pfn' },
  writable: {},
  /** The entry is a poison marker: any use raises SIGBUS. */
  hwpoison: {},
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

export const SIGBUS = 7, SIGSEGV = 11;
/** si_code of SIGBUS: the machine check was consumed by the access; was only noticed; no such page. */
export const BUS_MCEERR_AR = 4, BUS_MCEERR_AO = 5, BUS_ADRERR = 2;

/** A signal that has arrived at a VMM thread. number 0: none. SIGBUS carries the host page (+ 1) it is about. */
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

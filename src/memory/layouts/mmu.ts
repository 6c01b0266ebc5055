// The MMU side of a VM: invalidation bookkeeping, mmu_lock, shadow page tables, attributes of guest pages.

import { layout } from '../layout.ts';

/** struct kvm's invalidation bookkeeping. Writers: invalidations, under mmu_lock write. Readers: the fault path, at its
 *  snapshot without a lock (ordered by the read barrier behind it) and at the stale test under mmu_lock read. */
export const kvm_mmu = layout('kvm_mmu', {
  mmu_invalidate_seq: { monotone: true },
  mmu_invalidate_in_progress: { counter: true },
  /** First gfn of all ranges added since in_progress left 0; GFN_INVALID (0) when none was: gfns are stored + 1 here. */
  range_start: { ref: 'gfn' },
  /** Behind the last gfn, stored + 1. */
  range_end: { ref: 'gfn' },
}, { per: ['vm'] });

/** kvm->mmu_lock, a queued rwlock: first come, first served. Faults hold it for reading, invalidations for writing. */
export const mmu_lock = layout('mmu_lock', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  /** Actors that wait, oldest first; a writer is stored negative. */
  queue: { cells: 'actor' },
}, { per: ['vm'] });

/** A leaf SPTE of 4K, in one of the two root page tables of a VM. pfn 0: absent. Written under mmu_lock write, or under
 *  mmu_lock read by compare-and-exchange; read without a lock by the page walker of every vCPU in guest mode. */
export const spte = layout('spte', {
  pfn: { ref: 'pfn' },
  private: {},
  writable: {},
}, { per: ['vm', 'root', 'gfn'] });

/** A leaf SPTE of 2M (HP2: four pages); pfn is that of its first page, 0 where a page table of 4K entries hangs. */
export const spte_huge = layout('spte_huge', {
  pfn: { ref: 'pfn' },
  private: {},
  writable: {},
}, { per: ['vm', 'root', 'hp'] });

/** Which root page table new vCPU loads get, and which are obsolete. Written under mmu_lock write. */
export const mmu_root = layout('mmu_root', {
  /** Number of the valid root, 0 or 1. */
  valid: {},
}, { per: ['vm'] });

/** kvm->mem_attr_array: 1 when the gfn is private. Written under slots_lock, read by faults without a lock. */
export const mem_attr = layout('mem_attr', {
  attributes: {},
}, { per: ['vm', 'gfn'] });

/** slot->arch.lpage_info of one huge page: above 0, or mixed, no huge leaf may be installed. */
export const lpage_info = layout('lpage_info', {
  disallow_lpage: { counter: true },
  mixed: {},
}, { per: ['slot', 'hp'] });

/** Ghost: the invalidation that an actor has begun and not ended, to judge S-01, S-14 to S-16 by. */
export const open_invalidation = layout('open_invalidation', {
  /** How many, one within the other. */
  open: {},
  /** It has moved mmu_invalidate_seq on: only then may in_progress drop. */
  seq_moved: {},
  /** gfns added to the range. */
  covers: { bits: 'gfn' },
  /** gfns already zapped. */
  zapped: { bits: 'gfn' },
}, { per: ['vm', 'actor'], ghost: true });

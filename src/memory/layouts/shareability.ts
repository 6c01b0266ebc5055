// Kernels that convert memory in place: a file says of each of its pages whether the host may use it too.

import { layout } from '../layout.ts';

export const SHAREABILITIES = ['none', 'GUEST', 'ALL', 'GUEST_PREPARED'] as const;
/** The guest alone; the guest and the host. */
export const SHAREABILITY_GUEST = 1, SHAREABILITY_ALL = 2;
/** The guest alone, and the page was made ready for it: proposed, and in no series. */
export const SHAREABILITY_PREPARED = 3;

/** The maple tree of an inode, range by range: one begins at this index if `behind` is not 0. Ranges cover the file without gaps, and no two
 *  neighbours have one value. Stored under invalidate_lock exclusive; found without a lock (RCU). */
export const shareability = layout('shareability', {
  /** First index behind the range. */
  behind: { ref: 'index' },
  value: { names: SHAREABILITIES },
}, { per: ['inode', 'index'] });

/** The work list of a conversion in progress: the indexes whose value has to change. A run of them is one item. */
export const convert_work = layout('convert_work', { indexes: { bits: 'index' } }, { per: ['actor'] });

/** Ghost: indexes whose value a conversion in progress has changed and not changed back; those that it has unmapped from the host. */
export const converted = layout('converted', { indexes: { bits: 'index' }, unmapped: { bits: 'index' } }, { per: ['actor'], ghost: true });

/** The per-CPU batches of folios on their way to the LRU list, all CPUs together. A batch has a reference on each of its folios until it is
 *  drained, which a CPU does when its own is full. */
export const lru_batch = layout('lru_batch', {
  folios: { bits: 'pfn' },
  count: { counter: true },
});

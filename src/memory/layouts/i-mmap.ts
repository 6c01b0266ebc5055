// Kernels whose files can be mapped: the lock of a file's list of mappings.

import { layout } from '../layout.ts';

/** mapping->i_mmap_rwsem: who maps and unmaps writes, who looks for the page-table entries of a page reads. */
export const i_mmap_lock = layout('i_mmap_lock', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  waiting_writers: { bits: 'actor' },
}, { per: ['inode'] });

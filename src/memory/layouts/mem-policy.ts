// Kernels in which a guest_memfd has a memory policy of its own.

import { layout } from '../layout.ts';

/** The shared policy of an inode at one index: MPOL_…, and a bit for each node that it names. */
export const mem_policy = layout('mem_policy', { mode: {}, nodes: {} }, { per: ['inode', 'index'] });

// What alternatives of the life of a guest_memfd keep beside its file: from which file it was linked, and which VM had it before.

import { layout } from '../layout.ts';

/** The file whose memory this one is to take over, as long as there is that file. Written under invalidate_lock, exclusively. */
export const gmem_source = layout('gmem_source', { file: { ref: 'file' } }, { per: ['file'] });

/** The VM (+ 1) that the file was last bound to, whether or not it is now. Written under invalidate_lock, exclusively. */
export const gmem_past = layout('gmem_past', { kvm: { ref: 'vm' } }, { per: ['file'] });

// Steps of kvm_gmem_get_pfn: from a memslot and a gfn to a folio of its file.

import { ok, outcome } from '../memory/outcome.ts';
import { EFAULT, EIO } from './errno.ts';
import type { GetPfn } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const gone = outcome('gone');
export const changed = outcome('changed');
export const mismatch = outcome('mismatch');

export const steps = {
  /** kvm_gmem_get_file, first half: the slot's weak pointer. */
  'gmem.loadFile': ({ slot_gmem }, f) => {
    f.file = f.slot === 0 ? 0 : slot_gmem(f.slot).file;
    if (f.file !== 0) return ok;
    f.errno = EFAULT;
    return gone;
  },
  /** get_file_active: a reference unless the count is 0 already. */
  'gmem.tryGetFile': ({ file }, f) => {
    const target = file(f.file);
    if (target.f_count === 0) {
      f.errno = EFAULT;
      return gone;
    }
    target.add_f_count(1);
    f.inode = target.inode;
    return ok;
  },
  /** File objects are recycled: is it still the one that the slot points to? */
  'gmem.recheckFile': ({ slot_gmem }, f) => (slot_gmem(f.slot).file === f.file ? ok : changed),
  /** gmem->bindings[index] == slot; the index by the slot's own arithmetic. */
  'gmem.testBinding': ({ memslot, binding }, f) => {
    const { base_gfn, pgoff } = memslot(f.slot);
    f.index = f.gfn - base_gfn + pgoff;
    if (binding(f.file, f.index).slot !== f.slot) {
      f.errno = EIO;
      return mismatch;
    }
    f.max_order = 0;
    f.map_writable = 1;
    return ok;
  },
} satisfies { [name: string]: Step<GetPfn> };

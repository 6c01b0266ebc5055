// Steps of the flipped life cycle: a memslot holds the file that it is bound to, and the file belongs to a VM only as long as it is bound.
// `file.kvm` is set by the first binding and cleared with the last one, under invalidate_lock.

import { ok } from '../memory/outcome.ts';
import { add, below } from '../memory/u64.ts';
import { EFAULT, EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { validate, type OnSlot } from './gmem-bind.ts';
import { gone } from './gmem-fault.ts';
import { steps as invalidate } from './gmem-invalidate.ts';
import { release as released, steps as release } from './gmem-release.ts';
import type { GetPfn, Invalidation } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

/** Is anything bound to the file? */
function anyBinding({ binding, facts }: World, file: number): boolean {
  for (let index = 0; index < facts.sizes.index; index++) if (binding(file, index).slot !== 0) return true;
  return false;
}

export const steps = {
  /** No VM is looked at: the file may have none yet. */
  'bind.validate': (world, f) => validate(world, f, (offset, size, i_size) => below(i_size, add(offset, size)), () => true),
  /** gmem->kvm: of nobody, or of this VM already. */
  'bind.testOwner': ({ file }, f) => {
    const { kvm } = file(f.handle);
    if (kvm === 0 || kvm === f.vm + 1) return ok;
    f.errno = EINVAL;
    return refused;
  },
  'bind.setOwner': ({ file }, f) => {
    file(f.handle).kvm = f.vm + 1;
    return ok;
  },

  /** slot->gmem.file, which the slot holds. */
  'unbind.loadPinned': ({ slot_gmem, file }, f) => {
    f.handle = slot_gmem(f.slot).file;
    if (f.handle === 0) return gone;
    f.inode = file(f.handle).inode;
    return ok;
  },
  /** gmem->kvm = NULL with the last binding. */
  'unbind.clearOwner': (world, f) => {
    if (!anyBinding(world, f.handle)) world.file(f.handle).kvm = 0;
    return ok;
  },

  /** slot->gmem.file: held by the slot, which the SRCU section keeps. */
  'gmem.loadPinned': ({ slot_gmem, file }, f) => {
    f.file = f.slot === 0 ? 0 : slot_gmem(f.slot).file;
    if (f.file === 0) {
      f.errno = EFAULT;
      return gone;
    }
    f.inode = file(f.file).inode;
    return ok;
  },

  /** A file without a VM has no bindings either. */
  'gmem.nextFile': (world, f) => {
    const result = invalidate['gmem.nextFile'](world, f);
    if (f.vm < 0) f.vm = 0;
    return result;
  },
  'release.await': (world, f) => {
    const result = release['release.await'](world, f);
    if (result === released) f.vm = 0;
    return result;
  },
} satisfies { [name: string]: Step<OnSlot & GetPfn & Invalidation> };

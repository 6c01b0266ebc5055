// Steps of kvm_gmem_release and of what __fput does behind it: the file goes, with it its VM reference, at last the inode.

import { blocked, more, ok, outcome } from '../memory/outcome.ts';
import { FILE_DYING, FILE_RELEASED } from '../memory/layouts/gmem.ts';
import { done } from './flush.ts';
import { last } from './descriptor.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const release = outcome('release');

export const steps = {
  /** Task work: nothing to do until the last reference on the file is dropped. */
  'release.await': ({ file, facts }, f) => {
    const target = file(f.ownFile);
    if (target.state !== FILE_DYING) return blocked(target);
    f.handle = f.ownFile;
    f.inode = target.inode;
    f.vm = target.kvm - 1;
    f.start = 0;
    f.end = facts.sizes.index;
    return release;
  },
  /** slot->gmem.file = NULL for the next bound slot. A binding left behind by a memslot that was freed is followed too (G4-B2). */
  'release.clearSlotFile': ({ binding, slot_gmem }, f) => {
    const previous = f.index === 0 ? 0 : binding(f.handle, f.index - 1).slot;
    for (let index = f.index; index < f.end; index++) {
      const { slot } = binding(f.handle, index);
      if (slot === 0 || slot === previous) continue;
      slot_gmem(slot).file = 0;
      f.index = index + 1;
      return more;
    }
    return done;
  },
  /** list_del(&gmem->entry) */
  'release.unlink': ({ file }, f) => {
    file(f.handle).inode = 0;
    return ok;
  },
  /** xa_destroy(&gmem->bindings), kfree(gmem) */
  'release.destroyBindings': ({ binding, facts }, f) => {
    for (let index = 0; index < facts.sizes.index; index++) {
      const entry = binding(f.handle, index);
      if (entry.slot !== 0) entry.slot = 0;
    }
    return ok;
  },
  /** kvm_put_kvm, no lock held: at zero the VM is destroyed. */
  'release.putKvm': ({ file, kvm }, f) => {
    file(f.handle).kvm = 0;
    kvm(f.vm).add_users_count(-1);
    return ok;
  },
  /** iput of the file's inode: the last one evicts it. */
  'inode.put': ({ inode }, f) => (inode(f.inode).add_i_count(-1) === 0 ? last : ok),
  /** destroy_inode: its pages are gone. */
  'inode.free': ({ inode }, f) => {
    const own = inode(f.inode);
    own.live = 0;
    own.i_size = 0;
    own.size_lo = 0;
    own.size_hi = 0;
    return ok;
  },
  /** file_free: the object may be used for another file. */
  'release.freeFile': ({ file }, f) => {
    file(f.handle).state = FILE_RELEASED;
    f.vm = 0;
    return ok;
  },
} satisfies { [name: string]: Step<Operation & { index: number }> };

// Steps of kvm_gmem_bind and kvm_gmem_unbind, parts of KVM_SET_USER_MEMORY_REGION2, slots_lock held. The memslot is the one
// in register `slot`: not visible yet when it is bound, not visible any more when it is unbound.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64 } from '../memory/calls.ts';
import { add, less, negative, pageAligned, pageNumber, pair, type Pair } from '../memory/u64.ts';
import { EBADF, EINVAL } from './errno.ts';
import { badFd, foreign, refused } from './fallocate.ts';
import { allocationFails, enomem, exists } from './folio.ts';
import { isOpen, openFile } from './handle.ts';
import { changed, gone } from './gmem-fault.ts';
import { SET_REGION } from './set-region-args.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const dying = outcome('dying');

export type OnSlot = Operation & { slot: number };

/** End of the range that fits, as the generation compares it. */
export type PastEnd = (offset: Pair, size: Pair, i_size: Pair) => boolean;

/** gmem->kvm (+ 1) against the VM of the memslot. */
const sameVm = (kvm: number, vm: number): boolean => kvm === vm + 1;

/** Owner, then range: the checks between fget and the lock. */
export function validate(world: World, f: Frame<OnSlot>, pastEnd: PastEnd, mayBind = sameVm): number {
  const { inode: number, kvm } = world.file(f.handle);
  const { size_lo, size_hi } = world.inode(number);
  const offset = arg64(world, f, SET_REGION.offset);
  const size = arg64(world, f, SET_REGION.size);
  if (!mayBind(kvm, f.vm) || negative(offset) || !pageAligned(offset) || pastEnd(offset, size, pair(size_lo, size_hi))) {
    f.errno = EINVAL;
    return refused;
  }
  const { indexes } = world.facts;
  f.inode = number;
  f.start = indexes.lowerBound(pageNumber(offset));
  f.end = indexes.lowerBound(pageNumber(add(offset, size)));
  return ok;
}

/** loff_t: the sum wraps below zero when the offset is near its end (G4-B9). */
const pastEndSigned: PastEnd = (offset, size, i_size) => less(i_size, add(offset, size));

export const steps = {
  /** fget(fd) */
  'bind.fget': (world, f) => {
    const open = openFile(world, arg(world, f, SET_REGION.fd));
    const number = open.file;
    if (number === 0) {
      // file->f_op is not that of a guest_memfd.
      f.errno = isOpen(open) ? EINVAL : EBADF;
      return isOpen(open) ? foreign : badFd;
    }
    world.file(number).add_f_count(1);
    f.handle = number;
    return ok;
  },
  'bind.validate': (world, f) => validate(world, f, pastEndSigned),
  /** xa_find: the range must be free, whoever has bound it. */
  'bind.testOverlap': ({ binding }, f) => {
    for (let index = f.start; index < f.end; index++) {
      if (binding(f.handle, index).slot === 0) continue;
      f.errno = EINVAL;
      return exists;
    }
    return ok;
  },
  /** rcu_assign_pointer(slot->gmem.file), slot->gmem.pgoff */
  'bind.setFile': ({ slot_gmem, memslot }, f) => {
    slot_gmem(f.slot).file = f.handle;
    memslot(f.slot).pgoff = f.start;
    return ok;
  },
  /** xa_store_range: one step, since nobody looks at these entries before the slot is visible. Without memory it stops half way. */
  'bind.store': (world, f) => {
    for (let index = f.start; index < f.end; index++) {
      if (allocationFails(world)) return enomem;
      world.binding(f.handle, index).slot = f.slot;
    }
    return ok;
  },

  /** kvm_gmem_get_file: the pointer, … */
  'unbind.loadFile': ({ slot_gmem }, f) => {
    f.handle = slot_gmem(f.slot).file;
    return f.handle === 0 ? gone : ok;
  },
  /** … a reference unless the file is dying, … */
  'unbind.tryGetFile': ({ file }, f) => {
    const target = file(f.handle);
    if (target.f_count === 0) return dying;
    target.add_f_count(1);
    f.inode = target.inode;
    return ok;
  },
  /** … the pointer again. */
  'unbind.recheckFile': ({ slot_gmem }, f) => (slot_gmem(f.slot).file === f.handle ? ok : changed),
  /** xa_store_range(NULL) */
  'unbind.erase': ({ binding, memslot }, f) => {
    const { pgoff, npages } = memslot(f.slot);
    for (let index = pgoff; index < pgoff + npages; index++) binding(f.handle, index).slot = 0;
    return ok;
  },
  'unbind.clearFile': ({ slot_gmem }, f) => {
    slot_gmem(f.slot).file = 0;
    return ok;
  },
  /** synchronize_rcu: no reader of slot->gmem.file is ever in an RCU section, so it waits for nobody (G4-B12). */
  'rcu.synchronize': () => ok,
} satisfies { [name: string]: Step<OnSlot> };

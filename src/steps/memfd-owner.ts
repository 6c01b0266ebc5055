// Steps between a memfd and its owner, a VM: registration, and the calls of guest_ops. Whoever calls back holds the page's lock, or for
// fallocate inode_lock; nothing keeps the owner (G1-B1).

import { more, ok, outcome } from '../memory/outcome.ts';
import { FILE_DYING, FILE_LIVE } from '../memory/layouts/gmem.ts';
import { EPERM } from './errno.ts';
import { refused } from './fallocate.ts';
import { flush, nextBinding, none, unlock } from './gmem-invalidate.ts';
import { zapFrom } from './mmu.ts';
import { steps as vmLife } from './vm-life.ts';
import type { MemfdWorld } from './memfd-world.ts';
import type { Operation, UnmapRange } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const freed = outcome('freed');

/** What the owner is called about: indices [from, to) of the inode, and how far the walk over bindings has come. */
export type Callback = Operation & UnmapRange & { index: number; from: number; to: number; file: number; next_index: number };

export const steps = {
  /** guest_mem_register: nobody else is registered. */
  'register.test': ({ guest_owner }, f) => {
    const { kvm } = guest_owner(f.inode);
    if (kvm === 0 || kvm === f.vm + 1) return ok;
    f.errno = EPERM;
    return refused;
  },
  /** guest_owner and guest_ops are stored. Nothing counts how often. */
  'register.set': ({ guest_owner, registration }, f) => {
    const info = guest_owner(f.inode);
    info.kvm = f.vm + 1;
    info.ops = 1;
    registration(f.inode).by.set(f.vm);
    return ok;
  },

  /** info->guest_ops, info->guest_owner: is there somebody to call? */
  'guestOps.load': ({ guest_owner }, f) => {
    const { kvm, ops } = guest_owner(f.inode);
    if (kvm === 0 || ops === 0) return none;
    f.vm = kvm - 1;
    return ok;
  },
  /** The method is called: from here on struct kvm of the owner is used. */
  'guestOps.call': ({ kvm_memory }, f) => (kvm_memory(f.vm).freed !== 0 ? freed : ok),
  /** invalidate_page_range(inode, owner, start, end): the end is the last index, not the one behind it. */
  'kvm.pageRange': (_world, f) => {
    f.from = f.index;
    f.to = f.index + 1;
    return ok;
  },
  /** mmu_lock held for writing: the next memslot of this VM that is bound in the range, and its gfns there. */
  'kvm.nextGuestRange': (world, f) => {
    for (let number = Math.max(f.file, 1); number < world.facts.sizes.file; number++) {
      const { state, inode } = world.file(number);
      if (inode !== f.inode || (state !== FILE_LIVE && state !== FILE_DYING)) continue;
      for (let from = number === f.file ? f.next_index : f.from; ;) {
        const found = nextBinding(world, number, from, f.to);
        if (found === undefined) break;
        from = found.to;
        const { kvm, base_gfn, pgoff } = world.memslot(found.slot);
        if (kvm - 1 !== f.vm) continue;
        f.file = number;
        f.next_index = found.to;
        f.gfn = base_gfn + found.from - pgoff;
        f.gfn_end = base_gfn + found.to - pgoff;
        return ok;
      }
    }
    f.gfn = 0;
    f.gfn_end = 0;
    return f.flush !== 0 ? flush : unlock;
  },
  /** kvm_unmap_gfn_range: the next leaf of the range goes. mmu_lock is not let go in between: the page is locked. */
  'kvm.zapGuestNext': (world, f) => {
    const at = zapFrom(world, f.vm, f.gfn, f.gfn_end);
    if (at < 0) return ok;
    f.flush = 1;
    f.gfn = at;
    return more;
  },

  /** kvm_destroy_vm, its end: struct kvm is freed. An inode that the VM has registered for says so still (G1-B2). */
  'kvm.free': (world, f) => {
    vmLife['kvm.free'](world, f as never);
    world.kvm_memory(f.vm).freed = 1;
    for (let inode = 1; inode < world.facts.sizes.inode; inode++) world.registration(inode).by.clear(f.vm);
    return ok;
  },
} satisfies { [name: string]: Step<Callback, MemfdWorld> };

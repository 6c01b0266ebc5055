// Steps of a guest's page fault on a memfd: get_lock_pfn, put_unlock_pfn, and what KVM makes of the answer. Which memory a guest page has
// follows from its memslot: the memfd's where it has one, the VMM's mapping where it has none.

import { ok, outcome } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { KVM_MEM_GUEST_MEMFD } from '../memory/layouts/kvm.ts';
import { add, negative, pageAligned, pageNumber, wraps } from '../memory/u64.ts';
import { specifyFileContent } from './ghost.ts';
import { TAG_ZERO } from '../memory/layouts/folio.ts';
import { EFAULT, EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { differs, isPrivate, noSlot, shared, stale } from './fault.ts';
import { SET_REGION } from './set-region-args.ts';
import { slotOf } from './memslot-lookup.ts';
import { MF_RECOVERED, type Mf } from './memory-failure.ts';
import type { OnSlot } from './gmem-bind.ts';
import type { GetPfn, Operation } from '../memory/frames.ts';
import type { MemfdWorld } from './memfd-world.ts';
import type { Frame, Step } from '../memory/world.ts';

/** A value that says an error is taken for a page frame number. */
export const taken = outcome('taken');

type Guest = GetPfn & OnSlot & Mf & Operation & { first: number; behind: number; cursor: number };

const fail = (f: Frame<{ errno: number }>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** File and index behind a guest page of a memslot with a file. */
function locate({ slot_gmem, file, memslot }: MemfdWorld, f: Frame<Guest>): void {
  f.file = slot_gmem(f.slot).file;
  f.inode = file(f.file).inode;
  f.index = f.gfn - memslot(f.slot).base_gfn + memslot(f.slot).pgoff;
}

export const steps = {
  /** The memslot says where its pages are from. A guest that says something else has no such memory. */
  'fault.testBacking': ({ memslot, facts }, f) => {
    const kind = f.slot !== 0 && (memslot(f.slot).flags & KVM_MEM_GUEST_MEMFD) !== 0 ? 1 : 0;
    if (facts.vmTypes[f.vm] === 'confidential' && f.slot !== 0 && f.intent !== kind) return differs;
    f.intent = kind;
    return kind !== 0 ? isPrivate : shared;
  },
  /** The memslot holds its file: no reference is needed. */
  'gmem.loadFile': (world, f) => {
    locate(world, f);
    f.max_order = 0;
    f.map_writable = 1;
    return ok;
  },
  /** The locked page stands for mmu_seq; the root is looked at. */
  'fault.testRoot': ({ vcpu_root, mmu_root }, f) => (vcpu_root(f.vcpu).root - 1 !== mmu_root(f.vm).valid ? stale : ok),
  /** get_lock_pfn returns unsigned long: no value of it is below zero (G1-B5). */
  'fault.testPfn': () => taken,
  /** kvm_tdp_mmu_map with an error for a page frame number. */
  'oops.errorPfn': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },
  /** KVM_RUN fails, with nothing in kvm_run. */
  'fault.fail': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },

  /** Is there a memslot with a file at this guest page? */
  'lookup.slot': (world, f) => {
    f.gfn = world.facts.gfns.find(BigInt(pageNumber(arg64(world, f, 1))));
    f.slot = f.gfn < 0 ? 0 : slotOf(world, f.vm, f.gfn);
    if (f.slot === 0 || world.slot_gmem(f.slot).file === 0) {
      f.gfn = 0;
      f.errno = EINVAL;
      return noSlot;
    }
    locate(world, f);
    return ok;
  },
  /** compound_head(NULL), compound_order(NULL) */
  'oops.nullPage': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },

  /** The range that a memslot is to have in its file, which may grow later. */
  'bind.validate': (world, f) => {
    const [offset, size] = [arg64(world, f, SET_REGION.offset), arg64(world, f, SET_REGION.size)];
    if (negative(offset) || !pageAligned(offset) || wraps(offset, size) || negative(add(offset, size))) return fail(f, EINVAL);
    f.inode = world.file(f.handle).inode;
    f.start = world.facts.indexes.lowerBound(pageNumber(offset));
    f.end = world.facts.indexes.lowerBound(pageNumber(add(offset, size)));
    return ok;
  },
  'unbind.inode': ({ file }, f) => {
    f.inode = file(f.handle).inode;
    return ok;
  },

  /** What a VMM asks KVM for elsewhere is settled by memslots here: those with a file are private, all others shared. */
  'attributes.testMemslots': (world, f) => {
    const { gfns } = world.facts;
    const first = gfns.lowerBound(pageNumber(arg64(world, f, 1)));
    const behind = gfns.lowerBound(pageNumber(add(arg64(world, f, 1), arg64(world, f, 3))));
    const wanted = arg64(world, f, 5).lo !== 0;
    for (let gfn = first; gfn < behind; gfn++) {
      const slot = slotOf(world, f.vm, gfn);
      if ((slot !== 0 && (world.memslot(slot).flags & KVM_MEM_GUEST_MEMFD) !== 0) !== wanted) return fail(f, EINVAL);
    }
    return ok;
  },

  /** truncate_error_page: the page leaves the file. Its owner is not told (G1-B15). */
  'mf.removePage': (world, f) => {
    world.cache(f.inode, f.start).pfn = 0;
    world.folio(f.pfn).mapping = 0;
    world.folio(f.pfn).index = 0;
    world.before_fallocate(f.inode).present.clear(f.start);
    specifyFileContent(world, f.inode, f.start, TAG_ZERO, 0, 0);
    return ok;
  },
  'mf.readCallbackResult': (_world, f) => {
    f.result = MF_RECOVERED;
    return ok;
  },
} satisfies { [name: string]: Step<Guest, MemfdWorld> };

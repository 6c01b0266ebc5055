// Steps of kernels in which a guest page is private if, and only if, its page is allocated in the memslot's file: the look-ups of a fault,
// which never allocate, its exits, and a VMM that converts by fallocate(2) and holes.

import { ok, outcome } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { KVM_MEM_GUEST_MEMFD } from '../memory/layouts/kvm.ts';
import { EXIT_MEMORY_FAULT, MEMORY_FAULT_FLAG_PRIVATE } from '../memory/layouts/vcpu.ts';
import { add, isZero, pageAligned, pageNumber, wraps } from '../memory/u64.ts';
import { EFAULT, EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { differs, isPrivate, shared } from './fault.ts';
import { done } from './flush.ts';
import { none } from './gmem-invalidate.ts';
import { slotOf } from './memslot-lookup.ts';
import type { GetPfn, Operation, SetAttributes } from '../memory/frames.ts';
import type { Callback } from './memfd-owner.ts';
import type { MemfdWorld } from './memfd-world.ts';
import type { Step } from '../memory/world.ts';

export const outdated = outcome('outdated');

type Guest = GetPfn & SetAttributes & Operation & Callback & { index: number };

/** page_allocated(inode, offset): is the page of a guest page of a memslot in the file? */
export function isAllocated({ memslot, slot_gmem, file, cache }: MemfdWorld, slot: number, gfn: number): boolean {
  const { flags, base_gfn, pgoff } = memslot(slot);
  return (flags & KVM_MEM_GUEST_MEMFD) !== 0 && cache(file(slot_gmem(slot).file).inode, gfn - base_gfn + pgoff).pfn !== 0;
}

export const steps = {
  /** What the access means: the guest says so, or, where it does not, the state of the page is taken for it. Without a file nothing is private. */
  'fault.meaning': (world, f) => {
    const hasFile = f.slot !== 0 && (world.memslot(f.slot).flags & KVM_MEM_GUEST_MEMFD) !== 0;
    if (world.facts.vmTypes[f.vm] !== 'confidential') f.intent = f.slot !== 0 && isAllocated(world, f.slot, f.gfn) ? 1 : 0;
    if (f.intent === 0) return shared;
    return hasFile ? isPrivate : differs;
  },
  /** Q2: page_allocated of the gfn, if the memslot has a file. */
  'probe.load': (world, f) => {
    if (f.slot === 0 || (world.memslot(f.slot).flags & KVM_MEM_GUEST_MEMFD) === 0) return none;
    const { base_gfn, pgoff } = world.memslot(f.slot);
    f.file = world.slot_gmem(f.slot).file;
    f.inode = world.file(f.file).inode;
    f.index = f.gfn - base_gfn + pgoff;
    return ok;
  },
  /** KVM_EXIT_MEMORY_ERROR: MAP_PRIVATE or MAP_SHARED, as the access was meant. Where nobody has meant anything, the page has changed: once more. */
  'fault.memoryError': (world, f) => {
    if (world.facts.vmTypes[f.vm] !== 'confidential') return outdated;
    const run = world.kvm_run(f.vcpu);
    run.exit_reason = EXIT_MEMORY_FAULT;
    run.gfn = f.gfn + 1;
    run.npages = 1;
    run.flags = f.intent !== 0 ? MEMORY_FAULT_FLAG_PRIVATE : 0;
    f.errno = EFAULT;
    return ok;
  },

  /** fallocate(inode, owner, start, end): the end is the index behind the last one. */
  'kvm.allocatedRange': (_world, f) => {
    f.from = f.start;
    f.to = f.end;
    return ok;
  },

  /** A VMM converts guest pages: the range. */
  'convertFile.begin': (world, f) => {
    const [gpa, size] = [arg64(world, f, 1), arg64(world, f, 3)];
    if (!pageAligned(gpa) || !pageAligned(size) || isZero(size) || wraps(gpa, size)) {
      f.errno = EINVAL;
      return refused;
    }
    f.first = world.facts.gfns.lowerBound(pageNumber(gpa));
    f.behind = world.facts.gfns.lowerBound(pageNumber(add(gpa, size)));
    f.attributes = arg64(world, f, 5).lo !== 0 ? 1 : 0;
    return ok;
  },
  /** The next pages of the range that lie in one file. The VMM knows its memslots; the published ones stand for what it knows. */
  'convertFile.next': (world, f) => {
    while (f.first < f.behind) {
      const slot = slotOf(world, f.vm, f.first);
      if (slot === 0 || world.slot_gmem(slot).file === 0) {
        f.first += 1;
        continue;
      }
      const { base_gfn, npages, pgoff } = world.memslot(slot);
      const end = Math.min(f.behind, base_gfn + npages);
      f.handle = world.slot_gmem(slot).file;
      f.inode = world.file(f.handle).inode;
      f.start = f.first - base_gfn + pgoff;
      f.end = end - base_gfn + pgoff;
      f.first = end;
      world.file(f.handle).add_f_count(1);
      return f.attributes !== 0 ? isPrivate : shared;
    }
    return done;
  },
} satisfies { [name: string]: Step<Guest, MemfdWorld> };

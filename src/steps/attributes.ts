// Steps of KVM_SET_MEMORY_ATTRIBUTES (spec A11): checks, reservation, the walk over memslots before and after the stores.
// Attributes belong to VM and gfn: they are there before a memslot is, and stay when it goes.

import { more, ok, outcome } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { add, isZero, pageAligned, pageNumber, wraps } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EINVAL, EIO, ENOMEM, ENOTTY } from './errno.ts';
import { refused } from './fallocate.ts';
import { allocationFails, enomem } from './folio.ts';
import { first, flush, unlock } from './gmem-invalidate.ts';
import { updateMixed } from './lpage.ts';
import { publishedSlot } from './set-region.ts';
import { privateAttributes } from './vm-type.ts';
import type { SetAttributes } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const equal = outcome('equal');

/** The memslot with the lowest gfn of those that overlap [from, to), 0 if none. slots_lock is held: the set stands still. */
function nextOverlap(world: World, vm: number, from: number, to: number): number {
  let found = 0;
  for (let id = 0; id < world.facts.sizes.slotId; id++) {
    const slot = publishedSlot(world, vm, id);
    if (slot === 0) continue;
    const { base_gfn, npages } = world.memslot(slot);
    if (base_gfn >= to || base_gfn + npages <= from) continue;
    if (found === 0 || base_gfn < world.memslot(found).base_gfn) found = slot;
  }
  return found;
}

/** kvm_handle_gfn_range: the next memslot, its gfns clipped to the range; what to do when there is no other. */
function nextSlot(world: World, f: Frame<SetAttributes>): number {
  const from = Math.max(f.first, f.next_gfn);
  f.slot = from < f.behind ? nextOverlap(world, f.vm, from, f.behind) : 0;
  if (f.slot === 0) {
    f.gfn = 0;
    f.gfn_end = 0;
    return f.found === 0 ? done : f.flush !== 0 ? flush : unlock;
  }
  const { base_gfn, npages } = world.memslot(f.slot);
  f.gfn = Math.max(from, base_gfn);
  f.gfn_end = Math.min(f.behind, base_gfn + npages);
  f.next_gfn = f.gfn_end;
  if (f.found !== 0) return ok;
  f.found = 1;
  return first;
}

export const steps = {
  /** kvm_vm_ioctl_set_mem_attributes: flags, bits, then the range. */
  'attributes.validate': (world, f) => {
    const fail = (errno: number): number => { f.errno = errno; return refused; };
    if (world.kvm(f.vm).vm_dead !== 0) return fail(EIO);
    if (!world.facts.config.attributes) return fail(ENOTTY);
    const gpa = arg64(world, f, 1);
    const size = arg64(world, f, 3);
    const attributes = arg64(world, f, 5);
    if (!isZero(arg64(world, f, 7))) return fail(EINVAL);
    if (attributes.hi !== 0 || (attributes.lo & ~privateAttributes(world, f.vm)) !== 0) return fail(EINVAL);
    if (isZero(size) || wraps(gpa, size)) return fail(EINVAL);
    if (!pageAligned(gpa) || !pageAligned(size)) return fail(EINVAL);
    const { gfns } = world.facts;
    f.first = gfns.lowerBound(pageNumber(gpa));
    f.behind = gfns.lowerBound(pageNumber(add(gpa, size)));
    f.attributes = isZero(attributes) ? 0 : 1;
    return ok;
  },
  /** kvm_range_has_memory_attributes, slots_lock held: nothing to do, not even a new sequence number, when all have it already. */
  'attributes.testEqual': ({ mem_attr }, f) => {
    for (let gfn = f.first; gfn < f.behind; gfn++) if (mem_attr(f.vm, gfn).attributes !== f.attributes) return ok;
    return equal;
  },
  /** xa_reserve of every entry: the one thing that can fail, before anything has changed. */
  'attributes.reserve': (world, f) => {
    if (!allocationFails(world)) return ok;
    f.errno = ENOMEM;
    return enomem;
  },
  /** xa_store of one gfn. Faults read it with no lock: what keeps them honest is the invalidation around the stores. */
  'attributes.storeNext': ({ mem_attr }, f) => {
    const gfn = f.first + f.stored;
    if (gfn >= f.behind) return ok;
    mem_attr(f.vm, gfn).attributes = f.attributes;
    f.stored += 1;
    return gfn + 1 < f.behind ? more : ok;
  },
  /** kvm_handle_gfn_range, before the stores and after them. */
  'attributes.nextSlot': (world, f) => nextSlot(world, f),
  /** kvm_arch_post_set_memory_attributes, mmu_lock held for writing: may the memslot's huge pages in the range be mapped huge? */
  'attributes.updateMixed': (world, f) => {
    updateMixed(world, f.vm, f.slot, f.gfn, f.gfn_end);
    return ok;
  },
} satisfies { [name: string]: Step<SetAttributes> };

// Steps of kvm_set_memslot: memslot objects, the two sets, the swap that publishes, and what follows it (spec A10).
// Who reads memslots holds SRCU, no lock: so a set is edited only while nobody can see it, and published by one store.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import {
  KVM_MEM_GUEST_MEMFD, KVM_MEMSLOT_INVALID, SLOT_FREE, SLOT_FREED, SLOT_LIVE,
} from '../memory/layouts/kvm.ts';
import { PAGE_SHIFT, toBig } from '../memory/u64.ts';
import { EINVAL, ENOMEM } from './errno.ts';
import { allocationFails, enomem } from './folio.ts';
import { guestPage, hostPage, request } from './set-region.ts';
import { clearLpageInfo, copyLpageInfo, initLpageInfo } from './lpage.ts';
import type { SetRegion } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const bind = outcome('bind');
export const bound = outcome('bound');
export const busy = outcome('busy');
export const failed = outcome('failed');

/** Behind the last gfn that shadow paging of a 52-bit machine can map (kvm_mmu_max_gfn). */
const MAX_GFN = 1n << 40n;

/** kzalloc of a memslot: an object that was never used if there is one, else one that was freed. 0: no memory. */
function allocateSlot(world: World): number {
  if (allocationFails(world)) return 0;
  for (const state of [SLOT_FREE, SLOT_FREED]) {
    for (let slot = 1; slot < world.facts.sizes.slot; slot++) if (world.memslot(slot).state === state) return slot;
  }
  return 0;
}

/** kfree: the words stay until the object is allocated again, so that whoever still points to it reads what he would read. */
function freeSlot(world: World, slot: number): void {
  world.memslot(slot).state = SLOT_FREED;
  clearLpageInfo(world, slot);
}

/** kvm_replace_memslot in the set that nobody reads. */
function replaceInactive(world: World, f: Frame<SetRegion>, slot: number): number {
  const { active } = world.memslots(f.vm);
  world.memslot_set(f.vm, 1 - active).slot.put(request(world, f).row, slot);
  return ok;
}

/** Counts a preparation against the scenario's injected failures. */
function preparationFails({ fault_injection }: World): boolean {
  const faults = fault_injection();
  if (faults.arch_prepare === 0) return false;
  faults.arch_prepare -= 1;
  return faults.arch_prepare === 0;
}

/** kvm_prepare_memory_region for a memslot at new gfns: its limit, then its metadata. */
function prepareNew(world: World, f: Frame<SetRegion>): number {
  const { base_gfn, npages } = world.memslot(f.slot);
  if (world.facts.gfns.real(base_gfn) + BigInt(npages) > MAX_GFN) {
    f.errno = EINVAL;
    return failed;
  }
  if (preparationFails(world)) {
    f.errno = ENOMEM;
    return failed;
  }
  initLpageInfo(world, f.vm, f.slot);
  return ok;
}

export const steps = {
  /** kzalloc of the new memslot, filled from the request. Its file, if it is to have one, is bound before anybody sees it. */
  'memslot.allocate': (world, f) => {
    const slot = allocateSlot(world);
    if (slot === 0) {
      f.errno = ENOMEM;
      return enomem;
    }
    const { row, flags, gpa, size, hva } = request(world, f);
    const fresh = world.memslot(slot);
    fresh.state = SLOT_LIVE;
    fresh.kvm = f.vm + 1;
    fresh.slot_id = row;
    fresh.base_gfn = guestPage(world, gpa);
    fresh.npages = Number(toBig(size) >> BigInt(PAGE_SHIFT));
    fresh.hva = hostPage(world, hva);
    fresh.flags = flags;
    fresh.pgoff = 0;
    world.slot_gmem(slot).file = 0;
    f.slot = slot;
    return (flags & KVM_MEM_GUEST_MEMFD) !== 0 ? bind : ok;
  },
  /** kvm_invalidate_memslot, first half: a copy of the old memslot with INVALID, without its file, into the set that nobody reads. */
  'memslot.copyInvalid': (world, f) => {
    const slot = allocateSlot(world);
    if (slot === 0) {
      f.errno = ENOMEM;
      return enomem;
    }
    const old = world.memslot(f.old);
    const copy = world.memslot(slot);
    copy.state = SLOT_LIVE;
    copy.kvm = old.kvm;
    copy.slot_id = old.slot_id;
    copy.base_gfn = old.base_gfn;
    copy.npages = old.npages;
    copy.hva = old.hva;
    copy.flags = old.flags | KVM_MEMSLOT_INVALID;
    copy.pgoff = 0;
    world.slot_gmem(slot).file = 0;
    f.invalid_slot = slot;
    return replaceInactive(world, f, slot);
  },
  'memslot.freeNew': (world, f) => {
    freeSlot(world, f.slot);
    f.slot = 0;
    return ok;
  },
  'memslot.freeInvalid': (world, f) => {
    freeSlot(world, f.invalid_slot);
    f.invalid_slot = 0;
    return ok;
  },
  /** kfree of the memslot that was replaced or deleted: no reader is left since the swap. */
  'memslot.freeOld': (world, f) => {
    freeSlot(world, f.old);
    f.old = 0;
    return ok;
  },
  /** Failure behind the bind: is there something to unbind? */
  'memslot.testNewBound': ({ memslot }, f) => ((memslot(f.slot).flags & KVM_MEM_GUEST_MEMFD) !== 0 ? bound : ok),
  /** kvm_free_memslot: a memslot with a file is unbound from it; gmem.unbind finds it in `slot`. */
  'memslot.testOldBound': ({ memslot }, f) => {
    if ((memslot(f.old).flags & KVM_MEM_GUEST_MEMFD) === 0) return ok;
    f.slot = f.old;
    return bound;
  },

  'slots.putNew': (world, f) => replaceInactive(world, f, f.slot),
  'slots.putOld': (world, f) => replaceInactive(world, f, f.old),
  'slots.putNone': (world, f) => replaceInactive(world, f, 0),

  /** kvm_prepare_memory_region of each kind of change. */
  'slots.prepareCreate': (world, f) => prepareNew(world, f),
  'slots.prepareMove': (world, f) => prepareNew(world, f),
  'slots.prepareFlags': (world, f) => {
    if (preparationFails(world)) {
      f.errno = ENOMEM;
      return failed;
    }
    copyLpageInfo(world, f.old, f.slot);
    return ok;
  },
  'slots.prepareDelete': (world, f) => {
    if (!preparationFails(world)) return ok;
    f.errno = ENOMEM;
    return failed;
  },

  /** kvm_swap_active_memslots: under mn_invalidate_lock, no MMU notifier between its start and its end, the one store that readers
   *  see. Else the walk of a notifier's end could find a memslot that the walk of its start did not. */
  'slots.publish': ({ mn_invalidate, memslots }, f) => {
    const notifiers = mn_invalidate(f.vm);
    if (notifiers.mn_active_invalidate_count !== 0) {
      notifiers.waiter = f.self;
      return busy;
    }
    memslots(f.vm).active = 1 - memslots(f.vm).active;
    return ok;
  },
  /** rcuwait: asleep until the last notifier wakes it; the count is looked at again then. */
  'slots.awaitNotifiers': ({ mn_invalidate }, f) => (mn_invalidate(f.vm).waiter === f.self ? blocked(mn_invalidate(f.vm)) : ok),
  /** The second update of the generation: no reader of the old memslots is left. */
  'slots.bumpGeneration': ({ memslots }, f) => {
    memslots(f.vm).generation += 1;
    return ok;
  },
} satisfies { [name: string]: Step<SetRegion> };

// Steps of KVM's MMU notifier (spec A9): every VM of the process is told before host pages of a range go, and after. Start and
// end walk the memslots each on their own; they agree because a swap of memslots waits for the count of open notifiers to be 0.

import { ok } from '../memory/outcome.ts';
import { KVM_LIVE } from '../memory/layouts/kvm.ts';
import { done } from './flush.ts';
import { first, flush, unlock } from './gmem-invalidate.ts';
import type { NotifierWalk } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** The next memslot of the walk that overlaps the host range, and the gfns that it has there. */
function nextSlot(world: World, f: Frame<NotifierWalk>): boolean {
  const { memslots, memslot_set, memslot, facts } = world;
  if (f.set === 0) f.set = memslots(f.vm).active + 1;
  const { slot: slots } = memslot_set(f.vm, f.set - 1);
  for (let id = f.next_id; id < facts.sizes.slotId; id++) {
    const slot = slots.at(id);
    if (slot === 0) continue;
    const { hva, base_gfn, npages } = memslot(slot);
    if (hva === 0) continue;
    const from = Math.max(f.hva, hva - 1);
    const to = Math.min(f.hva_end, hva - 1 + npages);
    if (from >= to) continue;
    f.next_id = id + 1;
    f.gfn = base_gfn + (from - (hva - 1));
    f.gfn_end = base_gfn + (to - (hva - 1));
    return true;
  }
  return false;
}

export const steps = {
  /** mn_hlist_invalidate_range_start, _end: the next VM of the process. One that is being destroyed is not registered any more. */
  'mn.nextVm': ({ kvm, mn_invalidate, facts }, f) => {
    if (f.home === 0) f.home = f.vm + 1;
    if (f.notified > 0) mn_invalidate(f.notified - 1).callbacks.clear(f.self);
    for (let vm = f.notified; vm < facts.sizes.vm; vm++) {
      if (kvm(vm).state !== KVM_LIVE) continue;
      f.notified = vm + 1;
      mn_invalidate(vm).callbacks.set(f.self);
      f.vm = vm;
      f.set = 0;
      f.next_id = 0;
      f.found = 0;
      return ok;
    }
    f.vm = f.home - 1;
    return done;
  },
  /** N1: mn_active_invalidate_count++ under mn_invalidate_lock. */
  'mn.countUp': ({ mn_invalidate }, f) => {
    mn_invalidate(f.vm).add_mn_active_invalidate_count(1);
    return ok;
  },
  /** N4: mn_active_invalidate_count--; the last one wakes the memslot installer. */
  'mn.countDown': ({ mn_invalidate }, f) => {
    const notifiers = mn_invalidate(f.vm);
    if (notifiers.add_mn_active_invalidate_count(-1) === 0) notifiers.waiter = 0;
    return ok;
  },
  /** __kvm_handle_hva_range at the start: the next memslot; what to do when there is no other. Read under SRCU. */
  'mn.nextSlot': (world, f) => {
    if (!nextSlot(world, f)) {
      f.gfn = 0;
      f.gfn_end = 0;
      return f.found === 0 ? done : f.flush !== 0 ? flush : unlock;
    }
    if (f.found !== 0) return ok;
    f.found = 1;
    return first;
  },
  /** __kvm_handle_hva_range at the end: the first memslot decides that there is something to end. */
  'mn.findSlot': (world, f) => {
    const any = nextSlot(world, f);
    f.gfn = 0;
    f.gfn_end = 0;
    return any ? ok : done;
  },
} satisfies { [name: string]: Step<NotifierWalk> };

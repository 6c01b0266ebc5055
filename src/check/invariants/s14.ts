// S-14 to S-16: the bookkeeping of invalidations, mmu_invalidate_in_progress, the range and mmu_invalidate_seq.

import { alive } from './state.ts';
import { actorName, gfnName, vmName } from './words.ts';
import type { Lists } from '../lists.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant, ObjectCheck } from '../invariant.ts';

/** Invalidations that have begun and not ended. */
function openIn({ words, whereabouts, openInvalidations: { base, stride, actors, open } }: CheckedWorld, vm: number): number {
  let count = 0;
  if (whereabouts !== undefined) {
    for (let item = whereabouts.open.first(vm + 1); item !== 0; item = whereabouts.open.next(item)) count += words[base + (item - 1) * stride + open]!;
    return count;
  }
  let at = base + vm * actors * stride + open;
  for (let actor = 0; actor < actors; actor++, at += stride) count += words[at]!;
  return count;
}

const everyVm = (check: ObjectCheck) => (world: CheckedWorld): string | undefined => {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = check(world, vm, 0, 0);
    if (broken !== undefined) return broken;
  }
  return undefined;
};

function countBroken(world: CheckedWorld, vm: number): string | undefined {
  const { mmu_invalidate_in_progress: count } = world.objects.kvm_mmu(vm);
  const open = openIn(world, vm);
  return count === open ? undefined : `mmu_invalidate_in_progress of ${vmName(world, vm)} is ${count}, but ${open} ${open === 1 ? 'invalidation is' : 'invalidations are'} open`;
}

export const s14: Invariant = {
  id: 'S-14',
  title: 'begun and not ended, exactly counted',
  statement: 'mmu_invalidate_in_progress is the number of invalidations that have begun and not ended. When everybody rests it is 0, and so is mn_active_invalidate_count.',
  onWrite: { kvm_mmu: countBroken, open_invalidation: countBroken },
  atQuiescence: everyVm((world, vm) => {
    if (!alive(world, vm)) return undefined;
    const { mmu_invalidate_in_progress: count } = world.objects.kvm_mmu(vm);
    const { mn_active_invalidate_count: notifiers } = world.objects.mn_invalidate(vm);
    if (count !== 0) return `everybody rests, but mmu_invalidate_in_progress of ${vmName(world, vm)} is ${count}: faults in the range will retry for ever`;
    return notifiers === 0 ? undefined : `everybody rests, but mn_active_invalidate_count of ${vmName(world, vm)} is ${notifiers}: no memslot can be changed any more`;
  }),
  whole: everyVm(countBroken),
};

/** Is every gfn of this open invalidation in the range, and was none zapped that was not added? */
function rangeBroken(world: CheckedWorld, vm: number, actor: number): string | undefined {
  const { words, openInvalidations: { base, stride, actors, open, covers, zapped, gfnWords } } = world;
  const at = base + (vm * actors + actor) * stride;
  if (words[at + open] === 0) return undefined;
  const { range_start, range_end } = world.objects.kvm_mmu(vm);
  for (let k = 0; k < gfnWords; k++) {
    const added = words[at + covers + k]!;
    const gone = words[at + zapped + k]! & ~added;
    if (gone !== 0) return `${actorName(world, actor)} has zapped ${gfnName(world, vm, 32 * k + lowest(gone))} before adding it to the range that makes faults retry`;
    if (added === 0) continue;
    if (32 * k + lowest(added) + 1 < range_start) return outside(world, vm, actor, 32 * k + lowest(added));
    if (32 * k + 32 - Math.clz32(added) >= range_end) return outside(world, vm, actor, 32 * k + 31 - Math.clz32(added));
  }
  return undefined;
}

/** Number of the lowest bit that is set. */
const lowest = (word: number): number => 31 - Math.clz32(word & -word);
const outside = (world: CheckedWorld, vm: number, actor: number, gfn: number): string =>
  `${actorName(world, actor)} invalidates ${gfnName(world, vm, gfn)}, which is outside the range that makes faults retry`;

function anyRangeBroken(world: CheckedWorld, open: Lists, vm: number): boolean {
  for (let item = open.first(vm + 1); item !== 0; item = open.next(item)) if (rangeBroken(world, vm, (item - 1) % world.facts.sizes.actor) !== undefined) return true;
  return false;
}

function rangesBroken(world: CheckedWorld, vm: number): string | undefined {
  if (world.objects.kvm_mmu(vm).mmu_invalidate_in_progress === 0) return undefined;
  const { whereabouts } = world;
  if (whereabouts !== undefined && !anyRangeBroken(world, whereabouts.open, vm)) return undefined;
  for (let actor = 1; actor <= world.facts.actors; actor++) {
    const broken = rangeBroken(world, vm, actor);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s15: Invariant = {
  id: 'S-15',
  title: 'the range covers every open invalidation',
  statement: 'While invalidations are open, [mmu_invalidate_range_start, mmu_invalidate_range_end) covers all gfns that they have added, and nothing is zapped before it is added.',
  onWrite: { kvm_mmu: rangesBroken, open_invalidation: rangeBroken },
  whole: everyVm(rangesBroken),
};

export const s16: Invariant = {
  id: 'S-16',
  title: 'the sequence moves before the count drops',
  statement: 'mmu_invalidate_seq grows before mmu_invalidate_in_progress drops: a fault that no longer sees the invalidation sees that there was one.',
  before: {
    'mmu.dropInProgress': (world) => {
      const { frames, last, objects } = world;
      const { vm } = frames[last.actor]!;
      const ghost = objects.open_invalidation(vm, last.actor);
      return ghost.open === 0 || ghost.seq_moved !== 0 ? undefined
        : `${actorName(world, last.actor)} is about to drop mmu_invalidate_in_progress of ${vmName(world, vm)} and has not moved mmu_invalidate_seq on`;
    },
  },
};

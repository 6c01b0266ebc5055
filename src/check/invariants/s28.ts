// S-28: nobody follows a pointer to a memslot that was freed, or to the owner of a file that was.

import { SLOT_FREED } from '../../memory/layouts/kvm.ts';
import { freed } from '../../steps/memfd-owner.ts';
import { actorName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Steps that look into the memslot in the actor's register `slot`. */
const FOLLOWS = [
  'fault.testSlotInvalid', 'fault.map', 'gmem.loadFile', 'gmem.recheckFile', 'gmem.testBinding', 'host.slotHva', 'host.fastGup',
  'unbind.loadFile', 'unbind.recheckFile', 'unbind.erase', 'bind.setFile', 'attributes.updateMixed',
];

const beforeFollowing = (world: CheckedWorld): string | undefined => {
  const { objects, frames, last, table } = world;
  const slot = frames[last.actor]!['slot'] ?? 0;
  if (slot === 0 || objects.memslot(slot).state !== SLOT_FREED) return undefined;
  return `${actorName(world, last.actor)} is about to look into memslot ${slot} in '${table.leaves[last.to]!.step}', and it was freed`;
};

/** The set that readers see has no memslot that was freed. */
function publishedBroken(world: CheckedWorld, vm: number): string | undefined {
  const { memslots, memslot_set, memslot } = world.objects;
  const { slot: slots } = memslot_set(vm, memslots(vm).active);
  for (let id = 0; id < world.facts.sizes.slotId; id++) {
    const slot = slots.at(id);
    if (slot !== 0 && memslot(slot).state === SLOT_FREED) return `memslot ${slot} was freed, and readers still find it in the memslots of ${vmName(world, vm)}`;
  }
  return undefined;
}

function everyVm(world: CheckedWorld): string | undefined {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = publishedBroken(world, vm);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s28: Invariant = {
  id: 'S-28',
  title: 'no use of a freed memslot',
  statement: 'Nobody looks into a memslot after it was freed, and the memslots that readers find were not freed. Nobody calls an owner that was freed.',
  after: {
    'guestOps.call': (world) => {
      const { frames, last } = world;
      if (last.outcome !== freed) return undefined;
      const { vm, inode = 0 } = frames[last.actor]! as { vm: number; inode?: number };
      return `${actorName(world, last.actor)} calls guest_ops of inode ${inode}, whose owner ${vmName(world, vm)} was freed`;
    },
  },
  before: Object.fromEntries(FOLLOWS.map((step) => [step, beforeFollowing])),
  onWrite: {
    memslot: (world, slot) => {
      if (world.objects.memslot(slot).state !== SLOT_FREED) return undefined;
      const broken = everyVm(world);
      if (broken !== undefined) return broken;
      const { frames, facts, table } = world;
      for (let actor = 1; actor <= facts.actors; actor++) {
        const { step } = table.leaves[frames[actor]!.leaf]!;
        if (frames[actor]!['slot'] !== slot || !FOLLOWS.includes(step)) continue;
        return `memslot ${slot} is freed while ${actorName(world, actor)} is about to look into it in '${step}'`;
      }
      return undefined;
    },
    memslots: publishedBroken,
    memslot_set: publishedBroken,
  },
  whole: everyVm,
};

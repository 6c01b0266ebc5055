// S-10: a memslot that was deleted has no mappings left, and gets none.

import { KVM_MEMSLOT_INVALID } from '../../memory/layouts/kvm.ts';
import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, anyInTlb, anyMapped, flushesFirst, inTlb, mappedAt, slotAt } from './state.ts';
import { actorName, gfnName, spteName, tlbName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Nobody changes the memslots of the VM now. */
const settled = (world: CheckedWorld, vm: number): boolean => alive(world, vm) && world.objects.slots_lock(vm).owner === 0;

function leafBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  if (mappedAt(world, vm, root, gfn) === 0 || slotAt(world, vm, gfn) !== 0 || !settled(world, vm)) return undefined;
  return `${spteName(world, vm, root, gfn)} maps pfn ${mappedAt(world, vm, root, gfn)}, but no memslot holds the gfn any more`;
}

/** May a leaf or a TLB entry be left without a memslot? */
function mayBeLeft(world: CheckedWorld, vm: number): boolean {
  if (anyMapped(world, vm, leafBroken)) return true;
  return world.facts.vcpusOfVm[vm]!.some((vcpu) => anyInTlb(world, vcpu, (gfn) => slotAt(world, vm, gfn) === 0 && !flushesFirst(world, vcpu)));
}

function vmBroken(world: CheckedWorld, vm: number): string | undefined {
  const { sizes, vcpusOfVm } = world.facts;
  if (!settled(world, vm) || !mayBeLeft(world, vm)) return undefined;
  for (let gfn = 0; gfn < sizes.gfn; gfn++) {
    for (let root = 0; root < sizes.root; root++) {
      const broken = leafBroken(world, vm, root, gfn);
      if (broken !== undefined) return broken;
    }
    for (let k = 0; k < vcpusOfVm[vm]!.length; k++) {
      const vcpu = vcpusOfVm[vm]![k]!;
      if (inTlb(world, vcpu, gfn) === 0 || slotAt(world, vm, gfn) !== 0 || flushesFirst(world, vcpu)) continue;
      return `${tlbName(world, vcpu, gfn)} is left, but no memslot holds the gfn any more`;
    }
  }
  return undefined;
}

export const s10: Invariant = {
  id: 'S-10',
  title: 'a deleted memslot has no mappings',
  statement: 'When a memslot has been deleted or moved, its gfns have no SPTE and no TLB entry; while it is INVALID no SPTE is created for '
    + 'it, and no access is emulated as if there was none. Entries left by an access without a slot are excepted.',
  onWrite: {
    spte: leafBroken,
    spte_huge: (world, vm, root, hp) => {
      for (let k = 0; k < HUGE_PAGES; k++) {
        const broken = leafBroken(world, vm, root, hp * HUGE_PAGES + k);
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
    slots_lock: vmBroken,
    memslots: vmBroken,
  },
  after: {
    'fault.map': (world) => {
      const { objects, frames, last } = world;
      const frame = frames[last.actor]!;
      const slot = frame['slot']!;
      if (slot === 0 || (objects.memslot(slot).flags & KVM_MEMSLOT_INVALID) === 0) return undefined;
      return `${actorName(world, last.actor)} installs an SPTE of ${gfnName(world, frame.vm, frame['gfn']!)} by memslot ${slot}, which is INVALID`;
    },
    'fault.prepareMmio': (world) => {
      const { objects, frames, last } = world;
      const frame = frames[last.actor]!;
      const slot = frame['slot']!;
      if (slot === 0 || (objects.memslot(slot).flags & KVM_MEMSLOT_INVALID) === 0) return undefined;
      return `${actorName(world, last.actor)} leaves for MMIO at ${gfnName(world, frame.vm, frame['gfn']!)}, as if there was no memslot; memslot ${slot} is only INVALID`;
    },
  },
  whole: (world) => {
    for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
      const broken = vmBroken(world, vm);
      if (broken !== undefined) return broken;
    }
    return undefined;
  },
};

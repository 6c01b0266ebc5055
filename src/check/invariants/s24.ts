// S-24: where allocation makes a page private, what is mapped as shared is not allocated, and no look-up of KVM allocates.

import { KVM_MEM_GUEST_MEMFD } from '../../memory/layouts/kvm.ts';
import { alive, anyMapped, mappedAt, mappedPrivate, slotAt } from './state.ts';
import { gfnName, indexName, spteName, vcpuName } from './words.ts';
import type { MemfdWorld } from '../../steps/memfd-world.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const applies = ({ facts }: CheckedWorld): boolean => facts.config.privacy === 'allocation';

/** A leaf of the valid root that is shared, of a page that is allocated, while nobody allocates in the file. */
function leafBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { mmu_root, memslot, slot_gmem, file, cache, i_rwsem } = world.objects as MemfdWorld;
  if (!applies(world) || mmu_root(vm).valid !== root || mappedAt(world, vm, root, gfn) === 0 || mappedPrivate(world, vm, root, gfn) || !alive(world, vm)) return undefined;
  const slot = slotAt(world, vm, gfn);
  if (slot === 0 || (memslot(slot).flags & KVM_MEM_GUEST_MEMFD) === 0 || slot_gmem(slot).file === 0) return undefined;
  const { inode } = file(slot_gmem(slot).file);
  const index = gfn - memslot(slot).base_gfn + memslot(slot).pgoff;
  if (i_rwsem(inode).writer !== 0 || cache(inode, index).pfn === 0) return undefined;
  return `${spteName(world, vm, root, gfn)} is shared, but ${indexName(world, inode, index)} is allocated, so that ${gfnName(world, vm, gfn)} is private`;
}

function anywhere(world: CheckedWorld): string | undefined {
  const { sizes } = world.facts;
  if (!applies(world)) return undefined;
  for (let vm = 0; vm < sizes.vm; vm++) {
    if (!anyMapped(world, vm, leafBroken)) continue;
    for (let root = 0; root < sizes.root; root++) {
      for (let gfn = 0; gfn < sizes.gfn; gfn++) {
        const broken = leafBroken(world, vm, root, gfn);
        if (broken !== undefined) return broken;
      }
    }
  }
  return undefined;
}

export const s24: Invariant = {
  id: 'S-24',
  title: 'private if and only if allocated',
  statement: 'In kernels in which a page is private by being allocated in the file: while nobody allocates or punches there, no page that is '
    + 'allocated is mapped as shared. No look-up of KVM allocates.',
  onWrite: {
    spte: leafBroken,
    i_rwsem: (world, inode) => ((world.objects as MemfdWorld).i_rwsem(inode).writer === 0 ? anywhere(world) : undefined),
  },
  after: {
    'folio.insert': (world) => {
      const { vcpu } = world.frames[world.last.actor]!;
      return applies(world) && vcpu >= 0 ? `${vcpuName(world, vcpu)} has allocated the page that it asked for: that makes it private` : undefined;
    },
  },
  whole: anywhere,
};

// S-05: a page of guest_memfd has one owner.

import { alive } from './state.ts';
import { spteName, vmName } from './words.ts';
import { SPTE } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';
import type { MemfdWorld } from '../../steps/memfd-world.ts';

/** May another gfn, or another VM, map the page? */
function mappedElsewhere({ whereabouts, facts }: CheckedWorld, vm: number, gfn: number, pfn: number): boolean {
  if (whereabouts === undefined) return true;
  const { byPage } = whereabouts;
  for (let place = whereabouts.nextOf(1 << SPTE, byPage.first(pfn)); place !== 0; place = whereabouts.nextOf(1 << SPTE, byPage.next(place))) {
    if (whereabouts.last(place, SPTE) !== gfn || Math.floor(whereabouts.row(place, SPTE) / facts.sizes.root) !== vm) return true;
  }
  return false;
}

/** Does another gfn, or another VM, map the page of this private leaf as private too? */
function leafBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { objects, facts: { sizes } } = world;
  const { pfn, private: isPrivate } = objects.spte(vm, root, gfn);
  if (pfn === 0 || isPrivate === 0 || !alive(world, vm) || !mappedElsewhere(world, vm, gfn, pfn)) return undefined;
  for (let otherVm = 0; otherVm < sizes.vm; otherVm++) {
    for (let otherRoot = 0; otherRoot < sizes.root; otherRoot++) {
      for (let other = 0; other < sizes.gfn; other++) {
        const leaf = objects.spte(otherVm, otherRoot, other);
        if (leaf.pfn !== pfn || leaf.private === 0 || (otherVm === vm && other === gfn) || !alive(world, otherVm)) continue;
        return `${spteName(world, vm, root, gfn)} and ${spteName(world, otherVm, otherRoot, other)} both map pfn ${pfn}`;
      }
    }
  }
  return undefined;
}

/** Another VM believes that it owns the inode. */
function ownersBroken(world: CheckedWorld, inode: number): string | undefined {
  const { by } = (world.objects as MemfdWorld).registration(inode);
  const first = by.first();
  for (let vm = first + 1; first >= 0 && vm < world.facts.sizes.vm; vm++) if (by.has(vm)) return `inode ${inode} has two owners, ${vmName(world, first)} and ${vmName(world, vm)}`;
  return undefined;
}

export const s05: Invariant = {
  id: 'S-05',
  title: 'one owner of a private page',
  statement: 'A page of guest_memfd is mapped by SPTEs of at most one VM, and there by at most one gfn. A memfd has one owner.',
  onWrite: { spte: leafBroken, registration: ownersBroken },
  whole: (world) => {
    const { sizes } = world.facts;
    for (let vm = 0; vm < sizes.vm; vm++) {
      for (let root = 0; root < sizes.root; root++) {
        for (let gfn = 0; gfn < sizes.gfn; gfn++) {
          const broken = leafBroken(world, vm, root, gfn);
          if (broken !== undefined) return broken;
        }
      }
    }
    return undefined;
  },
};

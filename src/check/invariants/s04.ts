// S-04: what is mapped as private is private, and what is mapped as shared is shared.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, anyMapped, covered, mappedAt, mappedPrivate, privacyOf, slotAt } from './state.ts';
import { gfnName, spteName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

function leafBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  // Where privacy is no attribute, S-24 and memslots say it.
  if (mappedAt(world, vm, root, gfn) === 0 || world.facts.config.privacy !== undefined) return undefined;
  const mapped = mappedPrivate(world, vm, root, gfn);
  const slot = slotAt(world, vm, gfn);
  const wanted = privacyOf(world, vm, slot, gfn);
  if (wanted === undefined || mapped === wanted || !alive(world, vm) || covered(world, vm, gfn) || slot === 0) return undefined;
  return `${spteName(world, vm, root, gfn)} is ${mapped ? 'private' : 'shared'}, ${gfnName(world, vm, gfn)} is ${wanted ? 'private' : 'shared'}, and no invalidation that covers it is open`;
}

function gfnBroken(world: CheckedWorld, vm: number, gfn: number): string | undefined {
  for (let root = 0; root < world.facts.sizes.root; root++) {
    const broken = leafBroken(world, vm, root, gfn);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function vmBroken(world: CheckedWorld, vm: number): string | undefined {
  if (!anyMapped(world, vm, leafBroken)) return undefined;
  for (let gfn = 0; gfn < world.facts.sizes.gfn; gfn++) {
    const broken = gfnBroken(world, vm, gfn);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function everyVm(world: CheckedWorld): string | undefined {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = vmBroken(world, vm);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s04: Invariant = {
  id: 'S-04',
  title: 'mapped as what it is',
  statement: 'Unless an invalidation that covers the gfn is open, the SPTE of a gfn is private if and only if the gfn is. Entries left by an '
    + 'access without a slot are excepted.',
  onWrite: {
    spte: leafBroken,
    spte_huge: (world, vm, root, hp) => {
      for (let k = 0; k < HUGE_PAGES; k++) {
        const broken = leafBroken(world, vm, root, hp * HUGE_PAGES + k);
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
    mem_attr: gfnBroken,
    open_invalidation: (world, vm, actor) => (world.objects.open_invalidation(vm, actor).open === 0 ? vmBroken(world, vm) : undefined),
    memslots: vmBroken,
    shareability: everyVm,
  },
  whole: everyVm,
};

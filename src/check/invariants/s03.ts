// S-03: a page that is free is not in use.

import { HUGE_PAGES } from '../../steps/huge.ts';
import { alive, flushesFirst } from './state.ts';
import { hvaName, indexName, spteName, tlbName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const isFree = ({ objects }: CheckedWorld, pfn: number): boolean => pfn !== 0 && !objects.buddy().used.has(pfn);

function spteBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { pfn } = world.objects.spte(vm, root, gfn);
  return isFree(world, pfn) && alive(world, vm) ? `${spteName(world, vm, root, gfn)} maps pfn ${pfn}, which is free` : undefined;
}
function hugeBroken(world: CheckedWorld, vm: number, root: number, hp: number): string | undefined {
  const { pfn } = world.objects.spte_huge(vm, root, hp);
  if (pfn === 0 || !alive(world, vm)) return undefined;
  for (let k = 0; k < HUGE_PAGES; k++) {
    if (isFree(world, pfn + k)) return `${spteName(world, vm, root, hp * HUGE_PAGES + k)} maps pfn ${pfn + k}, which is free`;
  }
  return undefined;
}
function tlbBroken(world: CheckedWorld, vcpu: number, gfn: number): string | undefined {
  const { pfn } = world.objects.tlb(vcpu, gfn);
  return isFree(world, pfn) && !flushesFirst(world, vcpu) ? `${tlbName(world, vcpu, gfn)} says pfn ${pfn}, which is free` : undefined;
}
function hpteBroken(world: CheckedWorld, hva: number): string | undefined {
  const { pfn } = world.objects.hpte(hva);
  return isFree(world, pfn) ? `the page table of the VMM's process maps ${hvaName(world, hva)} to pfn ${pfn}, which is free` : undefined;
}
function cacheBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  const { pfn } = world.objects.cache(inode, index);
  return isFree(world, pfn) ? `${indexName(world, inode, index)} has pfn ${pfn} in the page cache, which is free` : undefined;
}

/** Everything that can refer to a page. */
function anywhere(world: CheckedWorld): string | undefined {
  const { sizes } = world.facts;
  let broken: string | undefined;
  for (let vm = 0; vm < sizes.vm; vm++) {
    for (let root = 0; root < sizes.root; root++) {
      for (let gfn = 0; gfn < sizes.gfn; gfn++) if ((broken = spteBroken(world, vm, root, gfn)) !== undefined) return broken;
      for (let hp = 0; hp < sizes.hp; hp++) if ((broken = hugeBroken(world, vm, root, hp)) !== undefined) return broken;
    }
  }
  for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) {
    for (let gfn = 0; gfn < sizes.gfn; gfn++) if ((broken = tlbBroken(world, vcpu, gfn)) !== undefined) return broken;
  }
  for (let hva = 0; hva < sizes.hva; hva++) if ((broken = hpteBroken(world, hva)) !== undefined) return broken;
  for (let inode = 1; inode < sizes.inode; inode++) {
    for (let index = 0; index < sizes.index; index++) if ((broken = cacheBroken(world, inode, index)) !== undefined) return broken;
  }
  return undefined;
}

export const s03: Invariant = {
  id: 'S-03',
  title: 'a free page is nowhere in use',
  statement: 'A page whose refcount has reached 0 is mapped by no SPTE, TLB entry or host page-table entry, and is in no page cache. A TLB '
    + 'that will be emptied before the next access of its guest does not count.',
  onWrite: {
    folio_ref: (world, pfn) => (world.objects.folio_ref(pfn).refcount === 0 ? anywhere(world) : undefined),
    spte: spteBroken,
    spte_huge: hugeBroken,
    tlb: tlbBroken,
    hpte: hpteBroken,
    cache: cacheBroken,
  },
  whole: anywhere,
};

// A vCPU's TLB: filled and emptied with the record of which entries it has, so that a flush need not look at those that it has not.

import type { World } from '../memory/world.ts';

/** A leaf SPTE, as far as a translation goes. */
interface Leaf { readonly private: number; readonly writable: number }

/** The entry of `gfn` says `pfn` from now on, with what the leaf allows. */
export function fillTlb({ tlb, tlb_filled }: World, vcpu: number, gfn: number, pfn: number, leaf: Leaf): void {
  const entry = tlb(vcpu, gfn);
  entry.pfn = pfn;
  entry.private = leaf.private;
  entry.writable = leaf.writable;
  tlb_filled(vcpu).gfns.set(gfn);
}

/** The entry of `gfn` is gone. */
export function evictFromTlb({ tlb, tlb_filled }: World, vcpu: number, gfn: number): void {
  const entry = tlb(vcpu, gfn);
  entry.pfn = 0;
  entry.private = 0;
  entry.writable = 0;
  tlb_filled(vcpu).gfns.clear(gfn);
}

/** All entries are gone. */
export function emptyTlb(world: World, vcpu: number): void {
  const { gfns } = world.tlb_filled(vcpu);
  for (let gfn = gfns.first(); gfn >= 0; gfn = gfns.first()) evictFromTlb(world, vcpu, gfn);
}

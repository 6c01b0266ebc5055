// FL-3, mended: a shared fault maps no huge leaf over pages of which one is allocated. It asks under mmu_lock; what is allocated behind it calls
// map, which zaps the leaf.

import { isAllocated } from '../../../src/steps/private-ops.ts';
import { hugeAllowed, installLeaf, spurious } from '../../../src/steps/fault.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const map: Step<Fault, MemfdWorld> = (world, f) => {
  let huge = hugeAllowed(world, f);
  const first = f.gfn - (f.gfn % HUGE_PAGES);
  for (let gfn = first; huge && gfn < first + HUGE_PAGES; gfn++) huge = !isAllocated(world, f.slot, gfn);
  if (!huge && world.facts.sizes.hp > 0) {
    // A huge leaf that is there serves the access until map zaps it: to split it here would want a flush.
    const { pfn, private: isPrivate, writable } = world.spte_huge(f.vm, world.vcpu_root(f.vcpu).root - 1, Math.floor(f.gfn / HUGE_PAGES));
    if (pfn !== 0 && pfn + f.gfn - first === f.pfn && isPrivate === f.intent && writable >= f.map_writable) return spurious;
  }
  return installLeaf(world, f, huge);
};

export const fl3: Fix = { mended: ['FL-3'], steps: { 'fault.map': map } };

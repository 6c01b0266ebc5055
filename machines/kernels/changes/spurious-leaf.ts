// 6.14: a fault that finds a leaf which allows the access leaves it as it is, whatever page it has looked up itself, and warns if that is
// another one. A fault without a memslot does so too, as no memslot's creation makes it stale (P2): until 6.13 its entry took the place of
// the leaf, which no flush followed.

import { hugeAllowed, spurious, steps as fault } from '../../../src/steps/fault.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import { entryOf, mapEntry, mapLeaf } from './mmio-entries.ts';
import { step } from '../../fragment.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Frame, Step, World } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** is_access_allowed: what is there serves the access. */
const allows = (leaf: { readonly pfn: number; readonly writable: number }, f: Frame<Fault>): boolean => leaf.pfn !== 0 && (f.write === 0 || leaf.writable !== 0);

/** The leaf that is there already, at the level that the fault would map at. */
function present(world: World, f: Frame<Fault>): { readonly pfn: number; readonly writable: number } {
  const root = world.vcpu_root(f.vcpu).root - 1;
  return hugeAllowed(world, f) ? world.spte_huge(f.vm, root, Math.floor(f.gfn / HUGE_PAGES)) : world.spte(f.vm, root, f.gfn);
}

const install = mapLeaf(fault['fault.map']);
const mapUnlessThere: Step<Fault> = (world, f, choose) => (allows(present(world, f), f) ? spurious : install(world, f, choose));
const enterUnlessThere: Step<Fault> = (world, f, choose) => (allows(entryOf(world, f, f.gfn), f) ? spurious : mapEntry(world, f, choose));

export const spuriousLeaf: Fix = {
  steps: { 'fault.map': mapUnlessThere, 'fault.mapEntry': enterUnlessThere },
  fragments: {
    'mmu.fault': (edit) => {
      edit.replace('mapEntry', step('fault.mapEntry', 'F10, F11: make_mmio_spte; a leaf that allows the access stays', {
        ok: 'unlockEmulate', replaced: 'unlockEmulate', spurious: 'unlockSpurious',
      }));
      edit.add('unlockSpurious', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock): RET_PF_SPURIOUS', { ok: '^fixed' }));
    },
  },
};

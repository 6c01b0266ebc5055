// A VMM that converts as an exit asks: where the file keeps the state of its pages it asks the file, and nothing is discarded, since the memory
// stays where it is. Elsewhere it does what it always did. It works on the part that lies in one memslot, as the exit names it.

import { operand } from '../../../src/memory/code.ts';
import { done } from '../../../src/steps/flush.ts';
import { slotOf } from '../../../src/steps/memslot-lookup.ts';
import { fileSays } from '../../../src/steps/shareability.ts';
import { bytes, call, fdOf, GMEM_ACTOR, steps, VCPU } from '../../../src/steps/vmm-convert.ts';
import type { Convert } from '../../../src/memory/frames.ts';
import type { Vmm } from '../../../src/steps/vmm.ts';
import type { Frame, Step, World } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const PRIVATE = 8;

/** The memslot of the first page, as the VMM's own record has it. */
const slotAt = (world: World, f: Frame<Vmm & Convert>): number => slotOf(world, world.facts.vmOfVcpu[operand(world.facts, f.self, f.pc, VCPU)]!, f.gfn);

const sendAttributes: Step<Vmm & Convert> = (world, f) => {
  const slot = slotAt(world, f);
  const fd = fileSays(world, slot) ? fdOf(world, slot) : -1;
  if (fd < 0) return steps['convert.sendAttributes'](world, f);
  const { base_gfn, npages, pgoff } = world.memslot(slot);
  const offset = bytes(world.facts.indexes.real(pgoff) + BigInt(f.gfn - base_gfn));
  const size = bytes(BigInt(Math.min(f.npages, base_gfn + npages - f.gfn)));
  return call(world, f, GMEM_ACTOR, 'convert_gmem', [fd, offset.lo, offset.hi, size.lo, size.hi, f.attributes !== 0 ? PRIVATE : 0, 0]);
};

const discardNext: Step<Vmm & Convert> = (world, f) => (fileSays(world, slotAt(world, f)) ? done : steps['convert.discardNext'](world, f));

export const vmmConvert: Fix = { steps: { 'convert.sendAttributes': sendAttributes, 'convert.discardNext': discardNext } };

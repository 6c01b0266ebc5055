// G4-B11 where files keep the state of their pages: it is the file that says whether the copy is out of date.

import { outcome } from '../../../src/memory/outcome.ts';
import { steps } from '../../../src/steps/fault.ts';
import { privateIn } from '../../../src/steps/shareability.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const outdated = outcome('outdated');

/** kvm_mmu_prepare_memory_fault_exit, unless the intent that it would name was KVM's own copy, of a VM with private memory, and is out of date. */
const prepareMemoryFault: Step<Fault> = (world, f) => {
  const copied = world.facts.vmTypes[f.vm] === 'sw-protected';
  if (copied && privateIn(world, f.vm, f.slot, f.gfn) !== f.intent) return outdated;
  return steps['fault.prepareMemoryFault'](world, f);
};

export const g4b11Convert: Fix = { steps: { 'fault.prepareMemoryFault': prepareMemoryFault } };

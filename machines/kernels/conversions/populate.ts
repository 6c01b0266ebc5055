// Filling private memory before the guest runs, as the RFC meets it: under invalidate_lock exclusive, with the process's page faults inside it
// (G5-B8), and for TDX with the guest's page fault inside it, which wants the same lock (G5-B7).

import { calls, frames, regionSteps, steps } from '../../../src/steps/populate.ts';
import { initMemRegion, invalidateLock, source as regionSource } from '../../vcpu/init-mem-region.ts';
import { populate, source } from '../../vm/populate.ts';
import { editFragment } from '../../../src/kernel/edit.ts';
import { g5b7 } from '../fixes/g5-b7.ts';
import { g5b8 } from '../fixes/g5-b8.ts';
import type { FragmentEdit } from '../../../src/kernel/edit.ts';
import type { Fix } from '../fix.ts';

export const populateLocked: Fix = {
  calls,
  registers: frames,
  steps: { ...Object.fromEntries(Object.entries(steps).filter(([name]) => name !== 'populate.more')), ...regionSteps },
  fragments: Object.fromEntries([populate, source, initMemRegion, invalidateLock, regionSource].map((one) => [one.name, one])),
};

const edits = [g5b7, g5b8].map(({ fragments }) => fragments!['vcpu.initMemRegion'] as FragmentEdit);

/** The same as 7.0 has it, and with a helper for what has to be mapped with the lock held: without either bug. */
export const populateUnlocked: Fix = {
  ...populateLocked,
  steps: { ...populateLocked.steps, ...g5b8.steps },
  fragments: { ...populateLocked.fragments, ...g5b7.fragments, ...g5b8.fragments, 'vcpu.initMemRegion': edits.reduce(editFragment, initMemRegion) },
};

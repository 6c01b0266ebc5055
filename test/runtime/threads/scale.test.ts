// Sixteen VMs of sixteen vCPUs over 65,536 page frames, on one to sixteen workers.

import { expect, it } from 'vitest';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import { ran, replayed } from '../../support/threads.ts';

const scale = builtinScenario('scale')!;

it.each([1, 4, 16])('%i workers', async (workers) => {
  const one = await ran(scale, { limits: { steps: 30_000 }, threads: { workers, placement: 'vm' } });
  // Its analyses would take gigabytes: they are left out.
  expect(one.result.analysis).toBeUndefined();
  expect([one.result.why, one.result.steps, one.result.workers!.length]).toEqual(['steps', 30_000, workers]);
  expect(one.result.workers!.every(({ steps }) => steps > 0)).toBe(true);
  expect(replayed(one)).toBe(30_000);
});

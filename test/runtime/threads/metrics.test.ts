// The public API on real threads: a run's batches through the operator that counts them.

import { expect, it } from 'vitest';
import { invariants, kernels, Meter, metrics, threads, type Metrics } from '../../../dist/src/index.js';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import { compile } from '../../../dist/src/scenario/compile.js';

it('counts while the run goes on, and in the end what the result says', async () => {
  const kernel = kernels.find(({ name }) => name === 'v6.8')!;
  const run = threads.open({ kernel, topology: compile(builtinScenario('stress'), kernel), seed: 1, invariants, limits: { steps: 60_000 }, threads: { workers: 2 } });
  const counts: Metrics[] = [];
  run.batches.pipe(metrics(run.world)).subscribe((one) => counts.push(one));
  const { tally, seconds, workers } = await run.start();
  expect(counts.at(-1)).toEqual(new Meter(kernel).of(tally));
  expect(counts.at(-1)!.steps).toBe(60_000);
  expect(counts.length).toBeGreaterThanOrEqual(4);
  for (const [before, after] of counts.slice(1).map((one, k) => [counts[k]!, one] as const)) {
    for (const measure of Object.keys(before) as (keyof Metrics)[]) expect(after[measure]).toBeGreaterThanOrEqual(before[measure]);
  }
  expect(seconds).toBeGreaterThan(0);
  expect(run).toHaveProperty('round', 1);
  expect(workers!.length).toBe(2);
});

// Jobs on threads: two find what one finds. From dist, since a worker cannot load TypeScript on every Node.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../../dist/machines/kernels/index.js';
import { invariants } from '../../../dist/src/check/invariants/index.js';
import { SamplePool } from '../../../dist/src/explore/pool.js';
import { Sampler } from '../../../dist/src/explore/sample.js';
import { resultOf } from '../../../dist/src/explore/sample-result.js';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import { compile } from '../../../dist/src/scenario/compile.js';
import type { SampleProgress } from '../../../dist/src/explore/sample.js';
import type { SampleTotals } from '../../../dist/src/explore/sample-types.js';

const kernel = kernels.find(({ name }) => name === 'v6.8')!;
const scenario = builtinScenario('SC22')!;
const topology = compile(scenario, kernel);
const options = { strategy: 'portfolio', schedules: 300, seed: 3, about: scenario.about, invariants };
const pool = (jobs: number, more: object = {}): SamplePool => new SamplePool({ kernel, topology, options, jobs, ...more });
const compared = ({ rechecked: _rechecked, ...rest }: SampleTotals): object => ({ ...rest, findings: resultOf({ ...rest, rechecked: 0 }).findings });

describe('jobs', () => {
  it('two execute the same schedules and find the same as one, and as none', async () => {
    const sampler = new Sampler(kernel, topology, options);
    while (sampler.advance(10_000)) { /* to the end */ }
    const [one, two] = await Promise.all([pool(1).run(), pool(2).run()]);
    expect(two.schedules).toBe(300);
    expect(resultOf(two).findings.length).toBeGreaterThan(1);
    expect(compared(two)).toEqual(compared(one));
    expect(one.digest).toEqual(sampler.totals().digest);
    expect(one.found).toEqual(sampler.totals().found);
  });

  it('of a shard are that shard', async () => {
    const shard = { index: 1, of: 3 };
    const sampler = new Sampler(kernel, topology, { ...options, shard });
    while (sampler.advance(10_000)) { /* to the end */ }
    const totals = await pool(2, { options: { ...options, shard } }).run();
    expect(totals.shards).toEqual([shard]);
    expect(totals.digest).toEqual(sampler.totals().digest);
  });

  it('tell how far they are, and stop when asked', async () => {
    const far: SampleProgress[] = [];
    const endless = pool(2, { options: { ...options, schedules: 100_000_000 }, progress: (one: SampleProgress) => { far.push(one); endless.stop(); } });
    const totals = await endless.run();
    expect(far[0]!.of).toBeGreaterThan(0);
    expect(totals.complete).toBe(false);
    expect(totals.schedules).toBeGreaterThan(0);
    expect(resultOf(totals).inconclusive).toEqual(['the exploration was stopped before its end']);
  });

  it('that fail say so', async () => {
    await expect(pool(1, { options: { ...options, strategy: 'nosuch' } }).run()).rejects.toThrow("job 1 of 1 ended with an error: there is no strategy 'nosuch'");
    const entry = new URL('../../support/dying-worker.mjs', import.meta.url);
    await expect(pool(1, { entry }).run()).rejects.toThrow(/^job 1 of 1 ended with /);
    expect(() => pool(0)).toThrow('an exploration has 1 to 64 jobs, not 0');
  });
});

// The slice on real threads: two workers with their XState actors over one shared memory, followed by the shadow. Runs from
// dist, since a worker cannot load TypeScript on every Node.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../dist/machines/kernels/index.js';
import { s01 } from '../../dist/src/check/invariants/s01.js';
import { Checker } from '../../dist/src/check/checker.js';
import { runThreads } from '../../dist/src/runtime/threads/index.js';
import { builtinScenario } from '../../dist/src/scenario/builtin/index.js';
import { scenario, loop, punch, read, write } from '../../dist/src/scenario/builder.js';
import { compile } from '../../dist/src/scenario/compile.js';

const kernel = kernels.find(({ name }) => name === 'v6.8')!;

describe('two worker threads and a shadow', () => {
  it('run SC01 to its end, and the shadow ends with the very words of physical memory', async () => {
    const result = await runThreads(kernel, compile(builtinScenario('SC01')!, kernel), { workers: 2, seed: 1, steps: 100_000 });
    expect(result.why).toBe('finished');
    expect(result.steps).toBe(result.workers.reduce((sum, { steps }) => sum + steps, 0));
    expect(result.workers.every(({ steps }) => steps > 0)).toBe(true);
  });

  it('race for real over many rounds, and S-01 holds at every step of the shadow', async () => {
    const base = builtinScenario('SC01')!;
    const rounds = scenario({
      ...base, name: 'SC01-rounds',
      vms: [{ vcpus: [{ program: [loop(2000, [write(0, 7), read(0)])] }] }],
      threads: [{ name: 'main', program: [loop(2000, [punch('A', 0, 1)])] }],
    });
    let checker: Checker | undefined;
    const broken: string[] = [];
    const result = await runThreads(kernel, compile(rounds, kernel), {
      workers: 2, seed: 3, steps: 10_000_000,
      afterStep: (world) => {
        checker ??= new Checker(world, [s01]);
        const written = [world.plan.byName.get('spte')!.firstId];
        const violation = checker.afterStep(written, 1);
        if (violation !== undefined) broken.push(violation.sentence);
      },
    });
    expect(broken).toEqual([]);
    expect(result.why).toBe('finished');
    expect(result.steps).toBeGreaterThan(20_000);
  });

  it('ends for all workers at once when one reaches its limit, although others wait for it', async () => {
    const endless = scenario({
      ...builtinScenario('SC01')!, name: 'SC01-endless',
      vms: [{ vcpus: [{ program: [{ op: 'loop', forever: true, do: [write(0, 7)] }] }] }],
      threads: [{ name: 'main', program: [{ op: 'loop', forever: true, do: [punch('A', 0, 1)] }] }],
    });
    const result = await runThreads(kernel, compile(endless, kernel), { workers: 2, seed: 5, steps: 20_000 });
    expect(result.why).toBe('limit');
    expect(Math.max(...result.workers.map(({ steps }) => steps))).toBe(20_000);
  });
});

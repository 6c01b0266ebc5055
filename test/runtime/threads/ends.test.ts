// How a run on real threads ends: by itself, at limits, at findings, when it is told to, when something in it dies.

import { describe, expect, it, vi } from 'vitest';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import { forever, punch, scenario, write } from '../../../dist/src/scenario/builder.js';
import { kernel, opened, ran, replayed } from '../../support/threads.ts';

const SC01 = builtinScenario('SC01')!;
const stress = builtinScenario('stress')!;
const endless = scenario({
  ...SC01, name: 'SC01-endless',
  vms: [{ vcpus: [{ program: [forever([write(0, 7)])] }] }],
  threads: [{ name: 'main', program: [forever([punch('A', 0, 1)])] }],
});

/** Text of v6.8 with one more difference. */
const own = (difference: string): string => `import { deriveKernel, kernels, ok, outcome, blocked } from 'faultline';
export default deriveKernel(kernels.find((one) => one.name === 'v6.8')!, { name: 'own', ${difference} });
`;
const NO_STALE_TEST = own("fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') }");

describe('a run on real threads ends', () => {
  it('by itself, when everybody is at rest; every worker has done its part', async () => {
    const { result } = await ran(SC01);
    expect([result.why, result.waiting]).toEqual(['finished', []]);
    expect(result.workers!.reduce((sum, { steps }) => sum + steps, 0)).toBe(result.steps);
    expect(result.workers!.every(({ steps }) => steps > 0)).toBe(true);
  });

  it('at exactly its limit of steps, whatever the workers have done beyond', async () => {
    const one = await ran(endless, { limits: { steps: 40_001 } });
    expect([one.result.why, one.result.steps]).toEqual(['steps', 40_001]);
    expect(one.result.workers!.reduce((sum, { steps }) => sum + steps, 0)).toBeGreaterThanOrEqual(40_001);
    expect(replayed(one)).toBe(40_001);
  });

  it('at its limit of seconds', async () => {
    const one = await ran(endless, { limits: { seconds: 0.3 } });
    expect(one.result.why).toBe('seconds');
    expect(one.result.steps).toBe(one.result.workers!.reduce((sum, { steps }) => sum + steps, 0));
    expect(replayed(one)).toBe(one.result.steps);
  });

  it('when it is told to stop', async () => {
    const { run, batches } = opened(endless, {});
    run.batches.subscribe(() => { if (batches.length === 3) run.stop(); });
    expect((await run.start()).why).toBe('interrupted');
  });

  it('at once when it was stopped before', async () => {
    const { run } = opened(endless, {});
    run.stop();
    expect(await run.start()).toMatchObject({ why: 'interrupted', steps: 0 });
  });

  it('at the first step that breaks an invariant, which is the last of the trace and of the memory', async () => {
    const one = await ran(endless, { text: NO_STALE_TEST, limits: { steps: 1_000_000 }, threads: { jitter: 2 } });
    expect([one.result.why, one.result.violation?.id]).toEqual(['violation', 'S-01']);
    expect(replayed(one)).toBe(one.result.steps);
  });

  it('in a deadlock, with those who wait', async () => {
    const twice = { ...SC01, threads: [{ name: 'main', program: [punch('A', 0, 1), punch('A', 0, 1)] }] };
    const one = await ran(twice, { text: own("fragments: { 'gmem.punchHole': (edit) => edit.remove('unlock', '^done') }"), invariants: [] });
    expect(one.result.why).toBe('deadlock');
    expect(one.result.waiting.map(({ actor, step }) => [actor, step])).toContainEqual(['main.gmem', 'inode.downWriteGranted']);
    expect(replayed(one)).toBe(one.result.steps);
  });

  it('with the actor and the step when a step throws; the steps before it were emitted', async () => {
    const { run, batches } = opened(SC01, { text: own("steps: { 'fault.testStale': () => { throw new Error('not written yet'); } }") });
    await expect(run.start()).rejects.toThrow(/^worker \d ended with an error: not written yet, at 'fault\.testStale' of 'vcpu0'/);
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(10);
  });

  it('with the actor and the step when a step never comes back', async () => {
    const { run, batches } = opened(SC01, { text: own("steps: { 'fault.testStale': () => { for (;;); } }"), threads: { patience: 1 } });
    await expect(run.start()).rejects.toThrow(/^nothing has moved for 1 s: .*worker \d is busy at 'fault\.testStale' of 'vcpu0'/);
    expect(batches.length).toBeGreaterThan(0);
  });

  it('with the actor and the step when a worker exits', async () => {
    const { run, batches } = opened(endless, { threads: { entry: new URL('../../support/dying-worker.mjs', import.meta.url) } });
    await expect(run.start()).rejects.toThrow(/^worker \d ended with code 7 in the middle of the run, at '[\w.]+' of '[\w.:]+' \(state [\w.]+\)$/);
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(1000);
  });
});

describe('rounds', () => {
  it('go on until one ends with a finding, and only its steps are the run', async () => {
    const one = await ran(builtinScenario('SC26')!, { threads: { repeat: 10_000, jitter: 2 } });
    expect([one.result.why, one.result.violation?.id]).toEqual(['violation', 'S-11']);
    expect(one.result.rounds).toBeGreaterThanOrEqual(1);
    expect(one.batches[0]!.first).toBe(1);
    expect(replayed(one)).toBe(one.result.steps);
    expect(one.result.allSteps).toBeGreaterThanOrEqual(one.result.steps);
  });

  it('end each at the limit of steps', async () => {
    const one = await ran(stress, { limits: { steps: 500 }, threads: { repeat: 5 } });
    expect([one.result.why, one.result.steps, one.result.rounds, one.result.allSteps]).toEqual(['steps', 500, 5, 2500]);
    expect(replayed(one)).toBe(500);
  });

  it('can be stopped between and within', async () => {
    const { run } = opened(SC01, { threads: { repeat: 1_000_000 } });
    setTimeout(() => run.stop(), 1500);
    const result = await run.start();
    expect(result.why).toBe('interrupted');
    expect(result.rounds).toBeLessThan(1_000_000);
  });
});

describe('odd sizes', () => {
  it('logs with hardly any room lose nothing', async () => {
    const one = await ran(endless, { limits: { steps: 20_000 }, threads: { logWords: 128 } });
    expect(one.result.steps).toBe(20_000);
    expect(replayed(one)).toBe(20_000);
  });

  it('versions that begin just below the wrap wrap unnoticed', async () => {
    const one = await ran(endless, { limits: { steps: 50_000 }, threads: { firstVersion: 0x7fffffff - 20 } });
    expect(one.result.why).toBe('steps');
    expect(replayed(one)).toBe(50_000);
  });

  it('more workers than actors', async () => {
    expect((await ran(SC01, { threads: { workers: 16 } })).result.why).toBe('finished');
  });

  it.each([0, 17, 1.5])('%f workers are refused', (workers) => {
    expect(() => opened(SC01, { threads: { workers } })).toThrow(`a run has 1 to 16 workers, not ${workers}`);
  });
});

describe('a seeded defect', () => {
  it.each(['folio_lock', 'kvm_mmu', 'mailbox'])('in the versions of %s shows as a difference of the shadow, or a step that breaks', async (layout) => {
    vi.stubEnv('BROKEN_LAYOUT', layout);
    const entry = new URL('../../support/broken-worker.mjs', import.meta.url);
    const { run } = opened(stress, { kernel: kernel('v6.8'), limits: { seconds: 250 }, threads: { entry, workers: 2, patience: 2, placement: 'round-robin' } });
    await expect(run.start()).rejects.toThrow(/\bshadow\b|a ticket is missing|a wake-up was lost|^worker \d ended with an error: /);
    vi.unstubAllEnvs();
  });
});

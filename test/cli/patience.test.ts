import { expect, test, vi } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { patiently } from '../../src/cli/patience.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import type { Step } from '../../src/memory/world.ts';
import type { Run } from '../../src/runtime/run.ts';
import { simulate } from '../../src/runtime/simulate-run.ts';
import { LaboratoryError } from '../../src/runtime/world.ts';
import { SC01 } from '../../src/scenario/builtin/sc01.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { TraceBatch } from '../../src/trace/batch.ts';

const stale = v6_8.steps.get('fault.testStale')! as Step;
const opened = (step: Step, seconds?: number): Run => {
  const kernel = deriveKernel(v6_8, { name: 'own', steps: { 'fault.testStale': step } });
  const run: Run = simulate.open({ kernel, topology: compile(SC01, kernel), seed: 1, around: patiently(() => run.world, seconds) });
  return run;
};

test('a step that never comes back ends the run with its name; the steps before it were emitted', async () => {
  const run = opened(() => { for (;;); }, 0.3);
  // It has run all the while: on a busy machine it would not have.
  const usage = vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 300_000, system: 0 });
  const batches: TraceBatch[] = [];
  run.batches.subscribe((batch) => batches.push(batch));
  await expect(run.start()).rejects.toThrow(new LaboratoryError("step 'fault.testStale' of vcpu0 has not come back for 0.3 s; the kernel's step does not end"));
  usage.mockRestore();
  expect(batches[0]!.count).toBeGreaterThan(10);
});

test('a step that sleeps may only have been halted', async () => {
  const run = opened(() => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); for (;;); }, 0.3);
  await expect(run.start()).rejects.toThrow("step 'fault.testStale' of vcpu0 has not come back for 0.3 s; the process hardly ran meanwhile: if it was halted, run it again");
});

test('a run in patient parts is the same run', async () => {
  const kernel = deriveKernel(v6_8, { name: 'own' });
  const plain = await simulate.open({ kernel, topology: compile(SC01, kernel), seed: 7 }).start();
  const kernelRun = await ((): Run => {
    const run: Run = simulate.open({ kernel, topology: compile(SC01, kernel), seed: 7, around: patiently(() => run.world) });
    return run;
  })().start();
  expect([kernelRun.steps, kernelRun.hash, kernelRun.why]).toEqual([plain.steps, plain.hash, plain.why]);
});

test('what a step throws comes through as it is', async () => {
  const error = new Error('so it goes');
  await expect(opened(() => { throw error; }).start()).rejects.toBe(error);
  expect((await opened(stale).start()).why).toBe('finished');
});

// Opening a run in one call, and keeping its trace: what a program of a person's own begins with.

import { builtinKernel, DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { invariants } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { builtinScenario, builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { ScenarioError, unknownName } from '../scenario/errors.ts';
import type { Scenario } from '../scenario/types.ts';
import { encodeBatch, encodeFooter, encodeHeader, joined } from '../trace/encode.ts';
import { fingerprintOf } from '../trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import type { Run, RunOptions, RunResult, Runtime } from './run.ts';
import { simulate } from './simulate-run.ts';

export interface OpenOptions extends Partial<Omit<RunOptions, 'kernel' | 'topology' | 'scenario'>> {
  /** A kernel, or the name of a built-in one; v6.8 when left out. */
  readonly kernel?: Kernel | string;
  /** `simulate` when left out. */
  readonly runtime?: Runtime;
}

/** Compiles a scenario, or a built-in one by its name, and opens a run of it: seed 1 and all invariants unless told otherwise. */
export function openRun(scenario: Scenario | string, { kernel = DEFAULT_KERNEL, runtime = simulate, ...options }: OpenOptions = {}): Run {
  const what = typeof scenario === 'string' ? builtinScenario(scenario) : scenario;
  if (what === undefined) throw unknownName('', 'scenario', scenario as string, builtinScenarios.map(({ name }) => name));
  const on = typeof kernel === 'string' ? builtinKernel(kernel) : kernel;
  if (on === undefined) throw unknownName('', 'kernel', kernel as string, kernels.map(({ name }) => name));
  return runtime.open({ seed: 1, invariants, ...options, kernel: on, topology: compile(what, on), scenario: what });
}

/** Keeps the trace of a run on a built-in kernel that has not been started; give the result to what is answered, for the bytes of its file. */
export function recordTrace(run: Run, runtime: Runtime = simulate): (result: RunResult) => Uint8Array {
  const { kernel, scenario, seed } = run.options;
  if (scenario === undefined) throw new ScenarioError('', "the run was opened without its 'scenario', which a trace has in its header");
  const parts: Uint8Array[] = [encodeHeader({
    faultline: PACKAGE_VERSION, runtime: runtime.name, kernel: kernel.name, scenario: scenario as Record<string, unknown>, seed,
    fingerprint: fingerprintOf(kernel), leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: run.startHash,
  })];
  run.batches.subscribe((batch) => parts.push(encodeBatch(batch)));
  return ({ why, steps, hash, violation }) => {
    const footer = encodeFooter({ why, steps, hash, ...(violation ? { violation: { id: violation.id, sentence: violation.sentence } } : {}) });
    return joined([...parts, footer]);
  };
}

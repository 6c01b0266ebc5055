// Runs on real threads for tests: from dist, since a worker cannot load TypeScript on every Node. What a run has recorded is replayed.

import type { Observable } from 'rxjs';
import type { Injected } from '../../dist/src/runtime/inputs.js';
import { kernels } from '../../dist/machines/kernels/index.js';
import { invariants as all } from '../../dist/src/check/invariants/index.js';
import type { Invariant } from '../../dist/src/check/invariant.js';
import { loadKernel } from '../../dist/src/kernel/load.js';
import * as api from '../../dist/src/index.js';
import type { Kernel } from '../../dist/src/kernel/define.js';
import { hashOf, preparedWorld } from '../../dist/src/runtime/prepared.js';
import type { Limits, RunResult, ThreadOptions } from '../../dist/src/runtime/run.js';
import { Replayer } from '../../dist/src/runtime/replay.js';
import { ThreadsRun } from '../../dist/src/runtime/threads/index.js';
import { compile } from '../../dist/src/scenario/compile.js';
import type { Scenario } from '../../dist/src/scenario/types.js';
import type { TraceBatch } from '../../dist/src/trace/batch.js';
import { encodeBatch, encodeFooter, encodeHeader } from '../../dist/src/trace/encode.js';
import { outcomeNames } from '../../dist/src/trace/outcomes.js';
import { traceInMemory } from '../../dist/src/trace/source.js';

export const kernel = (name: string): Kernel => kernels.find((one) => one.name === name)!;

export interface Ask {
  readonly kernel?: Kernel;
  /** Text of a kernel of one's own, instead. */
  readonly text?: string;
  readonly seed?: number;
  readonly limits?: Limits;
  readonly invariants?: readonly Invariant[];
  readonly threads?: ThreadOptions;
  readonly inject$?: Observable<Injected>;
}

export interface Ran { readonly result: RunResult; readonly batches: readonly TraceBatch[]; readonly kernel: Kernel; readonly scenario: Scenario; readonly run: ThreadsRun }

/** A run that has not begun, and where its batches go. */
export function opened(scenario: Scenario, { kernel: given, text, seed = 1, limits = {}, invariants = all, threads = {}, inject$ }: Ask): { run: ThreadsRun; batches: TraceBatch[]; kernel: Kernel } {
  const used = text === undefined ? given ?? kernel('v6.8') : loadKernel(text, 'own.ts', api, kernels.map(({ name }) => name));
  const run = new ThreadsRun({
    kernel: used, topology: compile(scenario, used), scenario, ...(inject$ === undefined ? {} : { inject$ }), seed, limits, invariants, threads, ...(text === undefined ? {} : { kernelText: { file: 'own.ts', text } }),
  });
  const batches: TraceBatch[] = [];
  run.batches.subscribe((batch) => batches.push(batch));
  return { run, batches, kernel: used };
}

export async function ran(scenario: Scenario, ask: Ask = {}): Promise<Ran> {
  const { run, batches, kernel: used } = opened(scenario, ask);
  return { result: await run.start(), batches, kernel: used, scenario, run };
}

/** Replays what was recorded, through the bytes of a file, every outcome and the final hash verified; answers the steps. */
export function replayed({ result, batches, kernel: used, scenario }: Pick<Ran, 'result' | 'batches' | 'kernel' | 'scenario'>): number {
  const topology = compile(scenario, used);
  const { world } = preparedWorld(used, topology);
  const bytes = new Uint8Array(Buffer.concat([
    encodeHeader({
      faultline: 'test', runtime: 'threads', kernel: used.name, scenario: scenario as unknown as Record<string, unknown>, seed: 1,
      fingerprint: 'test', leaves: used.table.leaves.length, outcomes: outcomeNames(used.table), start: hashOf(world),
    }),
    ...batches.map(encodeBatch),
    encodeFooter({ why: result.why, steps: result.steps, hash: result.hash, ...(result.violation ? { violation: result.violation } : {}) }),
  ]));
  const replayer = new Replayer(traceInMemory('run', bytes), used, topology, () => ({ write() {} }));
  replayer.runTo(Infinity);
  return replayer.step;
}

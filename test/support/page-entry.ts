// What a page does with the engine, for test/bundle.test.ts, which bundles it together with all the other files that a page may
// use. Nothing here may need more than a browser has.

import { DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { hashOf } from '../../src/runtime/prepared.ts';
import { checkVersion, Replayer } from '../../src/runtime/replay.ts';
import { simulate } from '../../src/runtime/simulate-run.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { fingerprintOf } from '../../src/trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../../src/trace/fingerprints.gen.ts';
import { traceInMemory } from '../../src/trace/source.ts';

/** How a run ended. */
export interface Summary { readonly why: string; readonly steps: number; readonly hash: string }

const kernelNamed = (name: string): Kernel => kernels.find((kernel) => kernel.name === name)!;

/** Compiles a built-in scenario and simulates it with all invariants. */
export async function simulateBuiltin(name: string, seed: number): Promise<Summary> {
  const kernel = kernelNamed(DEFAULT_KERNEL);
  const { why, steps, hash } = await simulate.open({ kernel, topology: compile(builtinScenario(name), kernel), seed, invariants }).start();
  return { why, steps, hash };
}

/** Opens a trace of a built-in kernel and replays it to its end. */
export function replayTrace(bytes: Uint8Array): Summary {
  const source = traceInMemory('the trace', bytes);
  const kernel = kernelNamed(source.header.kernel);
  checkVersion(source, kernel, fingerprintOf(kernel), PACKAGE_VERSION);
  const replayer = new Replayer(source, kernel, compile(source.header.scenario, kernel), (objects) => new WriteLog(objects));
  replayer.runTo(Infinity);
  return { why: replayer.footer!.why, steps: replayer.step, hash: hashOf(replayer.world) };
}

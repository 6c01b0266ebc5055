// One scenario of a hunt, tried: drawn, compiled, visited. What a job does.

import type { Kernel } from '../../kernel/define.ts';
import { SetupError } from '../../runtime/setup.ts';
import { compile } from '../../scenario/compile.ts';
import { ScenarioError } from '../../scenario/errors.ts';
import { drawScenario } from './draw.ts';
import { visiting, type Visited } from './visit.ts';

/** What came of scenario number `n`; nothing visited: the kernel refuses the scenario or its set-up. */
export interface Tried { readonly n: number; readonly visited: Visited | undefined }

/** Tries scenario number `n` of a hunt; yields now and then. */
export function* trying(kernel: Kernel, seed: number, n: number): Generator<void, Tried> {
  try {
    return { n, visited: yield* visiting(kernel, compile(drawScenario(seed, n, kernel.calls), kernel), seed) };
  } catch (error) {
    if (error instanceof ScenarioError || error instanceof SetupError) return { n, visited: undefined };
    throw error;
  }
}

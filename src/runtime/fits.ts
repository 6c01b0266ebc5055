// Which scenarios a kernel can run: what a scenario calls, and the types of its VMs, must be there, and its set-up must go through.

import { builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { preparedWorld } from './prepared.ts';
import { SetupError } from './setup.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Scenario } from '../scenario/types.ts';

/** What the scenario needs and the kernel has not, in a sentence; nothing: it runs there. */
export function refusal(scenario: Scenario, kernel: Kernel): string | undefined {
  try {
    preparedWorld(kernel, compile(scenario, kernel));
    return undefined;
  } catch (error) {
    if (error instanceof ScenarioError || error instanceof SetupError) return error.message;
    throw error;
  }
}

/** Has the kernel all that the scenario needs? */
export const fits = (scenario: Scenario, kernel: Kernel): boolean => refusal(scenario, kernel) === undefined;

/** The built-in scenarios that run on a kernel: some are about what later ones have. */
export const scenariosOf = (kernel: Kernel): Scenario[] => builtinScenarios.filter((scenario) => fits(scenario, kernel));

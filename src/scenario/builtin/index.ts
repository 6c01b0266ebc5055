// The built-in scenarios.

import type { Scenario } from '../types.ts';
import { SC01 } from './sc01.ts';

export const builtinScenarios: readonly Scenario[] = [SC01];

/** A built-in scenario by its name, in whichever case. */
export const builtinScenario = (name: string): Scenario | undefined => builtinScenarios.find((one) => one.name.toLowerCase() === name.toLowerCase());

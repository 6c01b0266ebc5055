// What `compare` compares when no scenario is named.

import type { Kernel } from '../kernel/define.ts';
import { refusal } from '../runtime/fits.ts';
import { builtinScenarios } from '../scenario/builtin/index.ts';
import type { Scenario } from '../scenario/types.ts';

/** A scenario that only one of the kernels takes: what it calls, or the type of its VM, is not there in the other. */
export interface OneSided { readonly scenario: string; readonly refusedBy: string; readonly why: string }

/** The built-in scenarios that have an end: those that both kernels take, and those that only one does. */
export function catalogueOf(kernels: readonly [Kernel, Kernel], names: readonly [string, string]): { scenarios: Scenario[]; oneSided: OneSided[] } {
  const scenarios: Scenario[] = [];
  const oneSided: OneSided[] = [];
  for (const scenario of builtinScenarios.filter(({ name }) => name !== 'scale' && !name.startsWith('stress'))) {
    const refusals = kernels.map((kernel) => refusal(scenario, kernel));
    if (refusals.every((one) => one === undefined)) scenarios.push(scenario);
    else if (refusals.includes(undefined)) {
      const by = refusals[0] === undefined ? 1 : 0;
      oneSided.push({ scenario: scenario.name, refusedBy: names[by], why: refusals[by]!.replace(/^scenario: /, '') });
    }
  }
  return { scenarios, oneSided };
}

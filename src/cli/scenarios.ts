// Scenarios as commands name them.

import * as api from '../index.ts';
import type { Kernel } from '../kernel/define.ts';
import { builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { UsageError } from './errors.ts';

/** A scenario that has been compiled for a kernel. */
export interface CompiledScenario { readonly scenario: Scenario; readonly topology: Topology }

/** What `run` runs when nobody says: small, finite, and it has a bit of everything. */
export const defaultScenario = (): string => (builtinScenarios.find((one) => one.name === 'stress-small') ?? builtinScenarios[0]!).name;

/** Finds the scenario that a command names, and compiles what `change` makes of it. */
export function findScenario(nameOrPath: string, kernel: Kernel, change: (scenario: Scenario) => Scenario = (one) => one): CompiledScenario {
  const found = compiled(loadScenario(nameOrPath, { modules: { faultline: api } }), nameOrPath, kernel);
  const scenario = change(found.scenario);
  return scenario === found.scenario ? found : compiled(scenario, nameOrPath, kernel);
}

/** Compiles a scenario; `from` is the file that it stands in. */
export function compiled(scenario: unknown, from: string, kernel: Kernel): CompiledScenario {
  try {
    return { topology: compile(scenario, kernel), scenario: scenario as Scenario };
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(`${from}: ${error.message.replace(/^scenario: /, '')}`) : error;
  }
}

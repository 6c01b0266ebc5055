// Scenarios as commands name them.

import * as api from '../index.ts';
import type { Kernel } from '../kernel/define.ts';
import { caseTopology, isCaseScenario } from '../conform/scenario.ts';
import { builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { planFor } from '../runtime/world.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { MOST_MEGABYTES } from '../scenario/limits.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { UsageError } from './errors.ts';

/** A scenario that has been compiled for a kernel. */
export interface CompiledScenario { readonly scenario: Scenario; readonly topology: Topology }

/** What `run` runs when nobody says: small, finite, and it has a bit of everything. */
export const defaultScenario = (): string => (builtinScenarios.find((one) => one.name === 'stress-small') ?? builtinScenarios[0]!).name;

/** Finds the scenario that a command names, and compiles what `change` makes of it, once it is known to be in order as it stands. */
export function findScenario(nameOrPath: string, kernel: Kernel, change?: (scenario: Scenario) => Scenario): CompiledScenario {
  return compiled(loadScenario(nameOrPath, { modules: { faultline: api } }), nameOrPath, kernel, change);
}

/** Compiles a scenario; `from` is the file that it stands in. Refuses one whose world takes too much memory. */
export function compiled(loaded: unknown, from: string, kernel: Kernel, change?: (scenario: Scenario) => Scenario): CompiledScenario {
  const megabytes = allowedMegabytes();
  // What a trace of `conform` has in the place of its scenario.
  if (isCaseScenario(loaded)) return { topology: { ...caseTopology(loaded, kernel, from), ...(megabytes === undefined ? {} : { megabytes }) }, scenario: loaded as unknown as Scenario };
  try {
    if (change !== undefined) compile(loaded, kernel);
    const scenario = change === undefined ? loaded as Scenario : change(loaded as Scenario);
    const topology = { ...compile(scenario, kernel), ...(megabytes === undefined ? {} : { megabytes }) };
    planFor(kernel, topology);
    return { topology, scenario };
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(`${from}: ${error.message.replace(/^scenario: /, '')}`) : error;
  }
}

/** Megabytes that a world may take, if the environment says so. */
function allowedMegabytes(): number | undefined {
  const text = process.env['FAULTLINE_MEGABYTES'];
  if (text === undefined || text === '') return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= 1 && value <= MOST_MEGABYTES)) throw new UsageError(`FAULTLINE_MEGABYTES is a whole number from 1 to ${MOST_MEGABYTES}, not '${text.slice(0, 30)}'`);
  return value;
}

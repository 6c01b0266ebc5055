// What a test says of an exploration, and what is explored.

import { DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { findKernel, type NamedKernel } from '../cli/kernels.ts';
import { compiled, findScenario } from '../cli/scenarios.ts';
import { UsageError } from '../cli/errors.ts';
import { isKernel, type Kernel } from '../kernel/define.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { shown } from '../scenario/errors.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { fingerprintOf } from '../trace/fingerprint.ts';

export interface ExploreOptions {
  /** A kernel, the name of a built-in one, or the file of your own; v6.8 when left out. */
  readonly kernel?: Kernel | string | undefined;
  /** `auto` (when left out) searches every interleaving where that fits, and samples elsewhere; `exhaustive`, or a strategy of samples: `random`, `pct`, `pos` … */
  readonly strategy?: string | undefined;
  /** Seconds at most that the exploration takes; left out: 3, or what it takes where `schedules` or `states` say how much. Making what was
   *  found small takes up to as long again. */
  readonly seconds?: number | undefined;
  /** Samples: schedules to execute; as many as the seconds allow when left out. */
  readonly schedules?: number | undefined;
  /** Exhaustive: states at most. */
  readonly states?: number | undefined;
  /** Seed of every random choice; 1 when left out. */
  readonly seed?: number | undefined;
  /** Depth of the bugs that `pct` is to find; preemptions at most of the strategy of that name. */
  readonly depth?: number | undefined;
  readonly preemptions?: number | undefined;
  /** File to keep the trace of what was found in, for `faultline show` and `replay`. */
  readonly trace?: string | undefined;
}

export interface HoldsOptions extends ExploreOptions {
  /** Ids of properties that may break: known bugs, which another test looks after. */
  readonly allow?: readonly string[] | undefined;
  /** What an exploration comes to that was cut, or never exercised what the scenario is about: `fail` when left out. */
  readonly inconclusive?: 'fail' | 'pass' | undefined;
}

/** What is explored, and how a command line names it, where it can. */
export interface Subject {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly kernel: NamedKernel;
  readonly words: { readonly scenario: string | undefined; readonly kernel: string | undefined };
}

/** Finds scenario and kernel: objects, built-in ones by their names, or files. */
export function subjectOf(scenario: Scenario | string, kernel: Kernel | string = DEFAULT_KERNEL): Subject {
  if (typeof kernel !== 'string' && !isKernel(kernel)) throw new UsageError(`the kernel is ${shown(kernel)}, not the name of one, or what defineKernel or deriveKernel has made`);
  const named = typeof kernel === 'string' ? findKernel(kernel) : { kernel, fingerprint: fingerprintOf(kernel) };
  const found = typeof scenario === 'string' ? findScenario(scenario, named.kernel) : compiled(scenario, scenarioName(scenario), named.kernel);
  return {
    ...found, kernel: named,
    words: { scenario: wordOf(scenario, found.scenario), kernel: typeof kernel === 'string' ? kernel : kernels.includes(kernel) ? kernel.name : undefined },
  };
}

const scenarioName = (scenario: Scenario): string => (typeof scenario === 'object' && scenario !== null && typeof scenario.name === 'string' ? `scenario '${scenario.name}'` : 'scenario');
const wordOf = (given: Scenario | string, { name }: Scenario): string | undefined => (typeof given === 'string' ? given : builtinScenario(name) === given ? name : undefined);

// Opens what is to be looked at: the bytes of a trace, or a scenario that is run here. Whatever comes in is taken for hostile: sizes are bounded,
// and what is wrong is one sentence.

import { builtinKernel, DEFAULT_KERNEL, kernels } from '../../../../machines/kernels/index.ts';
import { invariants } from '../../../check/invariants/index.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { caseTopology, isCaseScenario } from '../../../conform/scenario.ts';
import { simulate } from '../../../runtime/simulate-run.ts';
import { checkVersion } from '../../../runtime/replay.ts';
import { planFor } from '../../../runtime/world.ts';
import { builtinScenario, builtinScenarios } from '../../../scenario/builtin/index.ts';
import { compile } from '../../../scenario/compile.ts';
import type { Topology } from '../../../scenario/topology.ts';
import type { Scenario } from '../../../scenario/types.ts';
import { fingerprintOf } from '../../../trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../../../trace/fingerprints.gen.ts';
import type { TraceFooter } from '../../../trace/header.ts';
import { traceInMemory } from '../../../trace/source.ts';
import { InspectError } from './errors.ts';
import type { OwnKernel } from './own-kernel.ts';
import { Records } from './records.ts';

/** Megabytes that a world may take in a page, which keeps some of them and copies of memory. */
const MEGABYTES = 96;
/** Steps that a page keeps. */
export const MOST_STEPS = 20_000_000;
/** Steps of a run without an end, unless somebody says. */
export const DEFAULT_STEPS = 20_000;

/** A run as it was opened. */
export interface Opened {
  /** What it is called: a file, or the scenario. */
  readonly name: string;
  readonly kernel: Kernel;
  /** The kernel is a person's own one: this is it, with its text. */
  readonly own: OwnKernel | undefined;
  readonly topology: Topology;
  readonly scenario: Scenario;
  readonly seed: number;
  /** `simulate`, `threads`. */
  readonly runtime: string;
  readonly records: Records;
  /** How it ended; missing when nobody knows. */
  readonly footer: TraceFooter | undefined;
  /** The bytes are damaged behind the last step that is kept: what is wrong. */
  readonly damage: string | undefined;
  /** Scenario, kernel, seed and limit of steps give the run again: it was made of them. */
  readonly fromSeed: boolean;
  /** Limit of steps that it was made with. */
  readonly limit: number;
  /** Steps that are those of the seed. */
  readonly seeded: number;
  /** How an address names the scenario. */
  readonly link: { readonly scenario: string | object };
}

/** How an address names a scenario: a built-in one by its name. */
const linkOf = (scenario: Scenario): Opened['link'] => {
  const builtin = builtinScenario(String(scenario.name));
  return { scenario: builtin !== undefined && JSON.stringify(builtin) === JSON.stringify(scenario) ? builtin.name : scenario };
};

/** What a scenario is run with. */
export interface Wish { readonly scenario: string | Scenario; readonly kernel?: string | undefined; readonly seed?: number | undefined; readonly steps?: number | undefined }

/** A kernel by its name; `own`: one that came with the page. */
function kernelNamed(name: string, own: OwnKernel | undefined): Pick<Opened, 'kernel' | 'own'> {
  if (own?.kernel.name === name) return { kernel: own.kernel, own };
  const kernel = builtinKernel(name);
  if (kernel === undefined) throw new InspectError(`there is no kernel '${name.slice(0, 80)}' in this page; there is ${[...(own === undefined ? [] : [own.kernel]), ...kernels].map((one) => one.name).join(', ')}`);
  return { kernel, own: undefined };
}

/** The topology of a scenario, if its world is not too large for a page. */
export function topologyOf(scenario: unknown, kernel: Kernel): Topology {
  const made = isCaseScenario(scenario) ? caseTopology(scenario, kernel, 'the trace') : compile(scenario, kernel);
  const topology = { ...made, megabytes: Math.min(made.megabytes ?? MEGABYTES, MEGABYTES) };
  planFor(kernel, topology);
  return topology;
}

/** Opens the bytes of a trace file. Throws an InspectError, TraceError, ScenarioError …, each of one sentence. */
export function openTrace(name: string, bytes: Uint8Array, given?: OwnKernel): Opened {
  const source = traceInMemory(name, bytes);
  const { header } = source;
  if (header.kernelText !== undefined && given?.kernel.name !== header.kernel) {
    throw new InspectError(`${name} carries the text of a kernel ('${header.kernel.slice(0, 80)}'), which a page does not execute; open it with: faultline inspect FILE --trust`);
  }
  const { kernel, own } = kernelNamed(header.kernel, given);
  checkVersion(source, kernel, own?.fingerprint ?? fingerprintOf(kernel), PACKAGE_VERSION);
  const topology = topologyOf(header.scenario, kernel);
  const records = new Records();
  let footer: TraceFooter | undefined;
  let damage: string | undefined;
  try {
    const batches = source.batches();
    for (let next = batches.next(); ; next = batches.next()) {
      if (next.done === true) {
        footer = next.value;
        break;
      }
      if (records.count + next.value.count > MOST_STEPS) throw new InspectError(`the trace has more than ${MOST_STEPS} steps; a page keeps so many: cut it with replay, or export a part`);
      records.append(next.value);
    }
  } catch (error) {
    damage = (error as Error).message;
  }
  return {
    name, kernel, own, topology, scenario: header.scenario as unknown as Scenario, seed: header.seed, runtime: header.runtime, records, footer, damage, fromSeed: false, limit: records.count, seeded: 0,
    link: linkOf(header.scenario as unknown as Scenario),
  };
}

/** A scenario at its beginning, for a schedule that comes from elsewhere. */
export function openScheduled({ scenario: what, kernel: name = DEFAULT_KERNEL, seed = 0 }: Wish, change: (scenario: Scenario) => Scenario, given?: OwnKernel): Opened {
  const { kernel, own } = kernelNamed(name, given);
  const plain = scenarioNamed(what);
  const scenario = change(plain);
  const topology = topologyOf(scenario, kernel);
  return {
    name: String(plain.name), kernel, own, topology, scenario, seed, runtime: 'simulate', records: new Records(), footer: undefined, damage: undefined, fromSeed: false, limit: 0, seeded: 0, link: linkOf(plain),
  };
}

function scenarioNamed(what: string | Scenario): Scenario {
  const scenario = typeof what === 'string' ? builtinScenario(what) : what;
  if (scenario === undefined) throw new InspectError(`there is no scenario '${String(what).slice(0, 80)}'; there is ${builtinScenarios.map((one) => one.name).join(', ')}`);
  return scenario;
}

/** Runs a scenario as `faultline run` does, and opens that. */
export async function openScenario({ scenario: what, kernel: name = DEFAULT_KERNEL, seed = 1, steps = DEFAULT_STEPS }: Wish, given?: OwnKernel): Promise<Opened> {
  const { kernel, own } = kernelNamed(name, given);
  const scenario = scenarioNamed(what);
  const limit = Math.min(steps, MOST_STEPS);
  const topology = topologyOf(scenario, kernel);
  const run = simulate.open({ kernel, topology, seed, scenario, invariants, limits: { steps: limit } });
  const records = new Records();
  run.batches.subscribe((batch) => records.append(batch));
  const { why, steps: count, hash, violation } = await run.start();
  const footer: TraceFooter = { why, steps: count, hash, ...(violation === undefined ? {} : { violation: { id: violation.id, sentence: violation.sentence } }) };
  return { name: scenario.name, kernel, own, topology, scenario, seed, runtime: 'simulate', records, footer, damage: undefined, fromSeed: true, limit, seeded: records.count, link: linkOf(scenario) };
}

// Runs of scenarios whose every step is handed to an analysis.

import { Analysis, analysisMegabytes, MOST_ANALYSIS_MEGABYTES } from '../../src/check/analysis.ts';
import { isBlocked } from '../../src/memory/outcome.ts';
import { FootprintWriteLog } from '../../src/runtime/footprint-write-log.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation, type Standstill } from '../../src/runtime/simulate.ts';
import { planFor } from '../../src/runtime/world.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { AnalysisReport } from '../../src/check/analysis.ts';
import type { Footprint } from '../../src/check/footprint.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { RunWorld } from '../../src/runtime/world.ts';
import type { Scenario } from '../../src/scenario/types.ts';

/** What to do behind each step of a world. */
export type Watch = (world: RunWorld) => (footprint: Footprint) => void;

export interface AnalysedRun {
  readonly world: RunWorld;
  readonly simulation: Simulation;
  readonly steps: number;
  readonly why: Standstill | 'steps';
}

/** Runs a scenario once, by a random schedule. */
export function watchedRun(kernel: Kernel, scenario: Scenario, seed: number, watch: Watch, most = 5000): AnalysedRun {
  const { world, observer } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new FootprintWriteLog(objects));
  const simulation = new Simulation(world, observer, seed);
  const afterStep = watch(world);
  for (let steps = 0; steps < most; steps++) {
    if (!simulation.step()) return { world, simulation, steps, why: simulation.standstill() };
    afterStep(observer.footprint);
  }
  return { world, simulation, steps: most, why: 'steps' };
}

/** The same, with all analyses, who waits at the end included. */
export function analysedRun(kernel: Kernel, name: string, seed: number, most?: number): AnalysedRun & { readonly report: AnalysisReport } {
  let analysis!: Analysis;
  const run = watchedRun(kernel, builtinScenario(name)!, seed, (world) => {
    analysis = new Analysis(world);
    return (footprint) => analysis.afterStep(footprint);
  }, most);
  run.simulation.forParked((actor, object) => analysis.blocked(actor, object));
  return { ...run, report: analysis.report() };
}

/** One analysis of many runs: what it has found with all of these seeds. */
export function reportOver(kernel: Kernel, name: string, seeds: number, most: number): AnalysisReport {
  const { world, observer } = preparedWorld(kernel, compile(builtinScenario(name)!, kernel), (objects) => new FootprintWriteLog(objects));
  const start = world.words.slice();
  const simulation = new Simulation(world, observer, 1);
  const analysis = new Analysis(world);
  for (let seed = 1; seed <= seeds; seed++) {
    world.words.set(start);
    simulation.restart(seed);
    analysis.begin();
    for (let k = 0; k < most && simulation.step(); k++) analysis.afterStep(observer.footprint);
    simulation.forParked((actor, object) => analysis.blocked(actor, object));
  }
  return analysis.report();
}

/** A run in which the first actor of a list that can go on always does: one after the other. Who is not in it comes last. */
export function sequentialReport(kernel: Kernel, name: string, order: readonly string[]): { report: AnalysisReport; stuck: number } {
  const { world, observer } = preparedWorld(kernel, compile(builtinScenario(name)!, kernel), (objects) => new FootprintWriteLog(objects));
  const analysis = new Analysis(world);
  const names = world.topology.actors.map((actor) => actor.name);
  const actors = [...order, ...names.filter((one) => !order.includes(one))].map((one) => names.indexOf(one) + 1);
  const moves = (actor: number): boolean => {
    if (world.ended(actor)) return false;
    observer.clear();
    if (isBlocked(world.step(actor, () => 0))) return false;
    analysis.afterStep(observer.footprint);
    return true;
  };
  while (actors.some(moves));
  return { report: analysis.report(), stuck: actors.filter((actor) => !world.leafOf(actor).idle).length };
}

/** Built-in scenarios whose analyses fit into memory. */
export const analysable = (kernel: Kernel): string[] => scenariosOf(kernel)
  .filter((scenario) => {
    const topology = compile(scenario, kernel);
    return analysisMegabytes({ plan: planFor(kernel, topology), topology }) <= MOST_ANALYSIS_MEGABYTES;
  }).map(({ name }) => name);

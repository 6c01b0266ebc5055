// Runs of scenarios whose every step is handed to an analysis.

import type { Footprint } from '../../src/check/footprint.ts';
import { FootprintWriteLog } from '../../src/runtime/footprint-write-log.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation, type Standstill } from '../../src/runtime/simulate.ts';
import type { RunWorld } from '../../src/runtime/world.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

export interface AnalysedRun {
  readonly world: RunWorld;
  readonly simulation: Simulation;
  readonly steps: number;
  readonly why: Standstill | 'steps';
}

/** Runs a scenario once; `watch` is asked for what to do behind each step. */
export function analysedRun(kernel: Kernel, scenario: Scenario, seed: number, watch: (world: RunWorld) => (footprint: Footprint) => void, most = 5000): AnalysedRun {
  const { world, observer } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new FootprintWriteLog(objects));
  const simulation = new Simulation(world, observer, seed);
  const afterStep = watch(world);
  for (let steps = 0; steps < most; steps++) {
    if (!simulation.step()) return { world, simulation, steps, why: simulation.standstill() };
    afterStep(observer.footprint);
  }
  return { world, simulation, steps: most, why: 'steps' };
}

// Judging by one invariant: a world, its checker, and runs until it is broken.

import { Checker } from '../../src/check/checker.ts';
import type { Invariant } from '../../src/check/invariant.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import type { RunWorld } from '../../src/runtime/world.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';

/** An invariant by its id. */
export function invariant(id: string): Invariant {
  const found = invariants.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no invariant '${id}'`);
  return found;
}

/** What this invariant alone says of a world as it is. */
export const sentenceOf = (world: RunWorld, id: string): string | undefined => new Checker(world, [invariant(id)]).wholeState()?.sentence;

export interface Judged {
  /** What broke, each as `S-01: sentence`, and in how many of the runs. */
  readonly broken: ReadonlyMap<string, number>;
  readonly steps: number;
}

/** Runs a scenario with several seeds, each until something breaks, it ends, or `most` steps are done. */
export function judge(kernel: Kernel, scenario: Scenario, by: readonly Invariant[] = invariants, seeds = 20, most = 5000): Judged {
  const topology = compile(scenario, kernel);
  const broken = new Map<string, number>();
  let steps = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { world, observer: log } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
    const checker = new Checker(world, by);
    const simulation = new Simulation(world, log, seed);
    for (let k = 0; k < most && simulation.step(); k++) {
      steps++;
      const violation = checker.afterStep(log.written, log.count);
      if (violation === undefined) continue;
      const text = `${violation.id}: ${violation.sentence}`;
      broken.set(text, (broken.get(text) ?? 0) + 1);
      break;
    }
  }
  return { broken, steps };
}

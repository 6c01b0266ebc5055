// What every built-in scenario shows on every kernel. A kernel may break what its own list of known bugs says, and nothing else;
// with the bugs mended everything holds. Random schedules, some seeds each; and all schedules where they fit.

import { describe, expect, it } from 'vitest';
import { expectHolds } from 'faultline/vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { Checker } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { SampleResult } from '../../src/explore/sample-types.ts';
import type { Scenario } from '../../src/scenario/types.ts';

/** Random schedules of a scenario: all of those of 6.8, which the other kernels have their fault path from; fewer of these, and of those before it. */
const seedsOn = ({ name, config }: Kernel): number => (name.startsWith('v6.8') ? 200 : config.shmem === true ? 20 : 60);
/** Steps of one schedule: an endless scenario is cut there. */
const STEPS = 3000;
/** A deadlock is L-04; who goes round for ever breaks L-01. */
const DEADLOCK = 'L-04', LIVELOCK = 'L-01';
const endless = (scenario: Scenario): boolean => scenario.name === 'scale' || scenario.name.startsWith('stress');

/** Ids of properties that this kernel is known to break in this scenario. */
const allowed = (kernel: Kernel, { name }: Scenario): Set<string> =>
  new Set(kernel.bugs.filter((bug) => bug.scenario === name || bug.alsoIn?.includes(name)).flatMap((bug) => bug.shownBy));

/** Plays random schedules: what one comes to is the id of what broke, or nothing. */
function player(kernel: Kernel, scenario: Scenario): (seed: number) => string | undefined {
  const { world, observer: log } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new WriteLog(objects));
  const start = world.words.slice();
  const checker = new Checker(world, invariants);
  const simulation = new Simulation(world, log, 0);
  return (seed) => {
    world.words.set(start);
    simulation.restart(seed);
    return play(simulation, checker, log, endless(scenario));
  };
}

function play(simulation: Simulation, checker: Checker, log: WriteLog, goesOn: boolean): string | undefined {
  while (simulation.steps < STEPS) {
    if (!simulation.step()) {
      const end = simulation.standstill();
      expect(simulation.lostWakeup(), 'an actor that was parked could go on').toBe(0);
      return end === 'deadlock' ? DEADLOCK : undefined;
    }
    const violation = checker.afterStep(log.written, log.count);
    if (violation !== undefined) return `${violation.id}`;
  }
  return goesOn ? undefined : LIVELOCK;
}

/** Too many interleavings to be searched: sampled only. */
const LARGE = ['review-conversion'];
/** What a scenario is about that only kernels which convert in place have. */
const IN_PLACE = /"(convert_gmem|init|launch_update|init_mem_region)"/;
/** Kernels that convert in place are mainline but for that: of the others' scenarios those are asked that show a bug they are known for. */
const asked = (kernel: Kernel): Scenario[] => scenariosOf(kernel).filter((scenario) => kernel.config.shareability === undefined
  || IN_PLACE.test(JSON.stringify(scenario)) || kernel.bugs.some((bug) => bug.scenario === scenario.name));
/** What a sample of schedules shows. */
function orders(kernel: Kernel, scenario: Scenario): SampleResult['findings'] {
  const sampler = new Sampler(kernel, compile(scenario, kernel), { invariants, schedules: 60, seed: 1 });
  while (sampler.advance(100_000));
  return sampler.result().findings;
}

describe.each(kernels)('on $name', (kernel) => {
  const scenarios = asked(kernel);
  it.each(scenarios)(`$name breaks nothing but known bugs under random schedules`, (scenario) => {
    const broken = new Set<string>();
    const playSeed = player(kernel, scenario);
    // A world of fifty megabytes begins anew for each seed; test/scenario/scale.test.ts has more of it.
    for (let seed = 1; seed <= (scenario.name === 'scale' ? 5 : seedsOn(kernel)); seed++) {
      const id = playSeed(seed);
      if (id !== undefined) broken.add(id);
    }
    const known = allowed(kernel, scenario);
    expect([...broken].filter((id) => !known.has(id))).toEqual([]);
  });

  it.each(scenarios.filter((scenario) => !endless(scenario) && !LARGE.includes(scenario.name)))('$name breaks its known bugs, and nothing else, under all schedules', async (scenario) => {
    const { complete, findings } = await expectHolds(scenario, { kernel, strategy: 'exhaustive', seconds: Infinity, allow: [...allowed(kernel, scenario)] });
    expect(complete).toBe(true);
    const broken = new Set(findings.map(({ id }) => id));
    // Must-find: each bug that names this scenario as its own is there. An order of locks is of many schedules together, which no search has.
    for (const bug of kernel.bugs.filter((one) => one.scenario === scenario.name)) {
      if (bug.shownBy[0] === 'S-17') for (const { id } of orders(kernel, scenario)) broken.add(id);
      expect(bug.shownBy.some((id) => broken.has(id)), `${bug.id} (${bug.shownBy.join(', ')}) was not found; found: ${[...broken].join(', ')}`).toBe(true);
    }
  });
});

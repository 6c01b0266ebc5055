// The catalogue of scenarios: which there are, and that each runs on every kernel that has what it calls. On kernels of the list, verdicts.test.ts
// looks at many more schedules.

import { describe, expect, it } from 'vitest';
import { everyKernel, kernels } from '../../machines/kernels/index.ts';
import { Checker } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { fits } from '../../src/runtime/fits.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_one, i) => `SC${String(from + i).padStart(2, '0')}`);
/** Those that have an end. */
const small = builtinScenarios.filter(({ name }) => !/^(?:stress|scale)/.test(name));
const SEEDS = [1, 2, 3];
const STEPS = 1000;

/** What random schedules break that the kernel is not known to break. */
function broken(kernel: Kernel, scenario: Scenario): string[] {
  const known = kernel.bugs.filter((bug) => bug.scenario === scenario.name || bug.alsoIn?.includes(scenario.name)).flatMap(({ shownBy }) => shownBy);
  const { world, observer: log } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new WriteLog(objects));
  const start = world.words.slice();
  const checker = new Checker(world, invariants);
  const simulation = new Simulation(world, log, 0);
  return SEEDS.flatMap((seed) => {
    world.words.set(start);
    simulation.restart(seed);
    while (simulation.steps < STEPS && simulation.step()) {
      const violation = checker.afterStep(log.written, log.count);
      if (violation !== undefined) return known.includes(violation.id) ? [] : [`${scenario.name}, seed ${seed}: ${violation.id} ${violation.sentence}`];
    }
    return [];
  });
}

describe('the catalogue', () => {
  it('has every scenario of the specification', () => {
    const names = builtinScenarios.map(({ name }) => name);
    expect(numbered(1, 66).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says of each what it shows, and what it is about', () => {
    for (const { name, title, shows, about } of builtinScenarios.filter(({ name: one }) => /^SC\d/.test(one))) {
      expect({ name, title: (title ?? '').length > 3, shows: (shows ?? '').endsWith('.'), about: (about ?? []).length > 0 }).toEqual({ name, title: true, shows: true, about: true });
    }
  });

  it('has something for every kernel, and nothing that none can run; what 6.8 runs, every later kernel does', () => {
    const on = new Map(kernels.map((kernel) => [kernel.name, small.filter((scenario) => fits(scenario, kernel)).map(({ name }) => name)]));
    for (const { name } of small) expect([...on].filter(([, names]) => names.includes(name)).length, name).toBeGreaterThan(0);
    expect(Object.fromEntries([...on].map(([name, names]) => [name, names.length]))).toEqual({
      'fseal-2021': 52, 'private-ops-2022': 63, 'rfc-v11': 52, 'rfc-v11-flipped': 54, 'v6.8': 52, 'v6.8-fixed': 52, 'v6.12': 56, 'v6.18': 61, mainline: 61,
      'conversions-2025': 71, 'conversions-2025-huge': 78, 'conversions-2026': 38,
    });
    // Where files keep the state of all their pages, the ioctl of the VM that most of them call is refused.
    const later = kernels.slice(kernels.findIndex(({ name }) => name === 'v6.8')).filter(({ config }) => config.shareability !== 'every').map(({ name }) => name);
    expect(later.flatMap((name) => on.get('v6.8')!.filter((scenario) => !on.get(name)!.includes(scenario)).map((scenario) => `${scenario} on ${name}`))).toEqual([]);
  });
});

describe('a few random schedules of everything that fits', () => {
  it.each(everyKernel.filter((kernel) => !kernels.includes(kernel)).map((kernel) => [kernel.name, kernel] as const))('break nothing on %s but known bugs', (_name, kernel) => {
    const all = small.filter((scenario) => fits(scenario, kernel));
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap((scenario) => broken(kernel, scenario))).toEqual([]);
  });
});

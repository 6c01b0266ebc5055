import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { runSetup } from '../../src/runtime/setup.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { planFor, privateWords, RunWorld } from '../../src/runtime/world.ts';
import { builtinScenario, builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { fits, scenariosOf } from '../../src/runtime/fits.ts';
import { kernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

/** The last kernel of the list that has what the scenario needs: each has one. */
const newestFor = (scenario: Scenario): Kernel => kernels.findLast((kernel) => fits(scenario, kernel))!;

describe('the built-in scenarios', () => {
  it('are the catalogue of 66 and others, each once', () => {
    const names = builtinScenarios.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const numbers = Array.from({ length: 66 }, (_one, k) => `SC${String(k + 1).padStart(2, '0')}`);
    expect(numbers.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are found in whichever case', () => {
    expect(builtinScenario('sc01')?.name).toBe('SC01');
    expect(builtinScenario('SC99')).toBeUndefined();
  });

  it('say what they show in one sentence of their own, and name properties', () => {
    expect(new Set(builtinScenarios.map(({ shows }) => shows)).size).toBe(builtinScenarios.length);
    for (const { name, shows, about, title } of builtinScenarios) {
      expect(shows, name).toMatch(/^[A-Z].*\.$/);
      expect(title, name).toMatch(/^[^.]+$/);
      expect(about!.length, name).toBeGreaterThan(0);
      for (const property of about!) expect(property, name).toMatch(/^[SL]-\d\d$/);
    }
  });

  it.each(builtinScenarios.map((scenario) => [scenario.name, scenario] as const))('%s compiles, and is plain JSON', (_name, scenario) => {
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
    const kernel = newestFor(scenario);
    const topology = compile(scenario, kernel);
    expect(topology).toEqual(compile(JSON.parse(JSON.stringify(scenario)), kernel));
  });

  it('but for the large stress are small enough to be searched whole', () => {
    for (const scenario of builtinScenarios) {
      if (['scale', 'stress', 'stress-all', 'stress-conversions'].includes(scenario.name)) continue;
      const { sizes } = compile(scenario, newestFor(scenario));
      expect(sizes.vcpu, scenario.name).toBeLessThanOrEqual(2);
      expect(sizes.gfn, scenario.name).toBeLessThanOrEqual(8);
    }
  });

  it.each(scenariosOf(v6_8).map((scenario) => [scenario.name, scenario] as const))('%s runs on v6.8 until everybody rests', (name, scenario) => {
    const topology = compile(scenario, v6_8);
    const plan = planFor(v6_8, topology);
    const endless = ['scale', 'stress', 'stress-all'].includes(name);
    const ends = new Set<string>();
    for (let seed = 1; seed <= 5; seed++) {
      const log = new WriteLog(plan.objects);
      const world = new RunWorld(v6_8, topology, plan, privateWords(plan), log);
      runSetup(world);
      log.clear();
      const simulation = new Simulation(world, log, seed);
      let steps = 0;
      while (steps < 20_000 && simulation.step()) steps++;
      ends.add(steps === 20_000 ? 'endless' : simulation.standstill());
    }
    // What 6.8 does in SC22 is a deadlock, in most orders.
    if (name === 'SC22') expect(ends).toContain('deadlock');
    else expect([...ends]).toEqual([endless ? 'endless' : 'finished']);
  });
});

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

const REQUIRED = 'SC01 SC02 SC03 SC04 SC05 SC06 SC07 SC08 SC09 SC10 SC11 SC12 SC13 SC14 SC15 SC16 SC17 SC18 SC19 SC20 SC21 SC22 SC23 SC24 SC25 SC26 SC27 SC28 SC29 SC30 SC31 SC32 SC33 SC34 SC35 SC36 SC37 SC38 SC39 SC52 SC53 SC54 SC55 SC56 SC57 SC58 SC59 SC60 SC61 SC62 SC63 SC64 SC65 SC66 bind-closed create-empty create-no-memory entry-private entry-readonly first-slot grab-no-memory init-shared lost-fault lost-mapped munmap-file prefault-convert prefault-root shared-punch take-over unbind-dying dying-root fault-enomem lookup-hole next-owner register-unsealed seal-frozen seal-half seal-preallocated scale stress stress-all stress-small';

/** The newest kernel that has what a scenario needs. */
const newestFor = (scenario: Scenario): Kernel => kernels.findLast((kernel) => fits(scenario, kernel))!;

describe('the built-in scenarios', () => {
  it('are those of the list, each once', () => {
    expect(builtinScenarios.map(({ name }) => name).join(' ')).toBe(REQUIRED);
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
      if (['scale', 'stress', 'stress-all'].includes(scenario.name)) continue;
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

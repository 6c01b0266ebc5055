// In a large world checks look up what is where instead of walking over everything. They must say the same.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { checkedWorld } from '../../src/check/checked-world.ts';
import { Checker, type CheckerOptions } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { Lists } from '../../src/check/lists.ts';
import { Whereabouts } from '../../src/check/whereabouts.ts';
import { deriveKernel } from '../../src/kernel/derive.ts';
import { indicesOf, tableOfObject } from '../../src/memory/plan.ts';
import { done } from '../../src/steps/flush.ts';
import { ok } from '../../src/memory/outcome.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Random } from '../../src/runtime/random.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { randomScenario } from '../support/random-scenario.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const start = (kernel: Kernel, scenario: Scenario, seed: number) => {
  const { world, observer: log } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new WriteLog(objects));
  return { world, log, simulation: new Simulation(world, log, seed) };
};

/** What a run comes to: how many steps, what broke, how often each invariant was evaluated. */
function course(kernel: Kernel, scenario: Scenario, seed: number, most: number, options: CheckerOptions): { steps: number; broken: string; evaluated: number[] } {
  const { world, log, simulation } = start(kernel, scenario, seed);
  const checker = new Checker(world, invariants, options);
  log.watchOnly(checker.wanted());
  while (simulation.steps < most && simulation.step()) {
    const violation = checker.afterStep(log.written, log.count);
    if (violation !== undefined) return { steps: simulation.steps, broken: `${violation.id}: ${violation.sentence}`, evaluated: [...checker.evaluated] };
  }
  return { steps: simulation.steps, broken: '', evaluated: [...checker.evaluated] };
}

/** Kernels that forget something: each breaks other invariants. */
const forgetful: readonly Kernel[] = [
  deriveKernel(v6_8, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } }),
  deriveKernel(v6_8, { name: 'no-flush', steps: { 'flush.requestTlbFlush': () => done } }),
  deriveKernel(v6_8, { name: 'no-zap', steps: { 'mmu.zapNext': () => ok } }),
  deriveKernel(v6_8, { name: 'keeps-folio-lock', steps: { 'folio.unlock': () => ok } }),
  deriveKernel(v6_8, { name: 'no-unbind', steps: { 'unbind.erase': () => ok } }),
];

describe('checks that look up what is where', () => {
  it.each([v6_8, v6_8_fixed, ...forgetful])('find on $name what walking over everything finds, at the same step', (kernel) => {
    // On what forgets something, a third of them: each shows that more than once.
    const every = kernel === v6_8 || kernel === v6_8_fixed ? 1 : 3;
    const scenarios = [...scenariosOf(v6_8).filter(({ name }, k) => name !== 'scale' && k % every === 0).map((scenario) => [scenario, 2] as const), ...Array.from({ length: 12 }, (_one, seed) => [randomScenario(seed), 1] as const)];
    let broken = 0;
    for (const [scenario, seeds] of scenarios) {
      for (let seed = 1; seed <= seeds; seed++) {
        const walked = course(kernel, scenario, seed, 2000, {});
        expect(course(kernel, scenario, seed, 2000, { forward: 'always' }), `${scenario.name}, seed ${seed}`).toEqual(walked);
        if (walked.broken !== '') broken++;
      }
    }
    if (kernel !== v6_8_fixed) expect(broken).toBeGreaterThan(2);
  });

  it('say of any spoilt word what walking over everything says', () => {
    const layouts = ['spte', 'spte_huge', 'tlb', 'cache', 'hpte', 'mem_attr', 'binding', 'kvm_mmu', 'open_invalidation', 'page', 'folio_ref', 'mf_mutex', 'slots_lock', 'inode'];
    const random = new Random(7);
    let broken = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const { world, log, simulation } = start(v6_8_fixed, builtinScenario('stress-all')!, seed);
      const whereabouts = new Whereabouts(world.plan, world.words);
      const walking = checkedWorld(world);
      const looking = checkedWorld(world, whereabouts);
      const note = (id: number): void => {
        const table = tableOfObject(world.plan, id);
        whereabouts.noteOf(table)?.(id - table.firstId);
      };
      const tables = world.plan.tables.filter(({ layout, count }) => count > 0 && layouts.includes(layout.name));
      for (let step = 1; step <= 3000 && simulation.step(); step++) {
        for (let k = 0; k < log.count; k++) note(log.written[k]!);
        if (step % 2 !== 0) continue;
        const table = tables[random.below(tables.length)]!;
        const element = random.below(table.count);
        const cell = table.base + element * table.words + random.below(table.words);
        const previous = world.words[cell]!;
        const id = table.firstId + element;
        const [a = 0, b = 0, c = 0] = indicesOf(world.plan, id);
        world.words[cell] = random.below(4);
        note(id);
        for (const { id: name, onWrite } of invariants) {
          const sentence = onWrite?.[table.layout.name]?.(walking, a, b, c);
          if (sentence !== undefined) broken++;
          expect(onWrite?.[table.layout.name]?.(looking, a, b, c), `${name}, ${table.layout.name}(${a}, ${b}, ${c})`).toBe(sentence);
        }
        world.words[cell] = previous;
        note(id);
      }
    }
    expect(broken).toBeGreaterThan(300);
  });
});

describe('lists of what has the same number', () => {
  it('hold every item once, under its number, after any changes', () => {
    const random = new Random(3);
    const lists = new Lists(12, 5);
    const model = Array.from({ length: 13 }, () => 0);
    for (let change = 0; change < 2000; change++) {
      const item = 1 + random.below(12);
      model[item] = random.below(5);
      lists.set(item, model[item]!);
      for (let number = 1; number < 5; number++) {
        const found: number[] = [];
        for (let at = lists.first(number); at !== 0; at = lists.next(at)) found.push(at);
        expect(found.toSorted((a, b) => a - b)).toEqual(model.flatMap((one, at) => (at > 0 && one === number ? [at] : [])));
      }
    }
    expect(lists.first(5)).toBe(0);
  });
});

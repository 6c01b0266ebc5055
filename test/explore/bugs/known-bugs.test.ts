// Each known bug of each kernel: found by samples too, whatever the seed, and gone on kernels without it. That a search of everything finds it, and
// that kernels of the list show nothing that they do not have, is what test/scenario/verdicts.test.ts says.

import { describe, expect, it } from 'vitest';
import { everyKernel, fixedTwins, kernels } from '../../../machines/kernels/index.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { checksOf, isOf, kernelsWith, kernelsWithout, mendedIn } from '../../../src/explore/bugs/bug.ts';
import { Trial } from '../../../src/explore/mutants/trial.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { fits } from '../../../src/runtime/fits.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';

/** Seed 1 is the gallery's. */
const SEEDS = [2];
const all = kernels.flatMap((kernel) => kernel.bugs.map((bug) => ({ id: bug.id, on: kernel.name, kernel, bug })));
/** Each bug once, on the oldest kernel that has it. */
const once = all.filter(({ id, kernel }) => kernelsWith(id)[0] === kernel);

describe('known bugs', () => {
  it.each(once)('$id of $on is found by samples under each seed', ({ kernel, bug }) => {
    for (const seed of SEEDS) {
      const trial = new Trial(kernel, builtinScenario(bug.scenario)!, 'portfolio', { seed, checks: checksOf(bug), counts: (finding) => isOf(bug, finding) });
      while (trial.advance(100_000));
      expect(trial.result().finding?.id, `seed ${seed}`).toBeDefined();
    }
  });

  it('of one thread alone are found by any schedule, without a search', () => {
    const alone = once.filter(({ bug }) => {
      const { threads = [], hardware = [], vms } = builtinScenario(bug.scenario)!;
      return threads.length + hardware.length + vms.flatMap(({ vcpus = [] }) => vcpus).length === 1;
    });
    expect(alone.length).toBeGreaterThan(6);
    for (const { id, kernel, bug } of alone) {
      for (const seed of [1, 2, 3]) {
        const sampler = new Sampler(kernel, compile(builtinScenario(bug.scenario)!, kernel), { strategy: 'random', seed, schedules: 1, invariants: checksOf(bug) });
        while (sampler.advance(100_000));
        expect({ id, found: sampler.result().findings.some((finding) => isOf(bug, finding)) }).toEqual({ id, found: true });
      }
    }
  });

  it.each(all)('$id of $on is gone in some kernel, in which its scenario runs', ({ kernel, bug }) => {
    const without = kernelsWithout(kernel, bug);
    expect(without.length).toBeGreaterThan(0);
    expect(mendedIn(kernel, bug)).toBe(without[0]);
    for (const one of without) {
      expect(one.bugs.map(({ id }) => id)).not.toContain(bug.id);
      expect(fits(builtinScenario(bug.scenario)!, one), one.name).toBe(true);
    }
    expect(everyKernel.map(({ name }) => name)).toContain(bug.fixedIn);
    // Of a kernel that was derived from this one: what its neighbour's list says.
    expect(kernelsWithout(deriveKernel(kernel, { name: 'own', title: 'of one\'s own' }), bug)).toEqual(without);
  });

  it('have each one sentence, one scenario and properties that are checked, the same wherever they are listed', () => {
    for (const { bug, kernel } of all) {
      expect(bug.breaks).toMatch(/^[A-Za-z_].*[^.]\.$/);
      const first = once.find(({ id }) => id === bug.id)!.bug;
      // A kernel that the first scenario says nothing on shows it in one of its own, in its own words.
      if (fits(builtinScenario(first.scenario)!, kernel)) expect(first).toMatchObject({ breaks: bug.breaks, scenario: bug.scenario });
      for (const id of bug.shownBy) expect([...invariants.map((one) => one.id), 'L-01', 'L-04', 'L-07', 'S-17', 'data-race']).toContain(id);
    }
    // A kernel cannot show what it shows; another one may.
    for (const { bugs, unshown } of kernels) {
      for (const { why, breaks, id } of unshown) expect([why, breaks, bugs.filter((bug) => bug.id === id)]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/), []]);
    }
    for (const { name, unshown: list } of kernels) expect(new Set(list.map(({ id }) => id)).size, name).toBe(list.length);
  });
});

describe('kernels with their known bugs mended', () => {
  it.each(fixedTwins.map((twin) => [twin.name, twin] as const))('%s breaks nothing in the scenarios of these bugs, in any interleaving', (_name, twin) => {
    const bugs = kernels.find(({ name }) => name === twin.base)!.bugs;
    expect(twin.bugs).toEqual([]);
    for (const name of new Set(bugs.map(({ scenario }) => scenario))) {
      const scenario = builtinScenario(name)!;
      const { complete, findings } = exhaustive(twin, compile(scenario, twin), { invariants, graph: true, stop: 'never', states: 400_000 });
      expect({ name, complete, found: findings.map(({ id, sentence }) => `${id}: ${sentence}`) }).toEqual({ name, complete: true, found: [] });
    }
  });
});

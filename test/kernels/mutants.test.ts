// The catalogue of mutants: each is noticed, by what the list says and by nothing else, and each that does no harm is not.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { v6_8_fixed_weak } from '../../machines/kernels/v6.8-fixed-weak.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { baseOf } from '../../src/explore/mutants/bases.ts';
import { cutMutant, isEquivalent, type Mutant } from '../../src/explore/mutants/mutant.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { mutants, notCut } from './mutants/index.ts';
import { halves, rareMutants } from './mutants/rare.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { SampleOptions, SampleResult } from '../../src/explore/sample-types.ts';
import type { SearchOptions, SearchResult } from '../../src/explore/search/options.ts';

const search = (kernel: Kernel, scenario: Scenario, options: SearchOptions): SearchResult => exhaustive(kernel, compile(scenario, kernel), { states: 400_000, ...options });
function sample(kernel: Kernel, scenario: Scenario, schedules: number, options: SampleOptions = {}): SampleResult {
  const sampler = new Sampler(kernel, compile(scenario, kernel), { invariants, schedules, seed: 5, ...options });
  while (sampler.advance(100_000));
  return sampler.result();
}
/** What explorations look for beside invariants. */
const ALSO_CHECKED = ['L-01', 'L-04', 'L-07', 'L-09', 'S-17', 'data-race'];
const ids = ({ findings }: Pick<SearchResult, 'findings'>): string[] => [...new Set(findings.map(({ id }) => id))];
const rows = (wanted: (mutant: Mutant) => boolean) => mutants.filter(wanted).map((mutant) => [mutant.id, mutant.does, mutant] as const);

describe('the catalogue', () => {
  it('has every mutant of the specification, cut or with the reason why not', () => {
    const numbers = [
      1, 2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 27, 28, 30, 31, 32, 34, 35, 38, 39, 40, 41, 42, 44, 46, 47, 48, 50, 51, 53, 54, 55, 56, 57, 58, 59,
      61, 63, 66, 69, 70, 72, 73, 75, 76, 77, 78, 79, 80, 81, 82, 84, 85, 86, 87, 88, 90, 92, 93, 94, 95, 97, 98,
    ].map((number) => `M${String(number).padStart(2, '0')}`);
    const has = [...mutants.filter(({ id }) => /^(M|EQ)\d/.test(id)), ...notCut].map(({ id }) => id);
    expect(has.filter((id) => !/[a-z]$/.test(id)).toSorted()).toEqual([...numbers, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `EQ${number}`)].toSorted());
    expect(new Set(has).size).toBe(has.length);
    // Another form of a mistake has the mistake itself beside it.
    for (const id of has) expect(has).toContain(id.replace(/[a-z]$/, ''));
  });

  it('names properties that are checked, every one of them', () => {
    const known = [...invariants.map(({ id }) => id), ...ALSO_CHECKED];
    const shown = mutants.flatMap(({ shownBy }) => shownBy);
    expect(shown.filter((id) => !known.includes(id))).toEqual([]);
    // Each has something that it notices.
    expect(known.filter((id) => !shown.includes(id))).toEqual([]);
    expect(mutants.filter((mutant) => isEquivalent(mutant) !== mutant.id.startsWith('EQ')).map(({ id }) => id)).toEqual([]);
  });

  it('gives no id twice', () => {
    const all = [...mutants, ...notCut].map(({ id }) => id);
    expect(all.filter((id, k) => all.indexOf(id) !== k)).toEqual([]);
  });

  it('is counted in README.md as the command counts it', () => {
    const cut = mutants.filter(({ memory }) => memory !== 'weak');
    const harmless = cut.filter(isEquivalent).length;
    const harmful = cut.length - harmless;
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`${harmful} of ${harmful} mutants noticed (100 %); 0 of ${harmless} that do no harm reported`);
  });

  it('cuts from kernels without known bugs that can be mended, in scenarios in which these break nothing, in any interleaving', () => {
    const bases = [...new Set(mutants.filter(({ memory }) => memory === undefined).map((mutant) => baseOf(mutant)))];
    expect(bases.map(({ name }) => name)).toEqual(expect.arrayContaining(['v6.8-fixed', 'v6.12-fixed']));
    expect(bases.filter(({ bugs }) => bugs.length > 0)).toEqual([]);
    for (const base of bases) {
      const all = [...new Set(mutants.filter((mutant) => mutant.memory === undefined && baseOf(mutant) === base).map(({ scenario }) => scenario))];
      // Built-in ones are searched on the kernels of the list by the tests of verdicts.
      const own = all.filter((scenario) => !kernels.includes(base) || !builtinScenarios.includes(scenario));
      if (!kernels.includes(base)) expect(own.length, base.name).toBeGreaterThan(0);
      for (const scenario of own) {
        expect({ [scenario.name]: search(base, scenario, { invariants, graph: true, stop: 'never', fair: scenario.about ?? [] }) }).toMatchObject({ [scenario.name]: { complete: true, findings: [] } });
        expect(sample(base, scenario, 90).findings).toEqual([]);
      }
    }
  });
});

describe('a mutant is noticed', () => {
  it.each(rows((mutant) => !isEquivalent(mutant)))('%s, which %s, by all that its row names and by nothing else', (_id, _does, mutant) => {
    const kernel = cutMutant(baseOf(mutant), mutant);
    const { scenario, shownBy } = mutant;
    const all = search(kernel, scenario, { invariants, stop: 'never', graph: shownBy.some((one) => one === 'L-01' || one === 'L-09'), fair: shownBy });
    expect(ids(all)).not.toEqual([]);
    expect([...ids(all), ...ids(sample(kernel, scenario, 90))].filter((id) => !shownBy.includes(id))).toEqual([]);
    for (const id of shownBy) {
      if (id === 'data-race' || id === 'S-17') expect(ids(sample(kernel, scenario, 90))).toContain(id);
      // Deadlocks, livelocks and what is left behind are looked for beside invariants, whichever they are.
      else expect(ids(search(kernel, scenario, { graph: true, fair: [id], invariants: invariants.filter((one) => one.id === (ALSO_CHECKED.includes(id) ? 'L-11' : id)) })), `${id} alone`).toContain(id);
    }
  });
});

describe('a mutant that does no harm is not reported', () => {
  it.each(rows(isEquivalent))('%s, which %s', (_id, _does, mutant) => {
    const kernel = cutMutant(baseOf(mutant), mutant);
    expect(search(kernel, mutant.scenario, { invariants, graph: true, stop: 'never' })).toMatchObject({ complete: true, findings: [] });
    expect(sample(kernel, mutant.scenario, 300).findings).toEqual([]);
  });

  it('though it behaves otherwise than the kernel that it was cut from', () => {
    const differ = mutants.filter(isEquivalent).map((mutant) => {
      const states = [baseOf(mutant), cutMutant(baseOf(mutant), mutant)].map((kernel) => search(kernel, mutant.scenario, {}).transitions);
      return states[0] !== states[1];
    });
    expect(differ).not.toContain(false);
  });
});

describe('a barrier that is forgotten', () => {
  const forgetful = rows(({ memory }) => memory === 'weak');

  it.each(forgetful)('%s, which %s, is nothing that can be forgotten on sequentially consistent memory', (_id, _does, mutant) => {
    expect(() => cutMutant(v6_8_fixed, mutant)).toThrow(/has no state 'barrier'/);
    // The same statecharts, with steps that store and load at once.
    const steps = Object.fromEntries([...v6_8_fixed_weak.steps.keys()].filter((name) => v6_8_fixed.steps.has(name)).map((name) => [name, v6_8_fixed.steps.get(name)!]));
    const kernel = deriveKernel(cutMutant(v6_8_fixed_weak, mutant), { name: 'at-once', steps });
    expect(search(kernel, mutant.scenario, { invariants, graph: true, stop: 'never' })).toMatchObject({ complete: true, findings: [] });
  });
});

describe('rarer mistakes', () => {
  /** Those whose scenario is too large to be searched here: schedules of a portfolio that show them. */
  const sampled = new Map([['N07', 60], ['N08', 60]]);

  it.each(rareMutants.map((mutant) => [mutant.id, mutant.does, mutant] as const))('%s, which %s, is noticed', (id, _does, mutant) => {
    const kernel = cutMutant(v6_8_fixed, mutant);
    const schedules = sampled.get(id);
    const found = schedules === undefined ? search(kernel, mutant.scenario, { invariants, stop: 'never' }) : sample(kernel, mutant.scenario, schedules);
    expect(ids(found)).not.toEqual([]);
    expect(ids(found).filter((one) => !mutant.shownBy.includes(one))).toEqual([]);
  });

  it.each(halves.map((mutant) => [mutant.id, mutant.does, mutant] as const))('%s, half of one, which %s, does no harm', (_id, _does, mutant) => {
    expect(search(cutMutant(v6_8_fixed, mutant), mutant.scenario, { invariants, graph: true, stop: 'never' })).toMatchObject({ complete: true, findings: [] });
  });

  it('have scenarios in which v6.8-fixed breaks nothing', () => {
    for (const { scenario } of rareMutants) expect({ [scenario.name]: sample(v6_8_fixed, scenario, 90).findings }).toEqual({ [scenario.name]: [] });
  });

  it.each([['N02', 3, 420], ['N08', 2, 410]] as const)('%s has a scenario in which a strategy starves somebody, which is no livelock', (id, seed, schedules) => {
    const { scenario } = rareMutants.find((mutant) => mutant.id === id)!;
    const { endings, findings } = sample(v6_8_fixed, scenario, schedules, { strategy: 'pos', seed, recheck: 0 });
    expect(endings.cut).toBeGreaterThan(0);
    expect(findings).toEqual([]);
  });
});

describe('a livelock', () => {
  it.each(['random', 'pct', 'pos', 'portfolio'])('is noticed by %s without any invariant', (strategy) => {
    const mutant = mutants.find(({ id }) => id === 'A01')!;
    const { endings, found } = sample(cutMutant(v6_8_fixed, mutant), mutant.scenario, 30, { strategy, invariants: [] });
    expect(endings.cut).toBeGreaterThan(0);
    expect(found.map(({ id }) => id)).toEqual(['L-01']);
    // A schedule that was cut may have been unfair to somebody; few are.
    expect(found[0]!.times).toBeGreaterThan(endings.cut / 2);
  });
});

// Weakly ordered memory: with the barriers that 6.8 has, nothing breaks that does not break on sequentially consistent memory.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { v6_8_fixed_weak } from '../../../machines/kernels/v6.8-fixed-weak.ts';
import { v6_8_weak } from '../../../machines/kernels/v6.8-weak.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { scenariosOf } from '../../../src/runtime/fits.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { Scenario } from '../../../src/scenario/types.ts';
import type { SearchResult } from '../../../src/explore/search/options.ts';

const search = (kernel: Kernel, scenario: Scenario): SearchResult => exhaustive(kernel, compile(scenario, kernel), { invariants, stop: 'never', states: 200_000 });
/** Larger than that. */
const large = ['SC28', 'SC65'];
const small = scenariosOf(v6_8_fixed).filter(({ name, vms }) => name.startsWith('SC') && !large.includes(name) && vms.some(({ vcpus = [] }) => vcpus.length > 0));

describe('on weakly ordered memory', () => {
  it.each(small.map((scenario) => [scenario.name, scenario] as const))('%s breaks nothing on v6.8-fixed, in any interleaving', (_name, scenario) => {
    expect(search(v6_8_fixed_weak, scenario)).toMatchObject({ complete: true, findings: [] });
    const sampler = new Sampler(v6_8_fixed_weak, compile(scenario, v6_8_fixed_weak), { invariants, schedules: 60, seed: 2 });
    while (sampler.advance(100_000));
    expect(sampler.result().findings).toEqual([]);
  });

  it.each(['SC09', 'SC13', 'SC16', 'SC19'])('%s breaks on v6.8 what it breaks there anyway', (name) => {
    const ids = (kernel: Kernel) => [...new Set(search(kernel, builtinScenario(name)!).findings.map(({ id }) => id))].toSorted();
    expect(ids(v6_8_weak)).toEqual(ids(v6_8));
  });

  it('there are states that sequentially consistent memory has not: stores that are done and not visible', () => {
    const [weak, sc] = [v6_8_fixed_weak, v6_8_fixed].map((kernel) => search(kernel, builtinScenario('SC09')!));
    expect(weak!.states).toBeGreaterThan(sc!.states);
    // Everything drains: it all ends as it does there.
    expect(weak!.terminals.count).toBe(sc!.terminals.count);
    expect(weak!.coverage.times(v6_8_fixed_weak.table.leaves.findIndex(({ machine, step }) => machine === 'hardware' && step === 'irq.deliver'), 'drained')).toBeGreaterThan(0);
  });
});

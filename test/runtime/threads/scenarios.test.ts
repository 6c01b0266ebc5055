// Every built-in scenario on real threads: it comes to an end that its kernel allows, and what happened can be replayed exactly.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../../dist/machines/kernels/index.js';
import { scenariosOf } from '../../../dist/src/runtime/fits.js';
import { builtinScenarios as scenarios } from '../../../dist/src/scenario/builtin/index.js';
import type { Kernel } from '../../../dist/src/kernel/define.js';
import type { Scenario } from '../../../dist/src/scenario/types.js';
import { ran, replayed } from '../../support/threads.ts';

/** The first and the last kernel that have what a scenario needs: those between them are between them. */
const runsOn = (kernel: Kernel, scenario: Scenario): boolean => {
  const able = kernels.filter((one) => scenariosOf(one).includes(scenario));
  return kernel === able[0] || kernel === able.at(-1);
};

describe.each(kernels.filter((kernel) => scenarios.some((scenario) => runsOn(kernel, scenario))))('kernel $name', (kernel) => {
  const known = (scenario: string): string[] => kernel.bugs.filter((bug) => bug.scenario === scenario || bug.alsoIn?.includes(scenario)).flatMap(({ shownBy }) => shownBy);

  // Threads would go round for ever where the kernel does.
  const bounded = scenariosOf(kernel).filter((scenario) => runsOn(kernel, scenario) && !['stress', 'stress-all', 'stress-conversions', 'scale'].includes(scenario.name) && !known(scenario.name).includes('L-01'));

  it.each(bounded)('$name, twenty rounds on two workers', async (scenario) => {
    const one = await ran(scenario, { kernel, threads: { workers: 2, repeat: 20, jitter: 2 } });
    const shown = one.result.why === 'violation' ? one.result.violation!.id : one.result.why === 'deadlock' ? 'L-04' : '';
    if (shown !== '') expect(known(scenario.name)).toContain(shown);
    else expect([one.result.why, one.result.rounds]).toEqual(['finished', 20]);
    expect(replayed(one)).toBe(one.result.steps);
  });
});

describe.each([1, 2, 4])('%i workers', (workers) => {
  it.each(scenarios.filter(({ name }) => ['stress', 'stress-small', 'SC15', 'SC38'].includes(name)))('$name', async (scenario) => {
    const one = await ran(scenario, { limits: { steps: 40_000 }, threads: { workers, jitter: 1 } });
    // SC15 has a known bug of v6.8 in it.
    if (one.result.why === 'violation') expect([scenario.name, one.result.violation!.id]).toEqual(['SC15', 'S-33']);
    else expect(one.result.why).toBe(scenario.name === 'stress' ? 'steps' : 'finished');
    expect(one.result.workers!.length).toBe(workers);
    expect(one.batches.reduce((sum, { count }) => sum + count, 0)).toBe(one.result.steps);
    expect(replayed(one)).toBe(one.result.steps);
  });
});

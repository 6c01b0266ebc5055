// Every built-in scenario on real threads: it comes to an end that its kernel allows, and what happened can be replayed exactly.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../../dist/machines/kernels/index.js';
import { scenariosOf } from '../../../dist/src/runtime/fits.js';
import { builtinScenarios as scenarios } from '../../../dist/src/scenario/builtin/index.js';
import { ran, replayed } from '../../support/threads.ts';

// What 6.12 and 6.18 have of their own, mainline has as well, or has mended.
describe.each(kernels.filter(({ name }) => !['v6.12', 'v6.18'].includes(name)))('kernel $name', (kernel) => {
  const known = (scenario: string): string[] => kernel.bugs.filter((bug) => bug.scenario === scenario || bug.alsoIn?.includes(scenario)).flatMap(({ shownBy }) => shownBy);

  // Threads would go round for ever where the kernel does.
  const bounded = scenariosOf(kernel).filter(({ name }) => !['stress', 'stress-all', 'scale'].includes(name) && !known(name).includes('L-01'));

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

// A sample whose time is up: what was executed until then means what it would have meant.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { resultOf } from '../../../src/explore/sample-result.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SampleOptions } from '../../../src/explore/sample-types.ts';

const topology = compile(builtinScenario('SC22')!, v6_8);
const options: SampleOptions = { strategy: 'portfolio', schedules: 400, seed: 3 };
/** A clock that goes on by one each time that somebody looks. */
const after = (looks: number): { asked: number; isOver: () => boolean } => {
  const clock = { asked: 0, isOver: () => ++clock.asked > looks };
  return clock;
};

describe('when time is up', () => {
  it('during the trials, nothing is executed, and nothing is said of it', () => {
    const clock = after(5);
    const sampler = new Sampler(v6_8, topology, { ...options, isOver: clock.isOver });
    expect(clock.asked).toBeLessThan(15);
    expect([sampler.isTried, sampler.advance(1000)]).toEqual([false, false]);
    expect(resultOf(sampler.totals())).toMatchObject({ schedules: 0, steps: 0, complete: false, says: [], inconclusive: ['no schedule was executed'] });
  });

  it('later, the schedules until then are those of any other run', () => {
    const sampler = new Sampler(v6_8, topology, { ...options, isOver: after(100).isOver });
    expect(sampler.isTried).toBe(true);
    expect(sampler.advance(1_000_000)).toBe(true);
    const { schedules, digest, found, complete } = sampler.totals();
    expect(complete).toBe(false);
    expect(schedules).toBeGreaterThan(10);
    expect(schedules).toBeLessThan(100);
    const other = new Sampler(v6_8, topology, { ...options, schedules });
    while (other.advance(1000)) { /* to the end */ }
    expect(other.totals()).toMatchObject({ schedules, digest, found, complete: true });
  });
});

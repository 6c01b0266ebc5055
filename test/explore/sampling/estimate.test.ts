// Whether an exhaustive search fits, by a short one.

import { describe, expect, it } from 'vitest';
import { conversions_2026_fixed } from '../../../machines/kernels/conversions-2026-fixed.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { defaultMode, estimate } from '../../../src/explore/estimate.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { mutants } from '../../kernels/mutants/index.ts';

const of = (name: string, budget: number): ReturnType<typeof estimate> => estimate(v6_8, compile(builtinScenario(name)!, v6_8), budget);

describe('an estimate', () => {
  it('is exact where a short search comes to its end', () => {
    expect(of('SC01', 1_000_000)).toEqual({ states: 11_017, exact: true, fits: true });
    expect(of('SC01', 10_000)).toEqual({ states: 11_017, exact: true, fits: false });
  });

  // Numbers of states as the exhaustive search has them.
  it.each([['SC08', 114_995], ['SC15', 79_326], ['SC25', 20_704], ['SC12', 20_639]])('of %s is within a factor of three of %i', (name, states) => {
    const guess = of(name, 1_000_000);
    expect(guess).toMatchObject({ exact: false, fits: true });
    expect(guess.states).toBeGreaterThan(states / 3);
    expect(guess.states).toBeLessThan(states * 3);
  });

  it('sees what does not fit: a search of stress-small was given up at four million, and stress has no end', () => {
    expect(of('stress-small', 4_000_000).fits).toBe(false);
    expect(of('stress', 1e12)).toEqual({ states: Infinity, exact: false, fits: false });
  });

  it('goes on for longer where walks have no end and levels grow slowly: whoever tries again goes round in few states', () => {
    const { scenario } = mutants.find(({ id }) => id === 'M97')!;
    expect(estimate(conversions_2026_fixed, compile(scenario, conversions_2026_fixed), 1_000_000)).toEqual({ states: 114_133, exact: true, fits: true });
  });

  it('decides what is done by default', () => {
    expect(defaultMode(of('SC22', 1_000_000))).toBe('exhaustive');
    expect(defaultMode(of('stress', 1_000_000))).toBe('portfolio');
  });
});

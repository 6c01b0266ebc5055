// Whatever is thrown at it, the mended kernel breaks nothing, and 6.8 nothing but what its known bugs break.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { judge } from '../support/judge.ts';
import { randomScenario } from '../support/random-scenario.ts';

/** What scenarios of these seeds break, and how many steps were judged. */
function breaks(kernel: Kernel, from: number, count: number): { broken: string[]; steps: number } {
  const broken: string[] = [];
  let steps = 0;
  for (let seed = from; seed < from + count; seed++) {
    const judged = judge(kernel, randomScenario(seed), undefined, 2, 3000);
    steps += judged.steps;
    broken.push(...[...judged.broken.keys()].map((sentence) => `scenario ${seed}: ${sentence}`));
  }
  return { broken, steps };
}

describe('random scenarios', () => {
  it('break nothing of a kernel whose known bugs are mended', () => {
    const { broken, steps } = breaks(v6_8_fixed, 1, 80);
    expect(broken).toEqual([]);
    expect(steps).toBeGreaterThan(100_000);
  });

  it('break of 6.8 only what its known bugs break', () => {
    const known = v6_8.bugs.flatMap(({ shownBy }) => shownBy);
    const { broken } = breaks(v6_8, 1, 80);
    const ids = broken.map((sentence) => /: (S-\d\d):/.exec(sentence)![1]!);
    expect(ids.filter((id) => !known.includes(id))).toEqual([]);
    expect(new Set(ids)).toContain('S-11');
  });
});

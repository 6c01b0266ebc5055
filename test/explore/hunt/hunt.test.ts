// A hunt over a few scenarios that nobody wrote finds known bugs and names them; where they are mended it finds nothing.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { freshHunt, Hunter, type HuntState } from '../../../src/explore/hunt/hunter.ts';
import { trying } from '../../../src/explore/hunt/try.ts';
import { operationsOf } from '../../../src/explore/smaller-scenarios.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';

function toEnd<T>(parts: Generator<void, T>): T {
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}

function hunt(kernel: Kernel, state: HuntState, end: number): Hunter {
  const hunter = new Hunter(kernel, state);
  for (let n = hunter.next(end); n !== undefined; n = hunter.next(end)) toEnd(hunter.take(toEnd(trying(kernel, state.seed, n))));
  return hunter;
}

describe('a hunt on v6.8', () => {
  it('finds known bugs, names each, and makes each small', () => {
    const { causes } = hunt(v6_8, freshHunt(1, undefined, 9), 11);
    expect(causes.map(({ bugs, id, first }) => [bugs, id, first])).toEqual([[['G4-B11'], 'S-33', 9], [['G4-B9'], 'S-22', 10]]);
    expect(operationsOf(causes[0]!.scenario)).toBeLessThanOrEqual(3);
  });

  it('goes on where it was stopped, and comes to the same', () => {
    const whole = hunt(v6_8, freshHunt(1, undefined, 9), 11).state();
    const stopped = JSON.parse(JSON.stringify(hunt(v6_8, freshHunt(1, undefined, 9), 10).state())) as HuntState;
    expect(stopped.next).toBe(10);
    expect(stopped.causes).toHaveLength(1);
    expect(hunt(v6_8, stopped, 11).state()).toEqual(whole);
  });
});

describe('a hunt on v6.8-fixed', () => {
  it('finds nothing', () => {
    const { causes, done } = hunt(v6_8_fixed, freshHunt(1), 15);
    expect(causes).toEqual([]);
    expect([done.searched + done.sampled, done.refused]).toEqual([15, 0]);
  });
});

describe('a hunt on a patch of v6.8-fixed', () => {
  it('finds what the patch has broken, which is news', () => {
    const patched = deriveKernel(v6_8_fixed, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
    const { causes } = hunt(patched, freshHunt(1, undefined, 3), 4);
    expect(causes.map(({ bugs, id, first }) => [bugs, id, first])).toEqual([[[], 'S-04', 3], [[], 'S-04', 3]]);
  });
});

describe('parts of a hunt', () => {
  it('try every number once together', () => {
    const numbers = [0, 1, 2].flatMap((index) => {
      const hunter = new Hunter(v6_8, freshHunt(5, { index, of: 3 }));
      const own: number[] = [];
      for (let n = hunter.next(30); n !== undefined; n = hunter.next(30)) own.push(n);
      return own;
    });
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_one, n) => n));
  });
});

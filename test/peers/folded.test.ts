// The protocol with symmetry of vCPUs, invalidators and pages, and with reduction: how many states are left, and that nothing is lost.

import { describe, expect, it } from 'vitest';
import { search, type SearchResult } from '../../bench/peers/search.ts';
import type { Variant } from '../../bench/peers/protocol.ts';

const anyOrder = { anyOrder: true } as const;
const symmetry = { symmetry: true } as const;
const both = { symmetry: true, reduction: true } as const;

describe('a fault against a punch, folded', () => {
  it.each([
    { vcpus: 2, invalidators: 1, states: 2_140, transitions: 5_566, left: 1_294 },
    { vcpus: 2, invalidators: 2, states: 9_108, transitions: 24_805, left: 6_745 },
    { vcpus: 3, invalidators: 1, states: 17_091, transitions: 59_202, left: 7_998 },
  ])('has $states states for $vcpus vCPUs and $invalidators invalidators, as many as there are least ones, and $left with reduction', ({ vcpus, invalidators, states, transitions, left }) => {
    expect(search(vcpus, invalidators, anyOrder, { judged: true, ...symmetry })).toEqual({ states, transitions, deadlocks: 0, violation: undefined });
    expect(search(vcpus, invalidators, anyOrder, { judged: true, ...both })).toMatchObject({ states: left, deadlocks: 0, violation: undefined });
    // Whole states, of which the least of all that renaming makes of one is kept.
    expect(search(vcpus, invalidators, anyOrder, { exact: true, ...symmetry })).toMatchObject({ states, transitions });
    expect(search(vcpus, invalidators, anyOrder, { judged: true, exact: true, ...both })).toMatchObject({ states: left });
  });

  it("has less than a tenth of Spin's 1,679,317 states for three and two", () => {
    expect(search(3, 2, anyOrder, { judged: true, ...symmetry })).toEqual({ states: 98_950, transitions: 357_940, deadlocks: 0, violation: undefined });
    expect(search(3, 2, anyOrder, { judged: true, ...both })).toEqual({ states: 63_580, transitions: 195_847, deadlocks: 0, violation: undefined });
  });

  it('folds no vCPUs that are flushed in an order, but pages and invalidators', () => {
    const whole = search(2, 2, {});
    const folded = search(2, 2, {}, symmetry);
    expect(folded.states * 3).toBeLessThan(whole.states);
    expect(search(2, 2, {}, { exact: true, ...symmetry }).states).toBe(folded.states);
  });

  it.each([
    { vcpus: 2, invalidators: 1, whole: 8, folded: 4 },
    { vcpus: 3, invalidators: 1, whole: 20, folded: 6 },
    { vcpus: 2, invalidators: 2, whole: 208, folded: 45 },
  ])('keeps each of $whole deadlocks of inverted locks, which are $folded: $vcpus vCPUs, $invalidators invalidators', ({ vcpus, invalidators, whole, folded }) => {
    const variant: Variant = { ...anyOrder, bug: 'inverted' };
    const deadlocks = ({ deadlocks: n }: SearchResult): number => n;
    expect([{}, { reduction: true }, symmetry, both].map((how) => deadlocks(search(vcpus, invalidators, variant, how)))).toEqual([whole, whole, folded, folded]);
  });

  it.each(['no-recheck', 'no-flush'] as const)('finds the mistake %s', (bug) => {
    for (const [vcpus, invalidators] of [[2, 1], [3, 1], [3, 2]] as const) {
      for (const fair of [false, true]) {
        expect(search(vcpus, invalidators, { ...anyOrder, bug, fair }, { judged: true, ...both }).violation?.sentence).toMatch(/^vCPU \d accesses pfn [12], which is free$/);
      }
    }
  });
});

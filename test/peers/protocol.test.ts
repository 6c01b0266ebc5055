// The protocol of a fault against a punch, in every interleaving: the numbers are those of Spin's, who is asked in spin.test.ts.

import { describe, expect, it } from 'vitest';
import { search } from '../../bench/peers/search.ts';
import type { Variant } from '../../bench/peers/protocol.ts';

interface Expected { readonly vcpus: number; readonly invalidators: number; readonly states: number; readonly transitions: number; readonly deadlocks?: number }
const table: readonly { readonly name: string; readonly variant: Variant; readonly expected: readonly Expected[] }[] = [
  { name: 'as it is', variant: {}, expected: [
    { vcpus: 2, invalidators: 1, states: 7_195, transitions: 18_022 },
    { vcpus: 3, invalidators: 1, states: 166_249, transitions: 559_644 },
    { vcpus: 3, invalidators: 2, states: 1_679_317, transitions: 5_897_614 },
  ] },
  { name: 'with a fair mmu_lock', variant: { fair: true }, expected: [
    { vcpus: 2, invalidators: 1, states: 7_773, transitions: 19_544 },
    { vcpus: 3, invalidators: 1, states: 173_359, transitions: 583_998 },
    { vcpus: 3, invalidators: 2, states: 1_946_873, transitions: 6_788_354 },
  ] },
  { name: 'flushing vCPUs in any order', variant: { anyOrder: true }, expected: [
    { vcpus: 2, invalidators: 1, states: 7_353, transitions: 18_578 },
    { vcpus: 3, invalidators: 1, states: 171_393, transitions: 582_762 },
  ] },
  { name: 'with its locks taken in the other order', variant: { bug: 'inverted' }, expected: [
    { vcpus: 2, invalidators: 1, states: 4_901, transitions: 10_300, deadlocks: 8 },
    { vcpus: 3, invalidators: 1, states: 120_742, transitions: 339_352, deadlocks: 20 },
  ] },
  { name: 'with them inverted, and fair', variant: { bug: 'inverted', fair: true }, expected: [
    { vcpus: 2, invalidators: 1, states: 5_225, transitions: 11_154, deadlocks: 8 },
    { vcpus: 3, invalidators: 1, states: 124_262, transitions: 351_491, deadlocks: 20 },
  ] },
];

describe('a fault against a punch', () => {
  for (const { name, variant, expected } of table) {
    it.each(expected)(`${name}: $vcpus vCPUs, $invalidators invalidators have $states states`, ({ vcpus, invalidators, states, transitions, deadlocks = 0 }) => {
      expect(search(vcpus, invalidators, variant)).toEqual({ states, transitions, deadlocks, violation: undefined });
    });
  }

  it.each([{}, { fair: true }, { anyOrder: true }, { bug: 'unbalanced' }] as const)('accesses no free page: %o', (variant) => {
    const judged = search(2, 1, variant, { judged: true });
    expect(judged).toEqual(search(2, 1, variant));
    expect(judged.violation).toBeUndefined();
  });

  it.each(['no-recheck', 'no-flush'] as const)('accesses a free page with the mistake %s, however many there are', (bug) => {
    for (const [vcpus, invalidators] of [[2, 1], [3, 1], [3, 2]] as const) {
      for (const fair of [false, true]) {
        expect(search(vcpus, invalidators, { bug, fair }, { judged: true }).violation?.sentence).toMatch(/^vCPU \d accesses pfn [12], which is free$/);
      }
    }
  });
});

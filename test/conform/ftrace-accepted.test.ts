// Traces of a real kernel are behaviours of the model, in both forms, and every line of them is accounted for.

import { describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { CASES, judged, textOf, type Form } from '../support/ftraces.ts';

/** Case, form, lines that stand for something in the model, lines that do not. */
const counts: readonly (readonly [name: string, form: Form, mapped: number, unmapped: number])[] = [
  ['close-while-bound', 'events', 73, 79],
  ['close-while-bound', 'fgraph', 222, 218],
  ['conv-punch-while-private', 'events', 46, 72],
  ['conv-punch-while-private', 'fgraph', 139, 215],
  ['conv-roundtrip', 'events', 54, 79],
  ['conv-roundtrip', 'fgraph', 168, 226],
  ['hc-map-private', 'events', 59, 102],
  ['hc-map-private', 'fgraph', 152, 251],
  ['hwp-private-mapped', 'events', 93, 134],
  ['hwp-private-mapped', 'fgraph', 288, 346],
  ['spin-convert', 'events', 1758, 63],
  ['spin-convert', 'fgraph', 345, 224],
  ['spin-delete-slot', 'events', 54, 49],
  ['spin-delete-slot', 'fgraph', 135, 195],
  ['spin-punch', 'events', 1284, 56],
  ['spin-punch', 'fgraph', 2308, 209],
  ['two-spin-convert', 'events', 2347, 58],
  ['two-spin-convert', 'fgraph', 2916, 241],
  ['two-vcpus', 'events', 55, 96],
  ['two-vcpus', 'fgraph', 160, 259],
];

describe('a recorded trace', () => {
  test('of every case is there in both forms', () => {
    expect(counts.map(([name, form]) => `${name} ${form}`)).toEqual(CASES.flatMap((name) => [`${name} events`, `${name} fgraph`]));
  });

  test.each(counts)('%s, %s: is accepted, with %i lines mapped and %i not', (name, form, mapped, unmapped) => {
    const result = judged(name, textOf(name, form));
    expect(result.rejection).toBeUndefined();
    expect(result.verdict).toBe('accepted');
    expect(result.mapped).toBe(mapped);
    expect(result.unmapped.reduce((sum, [, count]) => sum + count, 0)).toBe(unmapped);
    expect(mapped + unmapped).toBe(result.trace.records.length);
  });

  test('names every reason for which a line is passed over, and how often', () => {
    const { unmapped } = judged('conv-roundtrip', textOf('conv-roundtrip', 'fgraph'));
    const reasons = Object.fromEntries(unmapped);
    expect(reasons['inodes that are no guest_memfd']).toBe(71);
    expect(reasons['a page that is none of the case']).toBe(46);
    expect(reasons['another task']).toBe(3);
    expect(Object.keys(reasons)).not.toContain('a function that the table has not');
    expect(Object.keys(reasons)).not.toContain('an event that the table has not');
  });

  test('binds its tasks to the thread of the steps and to each vCPU that is left running', () => {
    expect(judged('two-spin-convert', textOf('two-spin-convert', 'events')).tasks).toEqual([
      { task: 'record-192', does: 'carries out the steps' }, { task: 'record-193', does: 'runs vCPU 0 beside them' }, { task: 'record-195', does: 'runs vCPU 1 beside them' },
    ]);
  });

  test('counts functions and events that no table knows, and is accepted all the same', () => {
    const text = textOf('conv-roundtrip', 'fgraph').replaceAll('kvm_arch_vcpu_precreate', 'kvm_something_new').replaceAll('kvm_track_tsc', 'kvm_novelty');
    const { verdict, unmapped } = judged('conv-roundtrip', text);
    expect(verdict).toBe('accepted');
    expect(Object.fromEntries(unmapped)).toMatchObject({ 'a function that the table has not': 1, 'an event that the table has not': 1 });
  });
});

test('a fault that retries before it looks its page up is no behaviour of 6.8, which does not look there', () => {
  const { verdict, rejection } = judged('spin-convert', textOf('spin-convert', 'fgraph'), v6_8);
  expect(verdict).toBe('rejected');
  expect(rejection).toBeDefined();
});

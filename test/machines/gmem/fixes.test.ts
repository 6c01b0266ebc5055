// Known bugs of 6.8 in the life of files and of poisoned pages: there in v6.8, gone in v6.8-fixed, one test each.

import { describe, expect, test } from 'vitest';
import {
  allocate, await_, call, close, createGmem, deleteSlot, failAllocation, memoryError, notify, punch, read, setAttributes, slot, write,
} from '../../../src/scenario/builder.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { heldLocks, leftovers, play } from '../../support/play.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { Scenario } from '../../../src/scenario/builder.ts';

const both = [v6_8, v6_8_fixed] as const;
const onBoth = <T>(look: (kernel: Kernel) => T): T[] => both.map(look);
const bound = [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)];

test('every one of them is listed in v6.8 and in v6.8-fixed no more', () => {
  const mine = ['G4-B1', 'G4-B2', 'G4-B5', 'G4-B8', 'G4-B9', 'G4-B10'];
  expect(v6_8.bugs.map(({ id }) => id)).toEqual(expect.arrayContaining(mine));
  expect(v6_8_fixed.bugs).toEqual([]);
});

test('G4-B1: accesses to a poisoned page leave references on it', () => {
  const references = onBoth((kernel) => {
    const { objects } = play({
      name: 'SC21', frames: 6, vms: [{ vcpus: [{ program: [read(0)], thread: [await_('poisoned'), { op: 'run' }, { op: 'run' }, notify('read')] }] }], setup: bound,
      threads: [{ name: 'main', program: [await_('read'), punch('A', 0, 1)] }], hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 }), notify('poisoned')] }],
    }, { kernel });
    const poisoned = [1, 2, 3].find((pfn) => objects.folio(pfn).hwpoison !== 0)!;
    return objects.folio_ref(poisoned).refcount;
  });
  expect(references).toEqual([2, 0]);
});

describe('G4-B2: a memslot deleted while its file is dying', () => {
  const sc26: Scenario = {
    name: 'SC26', vms: [{}], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
    threads: [{ name: 'closer', program: [close('A', 'ok')] }, { name: 'deleter', program: [deleteSlot(0, { expect: 'ok' })] }],
  };

  test('stays in the bindings of the file', () => {
    const dangling = onBoth((kernel) => Array.from({ length: 60 }, (_one, seed) => seed).some((seed) => {
      let seen = false;
      play(sc26, { kernel, seed, after: ({ objects }) => { seen ||= objects.binding(1, 0).slot !== 0 && objects.memslot(objects.binding(1, 0).slot).state === 2; } });
      return seen;
    }));
    expect(dangling).toEqual([true, false]);
  });

  test.each(both)('ends in every interleaving, $name', (kernel) => {
    expect(exhaustive(kernel, compile(sc26, kernel), { states: 200_000 })).toMatchObject({ deadlocks: 0, complete: true, findings: [] });
  });
});

describe('G4-B5: memory failure of a page of a file', () => {
  const strike = (hw: Scenario['hardware']): Scenario => ({ name: 'SC24', vms: [{}], setup: bound, threads: [{ name: 'main', program: [await_('poisoned'), notify('end')] }], ...(hw ? { hardware: hw } : {}) });

  test('is reported as a failure, and kills', () => {
    const seen = onBoth((kernel) => {
      const { results, signals } = play(strike([{ name: 'hw', program: [memoryError({ fd: 'A', page: 0, thread: 'main' }), notify('poisoned')] }]), { kernel });
      return [...results, ...signals];
    });
    expect(seen).toEqual([['hw: EBUSY', 'main: 7 code 0'], ['hw: ok']]);
  });

  test('still fails where somebody else holds the page', () => {
    const hw: Scenario['hardware'] = [{ name: 'hw', program: [{ op: 'pin', fd: 'A', page: 0 }, memoryError({ fd: 'A', page: 0 }), notify('poisoned')] }];
    expect(play(strike(hw), { kernel: v6_8_fixed }).results).toEqual(['hw: EBUSY']);
  });
});

test('G4-B8: a bind without memory half way', () => {
  const seen = onBoth((kernel) => {
    const { results, objects, world } = play({
      name: 'SC36', vms: [{}], threads: [{ name: 'main', program: [await_('armed'), createGmem('A', 2), slot(0, 0, 2, { fd: 'A' })] }],
      hardware: [{ name: 'hw', program: [failAllocation(2), notify('armed')] }],
    }, { kernel });
    expect(heldLocks(world)).toEqual([]);
    expect(objects.file(1).f_count).toBe(1);
    return [results[1], objects.binding(1, 0).slot, objects.binding(1, 1).slot];
  });
  expect(seen).toEqual([['main: ok', 1, 0], ['main: ENOMEM', 0, 0]]);
});

test('G4-B9: a bind whose end wraps below zero', () => {
  const wrapping = call('set_region', { vm: 0, slot: 0, flags: 4, gpa: '0x0', size: '0x2000', hva: '0x0', fd: 'A', offset: '0x7ffffffffffff000' });
  expect(onBoth((kernel) => play({ name: 'SC35', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 1), wrapping] }] }, { kernel }).results[1])).toEqual(['main: ok', 'main: EINVAL']);
});

describe('G4-B10: memory failure against a hole', () => {
  const sc22: Scenario = {
    name: 'SC22', vms: [{}], setup: bound, threads: [{ name: 'main', program: [punch('A', 0, 1, 'ok')] }], hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
  };

  test('deadlocks', () => {
    const [broken, mended] = onBoth((kernel) => exhaustive(kernel, compile(sc22, kernel), { states: 200_000, stop: 'never' }));
    expect(broken).toMatchObject({ complete: true });
    expect(broken!.deadlocks).toBeGreaterThan(0);
    expect(mended).toMatchObject({ complete: true, deadlocks: 0 });
  });

  test.each(Array.from({ length: 20 }, (_one, seed) => seed))('with a memslot that goes, a file that goes and a guest at work nobody waits for ever on v6.8-fixed, schedule %i', (seed) => {
    const { stuck, strayUnlocks, world } = play({
      ...sc22, vms: [{ vcpus: [{ program: [write(0), read(0), write(0)] }] }],
      threads: [...sc22.threads!, { name: 'other', program: [deleteSlot(0), slot(1, 0, 1, { fd: 'A' }), close('A')] }],
    }, { seed, kernel: v6_8_fixed });
    expect(stuck).toEqual([]);
    expect(strayUnlocks).toEqual([]);
    expect(heldLocks(world)).toEqual([]);
  });
});

test.each(Array.from({ length: 10 }, (_one, seed) => seed))('everything closed at once leaves nothing on v6.8-fixed, schedule %i', (seed) => {
  const { stuck, world } = play({
    name: 'SC38', vms: [{ vcpus: [{ program: [write(0)] }] }], setup: bound,
    threads: [
      { name: 'a', program: [call('close_vm', { vm: 0 })] }, { name: 'b', program: [call('close_vcpu', { vcpu: 0 })] }, { name: 'c', program: [close('A')] },
      { name: 'd', program: [punch('A', 0, 1)] },
    ],
  }, { seed, kernel: v6_8_fixed });
  expect(stuck).toEqual([]);
  expect(leftovers(world)).toEqual([]);
});

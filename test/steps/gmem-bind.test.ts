// kvm_gmem_bind and kvm_gmem_unbind through KVM_SET_USER_MEMORY_REGION2: checks in their order, what is bound, what is left.

import { describe, expect, test } from 'vitest';
import { allocate, call, close, createGmem, deleteSlot, failAllocation, failArchPrepare, read, setAttributes, slot } from '../../src/scenario/builder.ts';
import { heldLocks, play, type Played } from '../support/play.ts';
import type { Scenario, VmmOp } from '../../src/scenario/builder.ts';

const main = (program: VmmOp[], more: Partial<Scenario> = {}) => play({ name: 'bind', vms: [{}], threads: [{ name: 'main', program }], ...more });
const region = (members: Record<string, unknown>): VmmOp =>
  call('set_region', { vm: 0, slot: 0, flags: 4, gpa: '0x0', size: '0x2000', hva: '0x0', fd: 'A', offset: '0x0', ...members });
/** Memslot at each of the first file pages; 0 where nothing is bound. */
const bound = ({ objects, world }: Played, pages: number, file = 1): number[] => Array.from({ length: pages }, (_one, page) => {
  const index = world.facts.indexes.find(BigInt(page));
  return index < 0 ? 0 : objects.binding(file, index).slot;
});
const LARGE = '0x7ffffffffffff000';

describe('bind', () => {
  test('stores the memslot at every index of the range, points it to the file, and keeps no reference', () => {
    const played = main([createGmem('A', 4), slot(0, 8, 2, { fd: 'A', filePage: 1, expect: 'ok' })]);
    const { unexpected, objects, world, strayUnlocks } = played;
    expect(unexpected).toEqual([]);
    expect(bound(played, 4)).toEqual([0, 1, 1, 0]);
    expect(objects.slot_gmem(1).file).toBe(1);
    expect(world.facts.indexes.real(objects.memslot(1).pgoff)).toBe(1n);
    expect(objects.file(1).f_count).toBe(1);
    expect(heldLocks(world)).toEqual([]);
    expect(strayUnlocks).toEqual([]);
  });

  test.each([
    ['no descriptor', [], { fd: -1 }, 'EBADF'],
    ['a closed one', [close('A')], {}, 'EBADF'],
    ['a closed one and a range that is wrong', [close('A')], { offset: '0x4000' }, 'EBADF'],
    ['an offset below 0 as a signed number', [], { offset: '0x8000000000000000' }, 'EINVAL'],
    ['an offset that is not aligned', [], { offset: '0x800' }, 'EINVAL'],
    ['a range behind the end', [], { offset: '0x3000' }, 'EINVAL'],
    ['a range far behind the end', [], { offset: '0x100000000000' }, 'EINVAL'],
  ] as const)('refuses %s: nothing is bound', (_what, before, members, errno) => {
    const { unexpected, objects, world } = main([createGmem('A', 4), ...before, region({ ...members, expect: errno })]);
    expect(unexpected).toEqual([]);
    expect(objects.memslot(1).state).not.toBe(1);
    expect(objects.file(1).f_count).toBe(before.length === 0 ? 1 : 0);
    expect(heldLocks(world)).toEqual([]);
  });

  test('refuses the file of another VM, before its range is looked at', () => {
    const { unexpected } = main([createGmem('A', 1, { vm: 1 }), region({ offset: '0x7000', expect: 'EINVAL' })], { vms: [{}, {}] });
    expect(unexpected).toEqual([]);
  });

  test.each([[0, 2], [1, 1], [1, 2], [0, 4], [2, 2]])('refuses file pages [%i, +%i) over a binding of [1, +2): EINVAL', (filePage, pages) => {
    const played = main([
      createGmem('A', 4), slot(0, 0, 2, { fd: 'A', filePage: 1 }), slot(1, 8, pages, { fd: 'A', filePage, expect: 'EINVAL' }),
    ]);
    expect(played.unexpected).toEqual([]);
    expect(bound(played, 4)).toEqual([0, 1, 1, 0]);
    expect(played.objects.file(1).f_count).toBe(1);
  });

  test('accepts what touches a binding at both ends', () => {
    const { unexpected } = main([
      createGmem('A', 4), slot(0, 0, 2, { fd: 'A', filePage: 1 }), slot(1, 8, 1, { fd: 'A', expect: 'ok' }), slot(2, 16, 1, { fd: 'A', filePage: 3, expect: 'ok' }),
    ]);
    expect(unexpected).toEqual([]);
  });

  test('accepts an offset whose end wraps below zero, far behind the end of the file (G4-B9)', () => {
    const { unexpected, objects, world } = main([createGmem('A', 1), region({ offset: LARGE, expect: 'ok' })]);
    expect(unexpected).toEqual([]);
    const { indexes } = world.facts;
    const first = indexes.find(0x7ffffffffffffn);
    expect([objects.binding(1, first).slot, objects.binding(1, first + 1).slot]).toEqual([1, 1]);
    expect(objects.memslot(1).pgoff).toBe(first);
  });

  test('without memory in the middle of its store reports success with half of the range bound (G4-B8)', () => {
    const { results, objects } = main([{ op: 'await', event: 'armed' }, createGmem('A', 2), region({})], {
      hardware: [{ name: 'hw', program: [failAllocation(2), { op: 'notify', event: 'armed' }] }],
    });
    expect(results).toEqual(['main: ok', 'main: ok']);
    expect([objects.binding(1, 0).slot, objects.binding(1, 1).slot]).toEqual([1, 0]);
  });
});

describe('unbind', () => {
  test('on deletion takes the range away and leaves the pages in the file', () => {
    const { unexpected, objects, world } = main([createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), allocate('A', 0, 2), deleteSlot(0, { expect: 'ok' })]);
    expect(unexpected).toEqual([]);
    expect([0, 1].map((index) => objects.binding(1, index).slot)).toEqual([0, 0]);
    expect([0, 1].every((index) => objects.cache(1, index).pfn !== 0)).toBe(true);
    expect(objects.file(1)).toMatchObject({ state: 1, f_count: 1 });
    expect(heldLocks(world)).toEqual([]);
  });

  test('after a creation that fails behind the bind leaves nothing bound', () => {
    const played = main([{ op: 'await', event: 'armed' }, createGmem('A', 2), region({}), region({ slot: 1 })], {
      hardware: [{ name: 'hw', program: [failArchPrepare(0), { op: 'notify', event: 'armed' }] }],
    });
    const { results, objects } = played;
    expect(results).toEqual(['main: ok', 'main: ENOMEM', 'main: ok']);
    expect(objects.file(1).f_count).toBe(1);
    expect(new Set(bound(played, 2)).size).toBe(1);
  });

  test('the file page is bound anew when its memslot was deleted', () => {
    expect(main([createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), deleteSlot(0), slot(1, 4, 1, { fd: 'A', expect: 'ok' })]).unexpected).toEqual([]);
  });

  test('of a dying file returns early: the freed memslot stays in its bindings (G4-B2)', () => {
    // The file dies by the close; its release waits for slots_lock, which the deletion holds.
    let seen = false;
    play({
      name: 'SC26', vms: [{}], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
      threads: [{ name: 'closer', program: [close('A')] }, { name: 'deleter', program: [deleteSlot(0)] }],
    }, {
      priority: ['closer', 'closer.gmem', 'deleter', 'deleter.vm'],
      after: ({ objects }) => {
        seen ||= objects.binding(1, 0).slot === 1 && objects.memslot(1).state === 2;
      },
    });
    expect(seen).toBe(true);
  });
});

test('an access to the gfn of a half bound memslot fails with EIO', () => {
  const { exits } = play({
    name: 'half', vms: [{ vcpus: [{ program: [read(1)], thread: [{ op: 'await', event: 'go' }, { op: 'run' }] }] }],
    threads: [{ name: 'main', program: [{ op: 'await', event: 'armed' }, createGmem('A', 2), region({}), setAttributes(0, 2, 'private'), { op: 'notify', event: 'go' }] }],
    hardware: [{ name: 'hw', program: [failAllocation(2), { op: 'notify', event: 'armed' }] }],
  });
  expect(exits).toEqual(['cpu0: MEMORY_FAULT EIO flags 8']);
});

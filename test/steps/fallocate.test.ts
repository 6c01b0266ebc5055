// fallocate(2) on a guest_memfd: checks in their order; what is done when it cannot be finished.

import { describe, expect, it, test } from 'vitest';
import { allocate, await_, call, close, createGmem, failAllocation, notify, punch, signal } from '../../src/scenario/builder.ts';
import { EINTR } from '../../src/steps/errno.ts';
import { Drive } from '../support/drive.ts';
import { heldLocks, play } from '../support/play.ts';
import type { VmmOp } from '../../src/scenario/builder.ts';

const fallocate = (members: Record<string, unknown>, expected: string): VmmOp => call('fallocate', { fd: 'A', mode: 1, offset: '0x0', length: '0x1000', ...members, expect: expected });
const [KEEP_SIZE, PUNCH_HOLE, COLLAPSE] = [1, 2, 8];

describe('refuses', () => {
  test.each([
    ['an offset below 0', { offset: '0xfffffffffffff000' }, 'EINVAL'],
    ['a length below 0', { length: '0xfffffffffffff000' }, 'EINVAL'],
    ['length 0, even with an unknown mode', { length: '0x0', mode: COLLAPSE }, 'EINVAL'],
    ['a mode without KEEP_SIZE', { mode: 0 }, 'EOPNOTSUPP'],
    ['a hole without KEEP_SIZE', { mode: PUNCH_HOLE }, 'EOPNOTSUPP'],
    ['another mode', { mode: KEEP_SIZE | COLLAPSE }, 'EOPNOTSUPP'],
    ['another mode, before the alignment', { mode: KEEP_SIZE | COLLAPSE, offset: '0x1' }, 'EOPNOTSUPP'],
    ['an end over the largest offset', { offset: '0x7ffffffffffff000', length: '0x1000' }, 'EFBIG'],
    ['such an end, before the alignment', { offset: '0x7fffffffffffffff', length: '0x2' }, 'EFBIG'],
    ['an offset that is not aligned', { offset: '0x800' }, 'EINVAL'],
    ['a length that is not aligned', { length: '0x800' }, 'EINVAL'],
    ['a hole that is not aligned', { mode: KEEP_SIZE | PUNCH_HOLE, length: '0x800' }, 'EINVAL'],
    ['pages behind the end', { offset: '0x4000' }, 'EINVAL'],
    ['pages across the end', { offset: '0x3000', length: '0x2000' }, 'EINVAL'],
  ])('%s', (_what, members, errno) => {
    const { unexpected, objects, world } = play({ name: 'fallocate', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 4), fallocate(members, errno)] }] });
    expect(unexpected).toEqual([]);
    expect(objects.buddy().used.any()).toBe(false);
    expect(objects.file(1).f_count).toBe(1);
    expect(heldLocks(world)).toEqual([]);
  });

  test('a descriptor that is closed, before anything else', () => {
    const { unexpected } = play({ name: 'bad', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 1), close('A'), fallocate({ length: '0x0' }, 'EBADF')] }] });
    expect(unexpected).toEqual([]);
  });
});

it('punches across and beyond the end', () => {
  const { unexpected, objects } = play({
    name: 'beyond', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 2), allocate('A', 0, 2, 'ok'), punch('A', 1, 4, 'ok'), punch('A', 7, 1, 'ok')] }],
  });
  expect(unexpected).toEqual([]);
  expect([objects.cache(1, 0).pfn !== 0, objects.cache(1, 1).pfn !== 0]).toEqual([true, false]);
});

it('allocates once: a second call leaves the pages alone', () => {
  const { objects } = play({ name: 'twice', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 2), allocate('A', 0, 2, 'ok'), allocate('A', 0, 2, 'ok')] }] });
  const pages = [0, 1].map((index) => objects.cache(1, index).pfn);
  expect(pages.map((pfn) => [objects.folio_ref(pfn).refcount, objects.folio(pfn).uptodate, objects.page(pfn).tag])).toEqual([[1, 1, 0], [1, 1, 0]]);
});

it('keeps what it has done when memory runs out', () => {
  const { results, objects, world } = play({
    name: 'enomem', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 3), await_('armed'), allocate('A', 0, 3)] }],
    hardware: [{ name: 'hw', program: [failAllocation(2), notify('armed')] }],
  });
  expect(results).toEqual(['main: ok', 'main: ENOMEM']);
  expect([0, 1, 2].map((index) => objects.cache(1, index).pfn !== 0)).toEqual([true, true, false]);
  expect(heldLocks(world)).toEqual([]);
});

it('keeps what it has done when a signal comes (L-11)', () => {
  const drive = new Drive({
    vms: [{}], setup: [createGmem('A', 3)], threads: [{ name: 'main', program: [allocate('A', 0, 3)] }], hardware: [{ name: 'hw', program: [signal('main')] }],
  });
  drive.until(['main.gmem', 'main'], 'folio.put');
  drive.settle('hw');
  drive.until('main.gmem', 'op.reply');
  expect(drive.frame('main.gmem')['errno']).toBe(EINTR);
  expect([0, 1, 2].map((index) => drive.objects.cache(1, index).pfn !== 0)).toEqual([true, false, false]);
  expect(drive.settle()).toEqual([]);
  expect(drive.objects.signal(drive.frame('main').thread).number).toBe(0);
});

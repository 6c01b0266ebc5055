// KVM_CREATE_GUEST_MEMFD: its checks in their order, what it makes, what it pins.

import { describe, expect, test } from 'vitest';
import { call, close, createGmem, loop } from '../../src/scenario/builder.ts';
import { heldLocks, play } from '../support/play.ts';
import type { VmmOp } from '../../src/scenario/builder.ts';

const main = (...program: VmmOp[]) => play({ name: 'create', vms: [{}], threads: [{ name: 'main', program }] });
const create = (fd: string, size: string, expected: string, flags = 0): VmmOp => call('create_gmem', { fd, size, flags, expect: expected });

describe('create_gmem', () => {
  test.each([
    ['size 0', create('A', '0x0', 'EINVAL')],
    ['size not a multiple of pages', create('A', '0x1001', 'EINVAL')],
    ['size below 0 as a signed number', create('A', '0x8000000000000000', 'EINVAL')],
    ['a flag', create('A', '0x1000', 'EINVAL', 1)],
    ['a flag and a bad size', create('A', '0x1', 'EINVAL', 2)],
  ])('refuses %s and makes nothing', (_what, op) => {
    const { unexpected, objects, world } = main(op);
    expect(unexpected).toEqual([]);
    expect(objects.file(1).state).toBe(0);
    expect(objects.kvm(0).users_count).toBe(1);
    expect(heldLocks(world)).toEqual([]);
  });

  test('makes a file on an inode of its own and pins the VM', () => {
    const { unexpected, objects } = main(createGmem('A', 3, { expect: 'ok' }), createGmem('B', 1, { expect: 'ok' }));
    expect(unexpected).toEqual([]);
    expect(objects.kvm(0).users_count).toBe(3);
    expect(objects.fd(0).file).toBe(1);
    expect(objects.fd(1).file).toBe(2);
    expect(objects.file(1)).toMatchObject({ state: 1, f_count: 1, inode: 1, kvm: 1 });
    expect(objects.inode(1)).toMatchObject({ live: 1, i_count: 1, size_lo: 3 * 4096, size_hi: 0 });
    expect(objects.file(2).inode).toBe(2);
  });

  test('accepts the largest size that is not negative', () => {
    const { unexpected, objects } = main(create('A', '0x7ffffffffffff000', 'ok'));
    expect(unexpected).toEqual([]);
    expect(objects.inode(1).size_hi >>> 0).toBe(0x7fffffff);
  });

  test('finds no file object when the pool is used up: ENFILE, nothing changed', () => {
    const { results, objects } = main(loop(2, [createGmem('A', 1), call('dup', { fd: 'A', newFd: 'B' }), close('A')]));
    expect(results).toEqual(['ok', 'ok', 'ok', 'ENFILE', 'EBADF', 'EBADF'].map((errno) => `main: ${errno}`));
    expect(objects.kvm(0).users_count).toBe(2);
    expect(objects.fd(0).file).toBe(0);
    expect(objects.file(1)).toMatchObject({ state: 1, f_count: 1 });
  });

  test('a name that is open already is no free descriptor: EMFILE', () => {
    const { unexpected, objects } = main(createGmem('A', 1, { expect: 'ok' }), createGmem('A', 1, { expect: 'EMFILE' }));
    expect(unexpected).toEqual([]);
    expect(objects.kvm(0).users_count).toBe(2);
  });

  test('on a closed VM descriptor: EBADF', () => {
    expect(main(call('close_vm', { expect: 'ok' }), createGmem('A', 1, { expect: 'EBADF' })).unexpected).toEqual([]);
  });

  test('a released file object is used again', () => {
    const { unexpected, objects } = play({
      name: 'again', vms: [{}], files: 1,
      threads: [{ name: 'main', program: [createGmem('A', 2, { expect: 'ok' }), close('A', 'ok'), createGmem('A', 1, { expect: 'ok' })] }],
    });
    expect(unexpected).toEqual([]);
    expect(objects.file(1)).toMatchObject({ state: 1, f_count: 1 });
    expect(objects.inode(objects.file(1).inode).size_lo).toBe(4096);
  });
});

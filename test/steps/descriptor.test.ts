// close(2) and dup(2): references on the file; who drops the last one finds it released when close returns.

import { describe, expect, test } from 'vitest';
import { allocate, call, close, createGmem, setAttributes, slot } from '../../src/scenario/builder.ts';
import { heldLocks, play } from '../support/play.ts';
import type { VmmOp } from '../../src/scenario/builder.ts';

const main = (program: VmmOp[], seed = 1) => play({ name: 'close', vms: [{}], threads: [{ name: 'main', program }] }, { seed });
const dup = (fd: string, newFd: string, expected: string): VmmOp => call('dup', { fd, newFd, expect: expected });

describe('close', () => {
  test('of what is not open: EBADF', () => {
    expect(main([createGmem('A', 1), close('A', 'ok'), close('A', 'EBADF')]).unexpected).toEqual([]);
  });

  test('of one of two descriptors keeps the file', () => {
    const { unexpected, objects } = main([createGmem('A', 1), dup('A', 'B', 'ok'), close('A', 'ok'), allocate('B', 0, 1, 'ok')]);
    expect(unexpected).toEqual([]);
    expect(objects.file(1)).toMatchObject({ state: 1, f_count: 1 });
    expect(objects.cache(1, 0).pfn).not.toBe(0);
  });

  test.each([1, 2, 3])('of the last one releases file, bindings, inode and pages before it returns (schedule %i)', (seed) => {
    const { unexpected, objects, world, strayUnlocks } = play({
      name: 'release', vms: [{}],
      threads: [{ name: 'main', program: [createGmem('A', 3), slot(0, 0, 3, { fd: 'A' }), allocate('A', 0, 3, 'ok'), close('A', 'ok')] }],
    }, { seed, after: (it) => it.topology.actors[it.last.actor - 1]!.name === 'main' && it.ended(it.last.actor) });
    expect(unexpected).toEqual([]);
    expect(strayUnlocks).toEqual([]);
    expect(objects.file(1)).toMatchObject({ state: 3, f_count: 0, inode: 0, kvm: 0 });
    expect(objects.inode(1)).toMatchObject({ live: 0, i_count: 0 });
    expect(objects.slot_gmem(1).file).toBe(0);
    for (let index = 0; index < 3; index++) {
      expect(objects.binding(1, index).slot).toBe(0);
      expect(objects.cache(1, index).pfn).toBe(0);
    }
    expect(objects.buddy().used.any()).toBe(false);
    expect(objects.kvm(0).users_count).toBe(1);
    expect(objects.kvm_mmu(0)).toMatchObject({ mmu_invalidate_in_progress: 0, mmu_invalidate_seq: 2 });
    expect(heldLocks(world)).toEqual([]);
  });

  test('of a file that is bound nowhere starts no invalidation', () => {
    const { objects } = main([createGmem('A', 1), close('A', 'ok')]);
    expect(objects.kvm_mmu(0).mmu_invalidate_seq).toBe(1);
  });

  test('leaves the memslot and its gfns where they are', () => {
    const { unexpected, objects } = main([
      createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private'), close('A', 'ok'), createGmem('B', 2), slot(1, 0, 2, { fd: 'B', expect: 'EEXIST' }),
    ]);
    expect(unexpected).toEqual([]);
    expect(objects.memslot(1).state).toBe(1);
  });
});

describe('dup', () => {
  test('of what is not open: EBADF', () => expect(main([createGmem('A', 1), close('A'), dup('A', 'B', 'EBADF')]).unexpected).toEqual([]));

  test('to a name that is taken: EMFILE, and the reference is dropped again', () => {
    const { unexpected, objects } = main([createGmem('A', 1), createGmem('B', 1), dup('A', 'B', 'EMFILE')]);
    expect(unexpected).toEqual([]);
    expect(objects.file(1).f_count).toBe(1);
    expect(objects.file(2).f_count).toBe(1);
  });
});

// Two files on one inode: who punches walks both, who releases one leaves the memory to the other.

import { expect, test } from 'vitest';
import { severalFiles } from '../../../machines/kernels/changes/several-files.ts';
import { together } from '../../../machines/kernels/fix.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { call, close, createGmem, punch, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { heldLocks, leftovers, play } from '../../support/play.ts';

const kernel = deriveKernel(v6_8_fixed, together('two-files', 'several files on an inode', [severalFiles]));
const link = (vm: number, newFd: string, fd: string, expect?: string) => call('link_gmem', { vm, newFd, fd, ...(expect === undefined ? {} : { expect }) });

test('a hole that is punched through one file takes the page from the VM of the other', () => {
  const { objects, unexpected, world } = play({
    name: 'linked', vms: [{ vcpus: [{ program: [write(0, 7)] }] }, {}],
    setup: [createGmem('A', 2, { vm: 0 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), setAttributes(0, 1, 'private', { vm: 0 })],
    threads: [{ name: 'main', program: [link(1, 'B', 'A', 'ok'), slot(0, 1, 1, { vm: 1, fd: 'B', filePage: 1, expect: 'ok' }), punch('B', 0, 2, 'ok')] }],
  }, { kernel, priority: ['vcpu0', 'cpu0', 'main', 'main.vm', 'main.gmem'] });
  expect(unexpected).toEqual([]);
  expect([objects.cache(1, 0).pfn, objects.spte(0, 0, 0).pfn]).toEqual([0, 0]);
  // Both begin at 1; the conversion has moved the first, the hole moves both.
  expect([objects.kvm_mmu(0).mmu_invalidate_seq, objects.kvm_mmu(1).mmu_invalidate_seq]).toEqual([3, 2]);
  expect(heldLocks(world)).toEqual([]);
});

test('memory stays when one of its files is closed', () => {
  const { objects, unexpected } = play({
    name: 'linked', vms: [{}], setup: [createGmem('A', 2), { op: 'allocate', fd: 'A', page: 0, pages: 1 }],
    threads: [{ name: 'main', program: [link(0, 'B', 'A', 'ok'), close('A', 'ok'), link(0, 'C', 'A', 'EBADF')] }],
  }, { kernel });
  expect(unexpected).toEqual([]);
  expect([objects.inode(1).i_count, objects.cache(1, 0).pfn]).toEqual([1, 1]);
});

test('the inode goes with the last of its files', () => {
  const { world, unexpected } = play({
    name: 'linked', vms: [{}], setup: [createGmem('A', 2)],
    threads: [{ name: 'main', program: [link(0, 'B', 'A', 'ok'), close('A', 'ok'), punch('B', 0, 2, 'ok'), close('B', 'ok'), call('close_vm')] }],
  }, { kernel });
  expect(unexpected).toEqual([]);
  expect(leftovers(world)).toEqual([]);
});

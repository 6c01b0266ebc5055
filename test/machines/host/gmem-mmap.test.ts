// Mappings of a guest_memfd, on 6.8 with the one change that brings them. What is expected was recorded on real kernels.

import { describe, expect, it } from 'vitest';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { hostMmap } from '../../../machines/kernels/changes/host-mmap.ts';
import { together } from '../../../machines/kernels/fix.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Process } from '../../support/process.ts';

const kernel = deriveKernel(v6_8, { ...together('mmap', '6.8 with mappings', [hostMmap]), config: { gmemFlags: 3, gmemOfDefaultVm: true } });
const PAGE = 4096;
const SHARED = 3;

/** A file of so many pages, and regions `m0` and `m1` of twice as many. */
const make = (pages: number, flags = SHARED): Process => {
  const process = new Process(kernel, { regions: { m0: 2 * pages, m1: 2 * pages }, files: 2, guest: true });
  expect(process.call('create_gmem', { vm: 0, fd: 0, size: pages * PAGE, flags }).errno).toBe('ok');
  return process;
};
const mapped = (pages: number, length = pages, flags = SHARED): Process => {
  const process = make(pages, flags);
  expect(process.call('mmap', { region: 'm0', fd: 0, length: length * PAGE })).toEqual({ errno: 'ok', ret: process.address('m0') });
  return process;
};
const punch = (process: Process, page: number, pages = 1): unknown => process.call('fallocate', { fd: 0, mode: 3, offset: page * PAGE, length: pages * PAGE }).errno;
const resident = (process: Process, region = 'm0', pages = 8): string =>
  [...(process.call('mincore', { hva: region, size: pages * PAGE })['resident'] as bigint).toString(2).padStart(pages, '0')].toReversed().join('');

describe('mmap', () => {
  it.each([
    ['private', SHARED, { flags: 2 }, 'EINVAL'],
    ['a file without the flag MMAP', 0, {}, 'ENODEV'],
    ['a file without the flag MMAP, private', 0, { flags: 2 }, 'ENODEV'],
    ['to execute', SHARED, { prot: 5 }, 'EPERM'],
    ['to execute, private', SHARED, { prot: 5, flags: 2 }, 'EPERM'],
    ['to execute, behind the largest file', SHARED, { prot: 5, offset: 0x7ffffffffffff000n }, 'EOVERFLOW'],
    ['to execute, with a flag that is to be known', SHARED, { prot: 5, flags: 0x80003 }, 'EOPNOTSUPP'],
    ['no length, with a flag that is to be known', SHARED, { length: 0, flags: 0x80003 }, 'EINVAL'],
    ['huge pages', SHARED, { flags: 0x40001, offset: 0x7ffffffffffff000n }, 'EINVAL'],
    ['a closed descriptor', SHARED, { fd: 1 }, 'EBADF'],
    ['nothing to be allowed', SHARED, { prot: 0 }, 'ok'],
    ['behind the end of the file', SHARED, { offset: 64 * PAGE }, 'ok'],
    ['shared and validated', SHARED, { flags: 3 }, 'ok'],
    ['a file that is private at first', 1, {}, 'ok'],
  ])('%s', (_what, flags, given, errno) => {
    const process = make(8, flags);
    expect(process.call('mmap', { region: 'm0', fd: 0, length: 8 * PAGE, ...given }).errno).toBe(errno);
    expect(process.objects.file(1).f_count).toBe(errno === 'ok' ? 2 : 1);
  });

  it('populates what can be had when asked to', () => {
    const process = make(8);
    process.call('mmap', { region: 'm0', fd: 0, length: 16 * PAGE, flags: 0x8001 });
    expect(resident(process, 'm0', 16)).toBe('1111111100000000');
  });

  it('in a child is the child\'s', () => {
    const process = make(8);
    expect(process.call('child_mmap', { region: 'm0', fd: 0, length: 8 * PAGE }).errno).toBe('ok');
    expect([process.read('m0'), process.objects.file(1).f_count]).toEqual(['SIGSEGV SEGV_MAPERR m0+0', 1]);
  });
});

describe('a page fault', () => {
  it('brings the file\'s page, up to its end', () => {
    const process = mapped(8, 16);
    expect([process.read('m0'), process.write('m0', 7), process.read('m0'), process.read('m0', 1)]).toEqual([0, 'ok', 7, 0]);
    expect([process.read('m0+8'), process.write('m0+8', 1)]).toEqual(['SIGBUS BUS_ADRERR m0+8', 'SIGBUS BUS_ADRERR m0+8']);
  });

  it('on a file that is private at first is SIGBUS', () => {
    const process = mapped(8, 8, 1);
    process.call('fallocate', { fd: 0, mode: 1, offset: 0, length: 8 * PAGE });
    expect([process.read('m0'), process.write('m0', 1)]).toEqual(['SIGBUS BUS_ADRERR m0+0', 'SIGBUS BUS_ADRERR m0+0']);
  });

  it('asks the mapping first', () => {
    const process = make(8);
    process.call('mmap', { region: 'm0', fd: 0, length: 16 * PAGE, prot: 1 });
    expect([process.write('m0', 1), process.write('m0+8', 1), process.read('m0+8'), process.read('m0')]).toEqual(['SIGSEGV SEGV_ACCERR m0+0', 'SIGSEGV SEGV_ACCERR m0+8', 'SIGBUS BUS_ADRERR m0+8', 0]);
    expect(process.call('mprotect', { hva: 'm0', size: PAGE, prot: 3 }).errno).toBe('ok');
    expect([process.write('m0', 1), process.read('m0'), process.call('mprotect', { hva: 'm0', size: PAGE, prot: 5 }).errno]).toEqual(['ok', 1, 'EACCES']);
  });

  it('two mappings see one page, each by its offset', () => {
    const process = mapped(8);
    process.call('mmap', { region: 'm1', fd: 0, length: 4 * PAGE, offset: 4 * PAGE });
    process.write('m0+5', 7);
    expect([process.read('m1+1'), resident(process, 'm1', 4), resident(process)]).toEqual([7, '0100', '00000100']);
  });
});

describe('a hole', () => {
  it('takes the page from every mapping; the next access finds a fresh one', () => {
    const process = mapped(8);
    process.call('mmap', { region: 'm1', fd: 0, length: 8 * PAGE });
    for (const page of ['m0', 'm0+1', 'm1', 'm1+2']) process.write(page, 7);
    expect(punch(process, 0)).toBe('ok');
    expect([process.objects.hpte(process.hva('m0')).pfn, process.objects.hpte(process.hva('m1')).pfn]).toEqual([0, 0]);
    expect([process.read('m0'), process.read('m1'), process.read('m0+1'), process.read('m0+2')]).toEqual([0, 0, 7, 7]);
    expect(process.write('m1', 3)).toBe('ok');
    expect(process.read('m0')).toBe(3);
  });

  it('can be asked for through the mapping, whatever it allows', () => {
    const process = mapped(8);
    for (let page = 0; page < 8; page++) process.write(`m0+${page}`, 7);
    process.call('mmap', { region: 'm1', fd: 0, length: 2 * PAGE, offset: 2 * PAGE, prot: 0 });
    expect(process.call('madvise', { hva: 'm1+1', size: 1, advice: 9 }).errno).toBe('ok');
    expect([2, 3, 4].map((page) => process.read(`m0+${page}`))).toEqual([7, 0, 7]);
    process.call('munmap', { hva: 'm0+1', size: PAGE });
    expect(process.call('madvise', { hva: 'm0', size: 3 * PAGE, advice: 9 }).errno).toBe('ENOMEM');
    process.call('munmap', { hva: 'm1', size: 2 * PAGE });
    process.call('mmap', { region: 'm1', fd: 0, length: 8 * PAGE });
    expect([0, 1, 2, 4].map((page) => process.read(`m1+${page}`))).toEqual([0, 7, 0, 7]);
  });
});

describe('advice and other calls', () => {
  it('discarding keeps the file\'s content', () => {
    const process = mapped(8);
    process.write('m0', 7);
    expect([process.call('madvise', { hva: 'm0', size: 8 * PAGE, advice: 4 }).errno, process.read('m0')]).toEqual(['ok', 7]);
    expect(process.call('madvise', { hva: 'm0', size: PAGE, advice: 8 }).errno).toBe('EINVAL');
  });

  it('populating reaches to the end of the file', () => {
    const process = mapped(8, 16);
    expect([process.call('madvise', { hva: 'm0', size: 16 * PAGE, advice: 22 }).errno, resident(process, 'm0', 16)]).toEqual(['EFAULT', '1111111100000000']);
    expect(process.call('madvise', { hva: 'm0+8', size: PAGE, advice: 23 }).errno).toBe('EFAULT');
    expect([process.call('mlock', { hva: 'm0', size: 8 * PAGE }).errno, process.call('mlock', { hva: 'm0', size: 16 * PAGE }).errno]).toEqual(['ok', 'ENOMEM']);
    expect(process.call('msync', { hva: 'm0', size: 8 * PAGE }).errno).toBe('EINVAL');
  });

  it('the kernel sees the file\'s pages, and EFAULT behind them', () => {
    const process = mapped(1, 2);
    process.write('m0', 65);
    expect(process.call('copy_from', { hva: 'm0', size: 4 })).toEqual({ errno: 'ok', ret: 4n });
    expect(process.call('vmsplice', { hva: 'm0', size: 4 })).toEqual({ errno: 'ok', ret: 4n });
    for (const name of ['copy_from', 'copy_to', 'vmsplice', 'pvm_read']) expect(process.call(name, { hva: 'm0+1', size: 4 }).errno).toBe('EFAULT');
    const last = process.address('m0+1') - 8n;
    expect(process.call('copy_from', { hva: last, size: 16 }).errno).toBe('EFAULT');
    expect(process.call('pvm_read', { hva: last, size: 16, segment: 1 })).toEqual({ errno: 'ok', ret: 8n, first: 0n });
  });

  it('a child shares the pages', () => {
    const process = mapped(2, 3);
    expect([process.write('m0', 4, 0, true), process.read('m0'), process.write('m0+2', 4, 0, true), process.signal()]).toEqual(['ok', 4, 'SIGBUS BUS_ADRERR m0+2', 'SIGBUS BUS_ADRERR m0+2']);
    punch(process, 0);
    expect([process.read('m0', 0, true), process.read('m0')]).toEqual([0, 0]);
  });
});

describe('a reference', () => {
  it('a mapping keeps the file when the descriptor is closed, until it is unmapped', () => {
    const process = mapped(8);
    process.write('m0', 7);
    expect([process.call('close', { fd: 0 }).errno, process.read('m0')]).toEqual(['ok', 7]);
    expect([process.call('madvise', { hva: 'm0', size: PAGE, advice: 9 }).errno, process.read('m0')]).toEqual(['ok', 0]);
    expect(process.call('munmap', { hva: 'm0', size: 4 * PAGE }).errno).toBe('ok');
    expect(process.read('m0+4')).toBe(0);
    expect(process.call('munmap', { hva: 'm0+4', size: 4 * PAGE }).errno).toBe('ok');
    expect([process.objects.file(1).state, process.objects.inode(1).live, process.objects.buddy().used.any()]).toEqual([3, 0, false]);
  });
});

describe('a memory failure', () => {
  it('through the mapping: EBUSY and SIGBUS; the mappings that had the page keep the marker, others see the fresh page of a hole', () => {
    const process = mapped(4);
    process.call('mmap', { region: 'm1', fd: 0, length: 4 * PAGE });
    process.write('m0', 5);
    process.write('m0+1', 6);
    expect([process.call('madvise', { hva: 'm0', size: PAGE, advice: 100 }).errno, process.signal()]).toEqual(['EBUSY', 'SIGBUS BUS_MCEERR_AR m0+0']);
    expect([process.read('m0'), process.read('m1'), process.read('m0+1')]).toEqual(['SIGBUS BUS_MCEERR_AR m0+0', 'SIGBUS BUS_MCEERR_AR m1+0', 6]);
    expect(process.call('copy_from', { hva: 'm0', size: 4 }).errno).toBe('EFAULT');
    expect(punch(process, 0)).toBe('ok');
    expect([process.read('m0'), process.read('m1')]).toEqual(['SIGBUS BUS_MCEERR_AR m0+0', 0]);
    expect([process.call('madvise', { hva: 'm0', size: PAGE, advice: 4 }).errno, process.read('m0')]).toEqual(['ok', 0]);
  });

  it('found by the way: no signal unless the process wants to know at once, EHWPOISON the second time', () => {
    const process = mapped(4);
    process.write('m0', 5);
    process.write('m0+1', 5);
    expect([process.memoryError({ fd: 0, page: 0 }), process.signal(), process.memoryError({ fd: 0, page: 0 })]).toEqual(['EBUSY', undefined, 'EHWPOISON']);
    expect(process.read('m0')).toBe('SIGBUS BUS_MCEERR_AR m0+0');
    expect([process.memoryError({ fd: 0, page: 1 }, true), process.takeSignal()]).toEqual(['EBUSY', 'SIGBUS BUS_MCEERR_AO m0+1']);
    expect(process.read('m0+1')).toBe('SIGBUS BUS_MCEERR_AR m0+1');
    expect(process.call('unpoison', { fd: 0, offset: 0 }).errno).toBe('EBUSY');
  });

  it('a page that does not move cannot be taken out of use', () => {
    const process = mapped(4);
    process.write('m0', 5);
    expect([process.call('madvise', { hva: 'm0', size: PAGE, advice: 101 }).errno, process.read('m0')]).toEqual(['EBUSY', 5]);
  });
});

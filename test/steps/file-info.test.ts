// What any file answers, and what a guest_memfd refuses: as recorded on 6.18.44 and 7.3.4.

import { beforeEach, expect, test } from 'vitest';
import { vmAsFile } from '../../src/memory/handles.ts';
import { Bench } from '../support/bench.ts';

const KVM = 3, MEMFD = 4, PIPE = 6;
let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.call('create_vm', { vm: 1, type: 1 });
  bench.call('create_gmem', { vm: 1, fd: 0, size: 0x8000 });
  bench.call('dup', { fd: 0, newFd: 1 });
});

const octal = (answer: unknown, field: string): string => (answer as Record<string, bigint>)[field]!.toString(8);

test('fstat of a guest_memfd: a regular file of one link whose blocks are never counted', () => {
  const before = bench.call('file_fstat', { fd: 0 });
  expect(before).toEqual({ size: 0x8000n, blocks: 0n, blksize: 4096n, mode: 0o100600n, nlink: 1n, uid: 0n });
  expect(bench.call('fallocate', { fd: 0, mode: 1, offset: 0, length: 0x8000 })).toBe('ok');
  expect([bench.call('file_fstat', { fd: 0 }), bench.call('file_fstat', { fd: 1 })]).toEqual([before, before]);
});

test('fstat of other files', () => {
  bench.call('make_file', { fd: 7, kind: KVM });
  bench.call('make_file', { fd: 6, kind: MEMFD, size: 0x123456789 });
  const [kvm, vm, memfd] = [7, vmAsFile(1), 6].map((fd) => bench.call('file_fstat', { fd }));
  expect([octal(kvm, 'mode'), octal(vm, 'mode'), memfd]).toEqual(['20600', '600', { size: 0x123456789n, blocks: 0n, blksize: 4096n, mode: 0o100777n, nlink: 0n, uid: 0n }]);
  expect([kvm, vm]).toMatchObject([{ size: 0n, nlink: 1n }, { size: 0n, nlink: 1n }]);
});

test('of nothing: EBADF, whatever is asked', () => {
  bench.call('close', { fd: 0 });
  expect(['file_fstat', 'file_fstatfs', 'file_getfl', 'file_getfd', 'file_fadvise'].flatMap((call) => [bench.call(call, { fd: 0 }), bench.call(call, { fd: -1 }), bench.call(call, { fd: vmAsFile(2) })]))
    .toEqual(Array.from({ length: 15 }, () => 'EBADF'));
  expect([bench.call('same_inode', { a: 0, b: 1 }), bench.call('same_inode', { a: 1, b: 0 })]).toEqual(['EBADF', 'EBADF']);
});

test('fstatfs, the flags, and advice', () => {
  expect(bench.call('file_fstatfs', { fd: 0 })).toEqual({ magic: 0x9041934n, bsize: 4096n });
  expect([octal(bench.call('file_getfl', { fd: 0 }), 'ret'), bench.call('file_getfd', { fd: 1 })]).toEqual(['100002', { ret: 0n }]);
  const advise = (advice: number, length: number | bigint = 0, fd = 0): unknown => bench.call('file_fadvise', { fd, advice, length });
  bench.call('make_file', { fd: 6, kind: PIPE });
  expect([advise(4), advise(5), advise(6), advise(99), advise(4, -1n), advise(4, 0, 6)]).toEqual(['ok', 'ok', 'EINVAL', 'EINVAL', 'EINVAL', 'ESPIPE']);
});

test('two descriptors of one file have one inode, two files have two', () => {
  bench.call('create_gmem', { vm: 1, fd: 2, size: 0x8000 });
  bench.call('make_file', { fd: 6, kind: MEMFD });
  bench.call('dup', { fd: 6, newFd: 5 });
  bench.call('make_file', { fd: 4, kind: MEMFD });
  const same = (a: number, b: number): unknown => (bench.call('same_inode', { a, b }) as { ret: bigint }).ret;
  expect([same(0, 1), same(0, 2), same(6, 5), same(6, 4), same(0, 6), same(vmAsFile(1), vmAsFile(1))]).toEqual([1n, 0n, 1n, 0n, 0n, 1n]);
});

test('what a guest_memfd has no method for', () => {
  const refusals = {
    file_read: {}, file_write: {}, file_pread: {}, file_pwrite: {}, file_lseek: { whence: 4 }, file_truncate: {}, file_fsync: {}, file_chmod: { mode: 0o600 },
    file_chown: {}, file_add_seals: { seals: 1 }, file_sendfile: { length: 64 }, file_ioctl: { request: 21505 }, file_reopen: {},
  };
  expect(Object.entries(refusals).map(([call, more]) => `${call} ${String(bench.call(call, { fd: 0, ...more }))}`)).toEqual([
    'file_read EINVAL', 'file_write EINVAL', 'file_pread ESPIPE', 'file_pwrite ESPIPE', 'file_lseek ESPIPE', 'file_truncate EINVAL', 'file_fsync EINVAL', 'file_chmod EINVAL',
    'file_chown EINVAL', 'file_add_seals EINVAL', 'file_sendfile ESPIPE', 'file_ioctl ENOTTY', 'file_reopen ENXIO',
  ]);
  expect(Object.keys(refusals).map((call) => bench.call(call, { fd: 3 }))).toEqual(Object.keys(refusals).map(() => 'EBADF'));
});

test('an answer says its results by name, a request what is not as always', () => {
  const messages: unknown[] = [];
  const told = new Bench(undefined, ({ from, to, message, content }) => { if (to !== 'outside') messages.push([from, to, message, content]); });
  told.call('create_vm', { vm: 1, type: 1 });
  told.call('create_gmem', { vm: 1, fd: 0, size: 0x1000, badptr: 1 });
  told.call('create_gmem', { vm: 1, fd: 0, size: 0x1_0000_0000_0000 });
  told.call('file_fstat', { fd: 0 });
  expect(messages.slice(2)).toEqual([
    ['main', 'main.vm', 'create_gmem', { vm: 1, fd: 0, size: 0x1000, flags: 0, badptr: 1 }], ['main.vm', 'main', 'reply', { errno: 14, word1: 0 }],
    ['main', 'main.vm', 'create_gmem', { vm: 1, fd: 0, size: 0x1_0000_0000_0000, flags: 0 }], ['main.vm', 'main', 'reply', { errno: 0, word1: 0 }],
    ['main', 'main.gmem', 'file_fstat', { fd: 0 }],
    ['main.gmem', 'main', 'reply', { errno: 0, size: 0x1_0000_0000_0000, blocks: 0, blksize: 4096, mode: 0o100600, nlink: 1, uid: 0 }],
  ]);
});

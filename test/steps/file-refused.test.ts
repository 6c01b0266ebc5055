// File calls that guest_memfd has no method for: which errno, and which check comes first.

import { expect, test } from 'vitest';
import { call, close, createGmem } from '../../src/scenario/builder.ts';
import { play } from '../support/play.ts';

const refusals: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['file_read', {}, 'EINVAL'],
  ['file_read', { length: '0x0' }, 'EINVAL'],
  ['file_write', {}, 'EINVAL'],
  ['file_pread', { offset: '0x0' }, 'ESPIPE'],
  ['file_pread', { offset: '0xffffffffffffffff' }, 'EINVAL'],
  ['file_pwrite', {}, 'ESPIPE'],
  ['file_lseek', { offset: '0x1000' }, 'ESPIPE'],
  ['file_lseek', { whence: 5 }, 'EINVAL'],
  ['file_truncate', { length: '0x0' }, 'EINVAL'],
  ['file_mmap', {}, 'ENODEV'],
  ['file_mmap', { length: '0x0' }, 'EINVAL'],
  ['file_mmap', { offset: '0x800' }, 'EINVAL'],
  ['file_fsync', {}, 'EINVAL'],
  ['file_chmod', {}, 'EINVAL'],
  ['file_reopen', {}, 'ENXIO'],
  ['file_ioctl', {}, 'ENOTTY'],
];

test.each(refusals)('%s %o: %s', (name, members, errno) => {
  const { unexpected, objects } = play({
    name: 'refused', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 2), call(name, { fd: 'A', ...members, expect: errno })] }],
  });
  expect(unexpected).toEqual([]);
  expect(objects.file(1).f_count).toBe(1);
});

/** What is wrong without looking at the file comes before EBADF, what is wrong with the file behind it. */
const onBadDescriptor: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ...refusals.filter(([name, members]) => Object.keys(members).length === 0 && name !== 'file_ioctl').map(([name, members]) => [name, members, 'EBADF'] as const),
  ['file_pread', { offset: '0xffffffffffffffff' }, 'EINVAL'],
  ['file_truncate', { length: '0xffffffffffffffff' }, 'EINVAL'],
  ['file_mmap', { offset: '0x800' }, 'EINVAL'],
  ['file_mmap', { length: '0x0' }, 'EBADF'],
  ['file_lseek', { whence: 5 }, 'EBADF'],
];

test.each(onBadDescriptor)('%s %o on a closed descriptor: %s', (name, members, errno) => {
  const { unexpected } = play({
    name: 'closed', vms: [{}], threads: [{ name: 'main', program: [createGmem('A', 2), close('A'), call(name, { fd: 'A', ...members, expect: errno })] }],
  });
  expect(unexpected).toEqual([]);
});

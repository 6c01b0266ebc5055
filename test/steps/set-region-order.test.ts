// Which check of a request comes first, where two of its parts are wrong: as recorded on 6.18.44, and the same on 7.3.4 where both were asked.

import { beforeEach, describe, expect, test } from 'vitest';
import { deriveKernel } from '../../src/kernel/define.ts';
import { GUEST } from '../../src/memory/code.ts';
import { vmAsFile } from '../../src/memory/handles.ts';
import { EXIT_MMIO } from '../../src/memory/layouts/vcpu.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Bench } from '../support/bench.ts';

const kernel = deriveKernel(v6_8, { name: 'plain-build', config: { vmTypes: ['default'], attributes: false, gmemFlags: 3, gmemOfDefaultVm: true } });
const MEMFD = 4;
/** Descriptors: a file of the VM, a memfd, one that was closed. */
const FILE = 0, FOREIGN = 2, CLOSED = 3;
let bench: Bench;

/** Slot 5 is at page 4 with the file's last two pages. */
beforeEach(() => {
  bench = new Bench(kernel);
  bench.call('create_vm', { vm: 0 });
  bench.call('create_gmem', { vm: 0, fd: FILE, size: 0x8000 });
  bench.call('make_file', { fd: FOREIGN, kind: MEMFD, size: 0x8000 });
  bench.call('create_gmem', { vm: 0, fd: CLOSED, size: 0x8000 });
  bench.call('close', { fd: CLOSED });
  expect(bench.call('set_region', { vm: 0, slot: 5, flags: 4, gpa: 0x4000, size: 0x2000, fd: FILE, offset: 0x6000 })).toBe('ok');
});

const good = { vm: 0, slot: 1, flags: 4, gpa: 0, size: 0x2000, hva: 0, fd: FILE, offset: 0 };

/** What may be wrong with a request, and what it answers alone. */
const wrong = {
  'an unknown flag': { flags: 12 }, 'the dirty log of a file': { flags: 5 }, 'a read-only file': { flags: 6 }, 'an unaligned size': { size: 0x2001 }, 'an unaligned gpa': { gpa: 1 },
  'an unaligned hva': { hva: 1 }, 'an hva behind user space': { hva: 1n << 47n }, 'an address space that is not there': { slot: 0x10001 }, 'a slot id of KVM': { slot: 32764 },
  'a gpa that wraps': { gpa: (1n << 64n) - 0x1000n }, 'too many pages': { size: 1n << 43n }, 'an unaligned offset': { offset: 1 }, 'an offset that wraps': { offset: (1n << 64n) - 0x1000n },
  'a slot that is there': { slot: 5 }, 'a size of 0': { size: 0 },
} as const;

describe('KVM_SET_USER_MEMORY_REGION2', () => {
  test('padding is not looked at', () => {
    expect(bench.call('set_region', { ...good, pad: 1 })).toBe('ok');
  });

  test.each(Object.entries(wrong))('%s is EINVAL, whatever the file is; a bad pointer comes before', (_what, part) => {
    const request = { ...good, ...part };
    expect([FILE, -1, CLOSED, FOREIGN, vmAsFile(0)].map((fd) => bench.call('set_region', { ...request, fd }))).toEqual(Array.from({ length: 5 }, () => 'EINVAL'));
    expect(bench.call('set_region', { ...request, badptr: 1 })).toBe('EFAULT');
  });

  const files = { 'no file': [-1, 'EBADF'], 'a closed file': [CLOSED, 'EBADF'], 'a memfd': [FOREIGN, 'EINVAL'], 'the VM': [vmAsFile(0), 'EINVAL'] } as const;
  test.each(Object.entries(files))('%s: behind the overlap of gpas, before everything else about the file', (_what, [fd, errno]) => {
    expect([
      bench.call('set_region', { ...good, fd }), bench.call('set_region', { ...good, fd, gpa: 0x5000 }), bench.call('set_region', { ...good, fd, offset: 0x8000 }),
      bench.call('set_region', { ...good, fd, offset: 0x7000 }), bench.call('set_region', { ...good, fd, badptr: 1 }),
    ]).toEqual([errno, 'EEXIST', errno, errno, 'EFAULT']);
  });

  test('the range of the file: its end, what is bound already; behind the overlap of gpas', () => {
    const at = (offset: number, gpa = 0): unknown => bench.call('set_region', { ...good, offset, gpa });
    expect([at(0x8000), at(0x7000), at(0x5000), at(0x5000, 0x5000), at(0x8000, 0x5000), at(0x4000)]).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EEXIST', 'EEXIST', 'ok']);
  });

  test('what a refused request had bound is free again', () => {
    bench.call('set_region', { ...good, size: 0x1000 });
    expect([bench.call('set_region', { ...good, slot: 2, gpa: 0x1000, offset: 0x6000 }), bench.call('set_region', { ...good, slot: 2, gpa: 0x1000, offset: 0x4000 })]).toEqual(['EINVAL', 'ok']);
  });
});

describe('KVM_SET_USER_MEMORY_REGION', () => {
  const old = (part: Readonly<Record<string, number | bigint>>): unknown => bench.call('set_region_old', { vm: 0, slot: 1, size: 0x2000, hva: bench.memory, ...part });

  test.each([[0, 'ok'], [1, 'ok'], [2, 'ok'], [3, 'ok'], [4, 'EINVAL'], [8, 'EINVAL'], [1 << 16, 'EINVAL'], [1 << 31, 'EINVAL']] as const)('flags %i: %s', (flags, answer) => {
    expect(old({ flags })).toBe(answer);
  });

  test.each(Object.entries(wrong).filter(([what]) => !/offset|of a file|read-only|is there/.test(what)))('%s is EINVAL, a bad pointer EFAULT before it', (_what, part) => {
    const { flags = 0, ...rest } = part as { flags?: number };
    expect([old({ ...rest, flags: flags & ~4 }), old({ ...rest, badptr: 1 })]).toEqual(['EINVAL', 'EFAULT']);
  });

  test('overlapping gpas are EEXIST; size 0 deletes a slot with a file too', () => {
    expect([old({ gpa: 0x5000 }), old({ slot: 5, size: 0, hva: 0 }), old({ gpa: 0x5000 }), old({ slot: 5, size: 0, hva: 0 })]).toEqual(['EEXIST', 'ok', 'ok', 'EINVAL']);
  });
});

test('KVM_GET_DIRTY_LOG: ids, then whether the slot has a log', () => {
  bench.call('set_region_old', { vm: 0, slot: 1, flags: 1, gpa: 0, size: 0x2000, hva: bench.memory });
  expect([1, 5, 2, 40000, 0x10001].map((slot) => bench.call('get_dirty_log', { vm: 0, slot }))).toEqual([{ bitmap0: 0n }, 'ENOENT', 'ENOENT', 'EINVAL', 'EINVAL']);
});

describe('KVM_CREATE_GUEST_MEMFD', () => {
  const create = (part: Readonly<Record<string, number | bigint>>): unknown => bench.call('create_gmem', { vm: 0, fd: 6, size: 0x1000, ...part });

  test('a bad pointer comes before unknown flags and a bad size; reserved words are not looked at', () => {
    expect([create({ badptr: 1, flags: 1n << 40n }), create({ badptr: 1, size: 1 }), create({ reserved: 1 })]).toEqual(['EFAULT', 'EFAULT', 'ok']);
  });

  test.each([4, 5, 8, 1n << 31n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n])('flags %i: EINVAL', (flags) => {
    expect(create({ flags })).toBe('EINVAL');
  });

  test('the flags that are known, and sizes', () => {
    expect([1, 2, 3].map((flags) => [create({ flags }), bench.call('close', { fd: 6 })])).toEqual([['ok', 'ok'], ['ok', 'ok'], ['ok', 'ok']]);
    expect([0, 1, 4095, 4097, 1n << 63n, (1n << 64n) - 1n, (1n << 64n) - 0x1000n].map((size) => create({ size, flags: 3 }))).toEqual(Array.from({ length: 7 }, () => 'EINVAL'));
    expect(create({ size: (1n << 63n) - 0x1000n })).toBe('ok');
  });

  test('memory of a software-protected VM cannot begin as shared', () => {
    const full = new Bench(deriveKernel(v6_8, { name: 'full-build', config: { gmemFlags: 3 } }));
    full.call('create_vm', { vm: 1, type: 1 });
    expect([0, 1, 2, 3].map((flags) => full.call('create_gmem', { vm: 1, fd: flags, size: 0x1000, flags }))).toEqual(['ok', 'ok', 'EINVAL', 'EINVAL']);
  });
});

test('fallocate: modes that a guest_memfd has not, sums past the largest offset', () => {
  const ask = (mode: number, offset: bigint | number = 0, length: bigint | number = 4096): unknown => bench.call('fallocate', { fd: FILE, mode, offset, length });
  const most = (1n << 63n) - 1n;
  expect([0, 2, 5, 8, 9, 16, 17, 19, 32, 64, 67, 129, 256, 257, -1].map((mode) => ask(mode))).toEqual(Array.from({ length: 15 }, () => 'EOPNOTSUPP'));
  expect([ask(1, 4096, most - 4095n), ask(3, 4096, most - 4095n), ask(17, 4096, most), ask(0, 4096, most)]).toEqual(['EFBIG', 'EFBIG', 'EFBIG', 'EFBIG']);
  expect([ask(256, 4096, most), ask(257, 4096, most), ask(2, most - 4095n, 4096)]).toEqual(['EOPNOTSUPP', 'EOPNOTSUPP', 'EOPNOTSUPP']);
  expect([ask(256, -1n), ask(256, 0, 0), ask(3, 0, 1n << 40n), ask(3, 0, most - 4095n), ask(3, 1), ask(1, 0x8000)]).toEqual(['EINVAL', 'EINVAL', 'ok', 'ok', 'EINVAL', 'EINVAL']);
});

describe('the address space of system management mode', () => {
  const slot = (vm: number, asId: number, part: object = {}): unknown => bench.call('set_region', { vm, slot: asId * 0x10000 + 1, flags: 4, size: 0x2000, fd: vm, ...part });

  beforeEach(() => {
    bench = new Bench(deriveKernel(v6_8, { name: 'with-smm', config: { gmemFlags: 3, gmemOfDefaultVm: true, smm: true } }));
    for (const vm of [0, 1]) {
      bench.call('create_vm', { vm, type: vm });
      bench.call('create_gmem', { vm, fd: vm, size: 0x4000 });
    }
  });

  test('has slots of its own, at the same gpas, of the same files', () => {
    expect([slot(0, 1), slot(0, 0), slot(0, 0, { offset: 0x2000 }), slot(0, 0, { slot: 2 })]).toEqual(['ok', 'EINVAL', 'ok', 'EEXIST']);
    expect([bench.call('get_dirty_log', { vm: 0, slot: 0x10001 }), bench.call('get_dirty_log', { vm: 0, slot: 0x20001 })]).toEqual(['ENOENT', 'EINVAL']);
    expect([slot(0, 1, { flags: 0, size: 0 }), slot(0, 1, { flags: 0, size: 0 }), slot(0, 1)]).toEqual(['ok', 'EINVAL', 'ok']);
  });

  test('is not there for a VM with private memory, and there is no third', () => {
    expect([slot(1, 1), slot(1, 0), slot(0, 2)]).toEqual(['EINVAL', 'ok', 'EINVAL']);
    expect([0, 1].map((vm) => bench.call('check_cap', { vm, cap: 118 }))).toEqual([{ ret: 2n }, { ret: 1n }]);
  });

  test('is not where guests look', () => {
    const read = [[GUEST.READ, 0, 1, 0, 0, 0, 1], [GUEST.HALT]];
    bench.call('create_vcpu', { vm: 1, vcpu: 0 });
    // As if the VM had the second space: its slot is in the upper half of the table.
    expect(slot(1, 0)).toBe('ok');
    expect(bench.run(0, read).reason).not.toBe(EXIT_MMIO);
    const set = bench.objects.memslot_set(1, bench.objects.memslots(1).active).slot;
    set.put(4 + 1, set.at(1));
    set.put(1, 0);
    bench.objects.spte(1, bench.objects.vcpu_root(0).root - 1, 0).pfn = 0;
    bench.objects.tlb(0, 0).pfn = 0;
    expect(bench.run(0, read).reason).toBe(EXIT_MMIO);
  });
});

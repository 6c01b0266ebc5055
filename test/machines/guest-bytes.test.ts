// Guests that access bytes: what they read and write, over a page border too, what leaves to userspace, and what the next KVM_RUN completes.

import { beforeEach, describe, expect, test } from 'vitest';
import { ACCESS_FILL, GUEST } from '../../src/memory/code.ts';
import { EXIT_HLT, EXIT_HYPERCALL, EXIT_INTR, EXIT_MEMORY_FAULT, EXIT_MMIO, EXIT_SHUTDOWN } from '../../src/memory/layouts/vcpu.ts';
import { Bench, SEGMENTS, TAIL } from '../support/bench.ts';

const PAGE = 4096n;
let bench: Bench;

/** A software-protected VM with two vCPUs; pages 0 to 3 have a memslot with a file, and memory behind them. */
beforeEach(() => {
  bench = new Bench();
  bench.call('create_vm', { vm: 1, type: 1 });
  bench.call('enable_cap', { vm: 1, arg: 4096 });
  for (const vcpu of [0, 1]) bench.call('create_vcpu', { vm: 1, vcpu, id: vcpu });
  bench.call('create_gmem', { vm: 1, fd: 0, size: 0x8000 });
  expect(bench.call('set_region', { vm: 1, slot: 0, flags: 4, gpa: 0, size: 4n * PAGE, hva: bench.memory, fd: 0 })).toBe('ok');
  expect(setPrivate(0, 8)).toBe('ok');
});

const setPrivate = (page: number, pages: number, attributes = 8): unknown => bench.call('set_attributes', { vm: 1, gpa: BigInt(page) * PAGE, size: BigInt(pages) * PAGE, attributes });

const HALT = [GUEST.HALT];
/** An access of the last eight bytes of a page, of a byte of them, or of eight bytes over the border behind it. */
const eight = (op: number, page: number, low = 0, high = 0): number[] => [op, page, 1, 1, low & 0xff, TAIL, TAIL + 8, 0, 0, 0, low, high, 0, 4088, 8];
const byte = (op: number, page: number, n: number, value = 0): number[] => [op, page, 1, 1, value, TAIL + n, TAIL + n + 1, 0, 0, 0, value, 0, 0, 4088 + n, 1];
/** Four of its bytes lie in the page: the first four segments of the next one are of a byte each. */
const across = (op: number, page: number, low = 0, high = 0): number[] => [op, page, 1, 1, low & 0xff, TAIL + 4, TAIL + 8, page + 2, 0, 4, low, high, 0, 4092, 8];
const fill = (op: number, page: number, value: number): number[] => [op, page, 1, 1, value, 0, SEGMENTS, 0, 0, 0, value, 0, ACCESS_FILL, 0, 4096];

const done = { errno: 'ok', reason: EXIT_HLT };

describe('bytes', () => {
  test('a number lies little-endian; a byte of it can be read and written alone', () => {
    expect(bench.run(0, [eight(GUEST.WRITE, 0, 0x44332211, 0x88776655 | 0), HALT])).toMatchObject(done);
    expect(bench.run(1, [eight(GUEST.READ, 0), HALT])).toEqual({ ...done, rax: 0x8877665544332211n });
    expect(bench.run(1, [byte(GUEST.READ, 0, 2), HALT]).rax).toBe(0x33n);
    bench.run(1, [byte(GUEST.WRITE, 0, 2, 0xff), HALT]);
    expect(bench.run(0, [eight(GUEST.READ, 0), HALT]).rax).toBe(0x8877665544ff2211n);
  });

  test('a page is zero at first, and after a hole', () => {
    expect(bench.run(0, [fill(GUEST.WRITE, 1, 7), HALT])).toMatchObject(done);
    expect([bench.run(0, [fill(GUEST.READ, 1, 7), HALT]).rax, bench.run(0, [byte(GUEST.READ, 1, 5), HALT]).rax, bench.run(0, [byte(GUEST.READ, 2, 5), HALT]).rax]).toEqual([7n, 7n, 0n]);
    expect(bench.call('fallocate', { fd: 0, mode: 3, offset: PAGE, length: PAGE })).toBe('ok');
    expect(bench.run(0, [eight(GUEST.READ, 1), HALT]).rax).toBe(0n);
  });

  test('reading a range whose bytes differ tells the first that is another', () => {
    bench.run(0, [fill(GUEST.WRITE, 1, 7), byte(GUEST.WRITE, 1, 3, 9), HALT]);
    expect(bench.run(0, [fill(GUEST.READ, 1, 7), HALT]).rax).toBe(9n);
  });

  test('private and shared pages have bytes of their own', () => {
    bench.run(0, [eight(GUEST.WRITE, 0, 1), HALT]);
    setPrivate(0, 1, 0);
    expect(bench.run(0, [eight(GUEST.READ, 0), eight(GUEST.WRITE, 0, 2), HALT]).rax).toBe(0n);
    setPrivate(0, 1);
    expect(bench.run(0, [eight(GUEST.READ, 0), HALT]).rax).toBe(1n);
    setPrivate(0, 1, 0);
    expect(bench.run(0, [eight(GUEST.READ, 0), HALT]).rax).toBe(2n);
  });
});

describe('over a page border', () => {
  test('the bytes are divided among the two pages', () => {
    expect(bench.run(0, [across(GUEST.WRITE, 0, 0x44332211, 0x08070605), HALT])).toMatchObject(done);
    expect(bench.run(0, [across(GUEST.READ, 0), HALT]).rax).toBe(0x0807060544332211n);
    expect(bench.run(0, [eight(GUEST.READ, 0), HALT]).rax).toBe(0x4433221100000000n);
  });

  test('one of them private, the other shared', () => {
    setPrivate(1, 1, 0);
    expect(bench.run(0, [across(GUEST.WRITE, 0, 0x44332211, 0x08070605), across(GUEST.READ, 0), HALT])).toEqual({ ...done, rax: 0x0807060544332211n });
  });

  test('the exit names the page that cannot be done, and nothing was written', () => {
    const refused = { errno: 'EFAULT', reason: EXIT_MEMORY_FAULT };
    expect(bench.run(0, [across(GUEST.WRITE, 3, -1, -1), HALT])).toMatchObject(refused);
    expect(bench.objects.kvm_run(0)).toMatchObject({ gfn: 4 + 1, npages: 1, flags: 8 });
    expect(bench.run(1, [eight(GUEST.READ, 3), HALT]).rax).toBe(0n);
    bench.call('set_region', { vm: 1, slot: 1, flags: 4, gpa: 4n * PAGE, size: PAGE, fd: 0, offset: 4n * PAGE });
    expect(bench.run(0)).toMatchObject(done);
    expect(bench.run(1, [across(GUEST.READ, 3), HALT]).rax).toBe(0xffffffffffffffffn);
  });
});

describe('exits', () => {
  test('HALT leaves, and the next KVM_RUN goes on behind it; what was read can be written back', () => {
    const program = [eight(GUEST.READ, 0), HALT, eight(GUEST.WRITE_BACK, 1), HALT];
    bench.run(1, [eight(GUEST.WRITE, 0, 0x55667788, 0x11223344), HALT]);
    expect([bench.run(0, program), bench.run(1, [eight(GUEST.READ, 1), HALT]).rax]).toEqual([{ ...done, rax: 0x1122334455667788n }, 0n]);
    expect([bench.run(0), bench.run(1, [eight(GUEST.READ, 1), HALT]).rax]).toMatchObject([done, 0x1122334455667788n]);
  });

  test('a jump to a halt instruction halts, to another byte resets the guest', () => {
    const program = [byte(GUEST.EXEC, 0, 3), HALT];
    expect([bench.run(0, program).reason, bench.run(1, [byte(GUEST.WRITE, 0, 3, 0xf4), HALT]), bench.run(0, program)]).toMatchObject([EXIT_SHUTDOWN, done, done]);
    setPrivate(5, 1);
    expect(bench.run(0, [byte(GUEST.EXEC, 5, 3)])).toMatchObject({ errno: 'EFAULT', reason: EXIT_MEMORY_FAULT });
  });

  test('a memory fault that nobody mends comes again, and the access is done once it is', () => {
    expect([bench.run(0, [byte(GUEST.WRITE, 5, 0, 3), byte(GUEST.READ, 5, 0), HALT]).reason, bench.run(0).reason]).toEqual([EXIT_MEMORY_FAULT, EXIT_MEMORY_FAULT]);
    bench.call('set_region', { vm: 1, slot: 1, flags: 4, gpa: 5n * PAGE, size: PAGE, fd: 0, offset: 5n * PAGE });
    expect(bench.run(0)).toEqual({ ...done, rax: 3n });
  });

  test('MMIO tells the bytes, and the next KVM_RUN goes on behind the access', () => {
    setPrivate(6, 2, 0);
    const program = [eight(GUEST.WRITE, 6, 1), byte(GUEST.READ, 7, 1), eight(GUEST.WRITE, 0, 5), HALT];
    expect(bench.run(0, program)).toMatchObject({ errno: 'ok', reason: EXIT_MMIO });
    expect([bench.objects.kvm_run(0).gfn, bench.objects.kvm_run_data(0)]).toMatchObject([6 + 1, { offset: 4088, len: 8, is_write: 1 }]);
    expect(bench.run(0).reason).toBe(EXIT_MMIO);
    expect([bench.objects.kvm_run(0).gfn, bench.objects.kvm_run_data(0)]).toMatchObject([7 + 1, { offset: 4089, len: 1, is_write: 0 }]);
    expect([bench.run(0), bench.run(0, [eight(GUEST.READ, 0), HALT]).rax]).toMatchObject([done, 5n]);
    // Who sets the registers gives the access up.
    bench.run(0, program);
    expect(bench.run(0, program).reason).toBe(EXIT_MMIO);
    expect(bench.objects.kvm_run(0).gfn).toBe(6 + 1);
  });

  test('a signal ends KVM_RUN', () => {
    const spin = [eight(GUEST.WRITE, 0, 1), [GUEST.JUMP, 0]];
    expect(bench.run(0, spin, { signalled: 500 })).toMatchObject({ errno: 'EINTR', reason: EXIT_INTR });
    expect(bench.objects.signal(0).number).toBe(0);
    expect([bench.run(0, undefined, { signalled: 50 }), bench.run(0, [eight(GUEST.READ, 0), HALT]).rax]).toMatchObject([{ errno: 'EINTR', reason: EXIT_INTR }, 1n]);
  });

  test('a vCPU runs on when its VM is closed, and not when it is closed itself', () => {
    bench.call('close_vm', { vm: 1 });
    expect(bench.run(0, [eight(GUEST.WRITE, 0, 1), eight(GUEST.READ, 0), HALT])).toEqual({ ...done, rax: 1n });
    bench.call('close_vcpu', { vcpu: 0 });
    expect([bench.run(0).errno, bench.run(1, [eight(GUEST.READ, 0), HALT]).rax]).toEqual(['EBADF', 1n]);
  });
});

describe('hypercalls', () => {
  const hypercall = (nr: number, gpa: number, pages: number, attributes: number, high = 0): number[] => [GUEST.HYPERCALL, nr, gpa, high, pages, high === 0 ? 0 : 0x100000, attributes, 0];
  const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

  test('number 12 leaves with its registers, and the guest gets what userspace answers', () => {
    expect(bench.run(0, [hypercall(12, 0x1000, 2, 16), HALT])).toMatchObject({ errno: 'ok', reason: EXIT_HYPERCALL });
    expect(bench.objects.kvm_run(0)).toMatchObject({ gfn: 1 + 1, npages: 2, attributes: 1 });
    expect(bench.objects.kvm_run_data(0)).toMatchObject({ nr: 12, arg0_lo: 0x1000, arg0_hi: 0, arg1_lo: 2, arg2_lo: 16, hypercall_flags: 1 });
    const exit = bench.run(0, undefined, { answer: BigInt.asUintN(64, -22n) });
    expect([exit, signed(exit.rax)]).toMatchObject([done, -22n]);
  });

  test.each([
    ['an unaligned address', hypercall(12, 0x1001, 1, 16), -22n], ['no pages', hypercall(12, 0x1000, 0, 16), -22n],
    ['an unknown number', hypercall(1000, 0x1000, 1, 0), -1000n], ['a number that KVM carries out', hypercall(1, 0, 0, 0), 0n],
  ])('KVM answers %s itself', (_what, instruction, result) => {
    const exit = bench.run(0, [instruction, HALT]);
    expect([exit, signed(exit.rax)]).toMatchObject([done, result]);
  });

  test('a range at the very top is counted in pages, so 2^52 pages there are not too many', () => {
    expect(bench.run(0, [hypercall(12, 0xfffff000 | 0, 0, 16, -1), HALT])).toMatchObject({ errno: 'ok', reason: EXIT_HYPERCALL });
  });

  test('without the exit there is no number 12', () => {
    bench.call('enable_cap', { vm: 1, arg: 0 });
    const exit = bench.run(0, [hypercall(12, 0x1000, 1, 16), HALT]);
    expect([exit, signed(exit.rax)]).toMatchObject([done, -1000n]);
  });
});

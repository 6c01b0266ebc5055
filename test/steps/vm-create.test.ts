// VMs and vCPUs that calls make, and what they are asked for. What recorded kernels answered is the oracle.

import { describe, expect, test } from 'vitest';
import { deriveKernel } from '../../src/kernel/define.ts';
import { fdAsVm, KVM_AS_VM, NO_FILE, vcpuAsFile, vmAsFile } from '../../src/memory/handles.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Bench } from '../support/bench.ts';

const KVM = 3, EVENTFD = 5;
/** Like the build of the recorded 6.18.44. */
const plainBuild = deriveKernel(v6_8, { name: 'plain-build', config: { vmTypes: ['default'], attributes: false, gmemFlags: 3, gmemOfDefaultVm: true } });
/** Like that of the recorded 7.3.4. */
const fullBuild = deriveKernel(v6_8, { name: 'full-build', config: { gmemFlags: 3, gmemOfDefaultVm: true, prefault: true } });

describe('create_vm', () => {
  test('makes a VM of a type that the build knows; what was never made answers EBADF', () => {
    const bench = new Bench();
    expect([bench.call('create_gmem', { vm: 1, fd: 0, size: 4096 }), bench.call('close_vm', { vm: 1 })]).toEqual(['EBADF', 'EBADF']);
    expect([bench.call('create_vm', { vm: 1, type: 1 }), bench.call('create_gmem', { vm: 1, fd: 0, size: 4096 })]).toEqual(['ok', 'ok']);
    expect(bench.objects.kvm(1)).toMatchObject({ state: 1, fd_open: 1, users_count: 2 });
  });

  test.each([2, 3, 4, 5, 6, 7, -1])('refuses type %i: EINVAL', (type) => {
    const bench = new Bench();
    expect(bench.call('create_vm', { vm: 0, type })).toBe('EINVAL');
    expect(bench.objects.kvm(0).state).toBe(0);
  });

  test('a build without software-protected VMs refuses their type', () => {
    const bench = new Bench(deriveKernel(v6_8, { name: 'other', config: { vmTypes: ['default'] } }));
    expect([bench.call('create_vm', { vm: 0 }), bench.call('create_vm', { vm: 1, type: 1 })]).toEqual(['ok', 'EINVAL']);
  });

  test('needs an open /dev/kvm', () => {
    const bench = new Bench();
    expect([bench.call('make_file', { fd: 7, kind: KVM }), bench.call('create_vm', { vm: 0, kvm: 7 }), bench.call('close', { fd: 7 })]).toEqual(['ok', 'ok', 'ok']);
    expect([bench.call('create_vm', { vm: 1, type: 1, kvm: 7 }), bench.call('create_gmem', { vm: 0, fd: 0, size: 4096 })]).toEqual(['EBADF', 'ok']);
    bench.call('make_file', { fd: 6, kind: EVENTFD });
    expect(bench.call('create_vm', { vm: 1, type: 1, kvm: 6 })).toBe('ENOTTY');
  });
});

describe('create_vcpu', () => {
  test('an id is taken until the VM goes, even when its vCPU is closed', () => {
    const bench = new Bench();
    bench.call('create_vm', { vm: 1, type: 1 });
    expect([bench.call('create_vcpu', { vm: 1, vcpu: 0, id: 4096 }), bench.call('create_vcpu', { vm: 1, vcpu: 0, id: 0 })]).toEqual(['EINVAL', 'ok']);
    expect([bench.call('create_vcpu', { vm: 1, vcpu: 1, id: 0 }), bench.call('close_vcpu', { vcpu: 0 }), bench.call('create_vcpu', { vm: 1, vcpu: 1, id: 0 })]).toEqual(['EEXIST', 'ok', 'EEXIST']);
    expect(bench.call('create_vcpu', { vm: 1, vcpu: 1, id: 1 })).toBe('ok');
    expect(bench.objects.kvm(1).users_count).toBe(2);
  });

  test('needs an open VM, and a vCPU that was never made cannot run', () => {
    const bench = new Bench();
    expect([bench.call('create_vcpu', { vm: 1, vcpu: 0 }), bench.run(0, []).errno]).toEqual(['EBADF', 'EBADF']);
    bench.call('create_vm', { vm: 1, type: 1 });
    bench.call('close_vm', { vm: 1 });
    expect(bench.call('create_vcpu', { vm: 1, vcpu: 0 })).toBe('EBADF');
    expect(bench.objects.kvm(1)).toMatchObject({ state: 2, users_count: 0 });
  });
});

describe('check_cap', () => {
  const answers = (bench: Bench, vm: number): (readonly [number, unknown])[] =>
    [10, 16, 81, 118, 231, 232, 233, 234, 235, 236, 244, 201, 9999].map((cap) => [cap, (bench.call('check_cap', { vm, cap }) as { ret: bigint }).ret]);

  test('of a default VM of 6.18.44', () => {
    const bench = new Bench(plainBuild);
    bench.call('create_vm', { vm: 0 });
    expect(answers(bench, 0)).toEqual([[10, 32764n], [16, 1n], [81, 1n], [118, 0n], [231, 1n], [232, 1n], [233, 0n], [234, 1n], [235, 1n], [236, 0n], [244, 3n], [201, 4096n], [9999, 0n]]);
  });

  test('of both VM types of 7.3.4', () => {
    const bench = new Bench(fullBuild);
    bench.call('create_vm', { vm: 0 });
    bench.call('create_vm', { vm: 1, type: 1 });
    const of = (vm: number): unknown[] => answers(bench, vm).filter(([cap]) => [231, 233, 235, 236, 244].includes(cap));
    expect([of(0), of(1)]).toEqual([[[231, 1n], [233, 0n], [235, 3n], [236, 1n], [244, 3n]], [[231, 1n], [233, 8n], [235, 3n], [236, 1n], [244, 1n]]]);
    expect(answers(bench, KVM_AS_VM).filter(([cap]) => [233, 244].includes(cap))).toEqual([[233, 8n], [244, 3n]]);
  });

  test('of a VM that is closed: EBADF', () => {
    expect(new Bench().call('check_cap', { vm: 0, cap: 10 })).toBe('EBADF');
  });
});

test('enable_cap switches the exit of hypercall 12 on, and knows no other', () => {
  const bench = new Bench();
  bench.call('create_vm', { vm: 0 });
  expect([bench.call('enable_cap', { vm: 0, arg: 4096 }), bench.objects.kvm_arch(0).hypercall_exit_enabled]).toEqual(['ok', 4096]);
  expect([bench.call('enable_cap', { vm: 0, arg: 4096 | 2 }), bench.call('enable_cap', { vm: 0, cap: 200, arg: 0 }), bench.objects.kvm_arch(0).hypercall_exit_enabled]).toEqual(['EINVAL', 'EINVAL', 4096]);
});

describe('handles of other kinds', () => {
  /** A VM, /dev/kvm as 7, a guest_memfd as 0, an eventfd as 5; another VM with a vCPU. */
  function world(kernel = v6_8): Bench {
    const bench = new Bench(kernel);
    for (const [vm, type] of [[0, 0], [1, 1]] as const) bench.call('create_vm', { vm, type });
    bench.call('create_vcpu', { vm: 1, vcpu: 0 });
    bench.call('create_gmem', { vm: 1, fd: 0, size: 0x8000 });
    bench.call('make_file', { fd: 7, kind: KVM });
    bench.call('make_file', { fd: 5, kind: EVENTFD });
    return bench;
  }

  test.each([['/dev/kvm', KVM_AS_VM, 'EINVAL'], ['/dev/kvm by its descriptor', fdAsVm(7), 'EINVAL'], ['a guest_memfd', fdAsVm(0), 'ENOTTY'], ['an eventfd', fdAsVm(5), 'ENOTTY'], ['nothing', fdAsVm(3), 'EBADF']])('where a VM is wanted: %s', (_what, vm, errno) => {
    const bench = world();
    expect([
      bench.call('create_gmem', { vm, fd: 1, size: 4096 }), bench.call('set_region', { vm, slot: 0, size: 4096 }), bench.call('set_region_old', { vm, slot: 0, size: 4096 }),
      bench.call('set_attributes', { vm, gpa: 0, size: 4096, attributes: 0 }), bench.call('get_dirty_log', { vm, slot: 0 }),
    ]).toEqual([errno, errno, errno, errno, errno]);
  });

  test('a VM of a build without attributes knows no ioctl for them', () => {
    const bench = new Bench(plainBuild);
    bench.call('create_vm', { vm: 0 });
    expect([0, KVM_AS_VM].map((vm) => bench.call('set_attributes', { vm, gpa: 0, size: 4096, attributes: 8 }))).toEqual(['ENOTTY', 'EINVAL']);
  });

  test('where a guest_memfd is wanted, a file that is none is EINVAL, none at all EBADF, and overlapping gpas come first', () => {
    const bench = world();
    const bind = (fd: number, more: object = {}): unknown => bench.call('set_region', { vm: 1, slot: 0, flags: 4, size: 4096, fd, ...more });
    expect([NO_FILE, 3, 7, 5, vmAsFile(1), vmAsFile(2), vcpuAsFile(0)].map((fd) => bind(fd))).toEqual(['EBADF', 'EBADF', 'EINVAL', 'EINVAL', 'EINVAL', 'EBADF', 'EINVAL']);
    expect([bind(0), bind(NO_FILE, { slot: 1 }), bind(7, { slot: 1 }), bind(NO_FILE, { slot: 1, offset: 1 })]).toEqual(['ok', 'EEXIST', 'EEXIST', 'EINVAL']);
  });

  test('a duplicate of a VM is the VM, and keeps it', () => {
    const bench = world();
    expect([bench.call('dup', { fd: vmAsFile(1), newFd: 2 }), bench.call('dup', { fd: vmAsFile(2), newFd: 3 }), bench.call('close_vm', { vm: 1 })]).toEqual(['ok', 'EBADF', 'ok']);
    const vm = fdAsVm(2);
    expect([bench.call('set_region', { vm, slot: 1, flags: 4, size: 8192, fd: 0 }), bench.call('create_gmem', { vm, fd: 1, size: 4096 }), bench.call('create_gmem', { vm: 1, fd: 3, size: 4096 })]).toEqual(['ok', 'ok', 'EBADF']);
    expect([bench.call('close', { fd: 2 }), bench.call('close', { fd: 2 }), bench.call('create_gmem', { vm, fd: 3, size: 4096 })]).toEqual(['ok', 'EBADF', 'EBADF']);
    expect([bench.call('close_vcpu', { vcpu: 0 }), bench.call('close', { fd: 0 }), bench.call('close', { fd: 1 }), bench.objects.kvm(1).state]).toEqual(['ok', 'ok', 'ok', 2]);
  });

  test('fallocate says what the file is, behind what is wrong with the mode', () => {
    const bench = world();
    bench.call('make_file', { fd: 4, kind: 6 });
    const ask = (fd: number, mode = 1, length = 4096): unknown => bench.call('fallocate', { fd, mode, offset: 0, length });
    expect([ask(4), ask(5), ask(7, 0), ask(vmAsFile(1)), ask(4, 1, 0), ask(vmAsFile(1), 256), ask(vmAsFile(2))]).toEqual(['EBADF', 'ENODEV', 'ENODEV', 'ENODEV', 'EINVAL', 'EOPNOTSUPP', 'EBADF']);
  });
});

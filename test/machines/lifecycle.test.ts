// How VMs and files end: every order of closing frees everything exactly once (S-19, L-07, SC38).

import { describe, expect, test } from 'vitest';
import { allocate, call, close, createGmem, deleteSlot, read, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { heldLocks, leftovers, play } from '../support/play.ts';
import type { Scenario, VmmOp } from '../../src/scenario/builder.ts';

const permutations = <T>(list: readonly T[]): T[][] =>
  list.length === 0 ? [[]] : list.flatMap((one, i) => permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [one, ...rest]));

const setup: VmmOp[] = [
  createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), createGmem('B', 1), slot(1, 2, 1, { fd: 'B' }), setAttributes(0, 3, 'private'), allocate('A', 0, 1),
];
const closing: Record<string, VmmOp> = {
  vm: call('close_vm', { vm: 0, expect: 'ok' }), vcpu: call('close_vcpu', { vcpu: 0, expect: 'ok' }), A: close('A', 'ok'), B: close('B', 'ok'),
};
const orders = permutations(Object.keys(closing));

describe('closing everything, one after the other', () => {
  test.each(orders.map((order) => [order.join(', '), order] as const))('%s', (_text, order) => {
    const { objects, unexpected, world, stuck, strayUnlocks } = play({
      name: 'teardown', vms: [{ vcpus: [{ program: [write(0), read(2)] }] }], setup,
      threads: [{ name: 'main', program: order.map((name) => closing[name]!) }],
    }, { priority: ['cpu0', 'vcpu0', 'irq0'] });
    expect(unexpected).toEqual([]);
    expect(stuck).toEqual([]);
    expect(strayUnlocks).toEqual([]);
    expect(heldLocks(world)).toEqual([]);
    expect(leftovers(world)).toEqual([]);
    expect(objects.memslots(0).generation).toBeGreaterThan(1);
  });
});

describe('while something is still open', () => {
  const inOrder = (...program: VmmOp[]) => play({ name: 'pinned', vms: [{ vcpus: [{}] }], setup, threads: [{ name: 'main', program }] });

  test('a file pins its VM', () => {
    const { objects } = inOrder(closing['vm']!, closing['vcpu']!, closing['A']!);
    expect(objects.kvm(0)).toMatchObject({ state: 1, users_count: 1 });
    expect(objects.memslot(1).state).toBe(1);
  });

  test('a file can be used when VM and vCPUs are closed', () => {
    const { unexpected, objects } = inOrder(closing['vm']!, closing['vcpu']!, allocate('A', 1, 1, 'ok'), call('fallocate', { fd: 'A', mode: 3, offset: 0, length: 4096, expect: 'ok' }));
    expect(unexpected).toEqual([]);
    expect([objects.cache(1, 0).pfn !== 0, objects.cache(1, 1).pfn !== 0]).toEqual([false, true]);
  });

  test('closed descriptors answer EBADF', () => {
    const { unexpected } = inOrder(
      closing['vm']!, call('close_vm', { expect: 'EBADF' }), setAttributes(0, 1, 'shared', { expect: 'EBADF' }), deleteSlot(0, { expect: 'EBADF' }),
      closing['vcpu']!, call('close_vcpu', { vcpu: 0, expect: 'EBADF' }),
    );
    expect(unexpected).toEqual([]);
  });

  test('a vCPU runs on when the VM descriptor is closed, and KVM_RUN on a closed one ends', () => {
    const { exits, objects } = play({
      name: 'runs', vms: [{ vcpus: [{ program: [write(0, 5)], thread: [{ op: 'await', event: 'go' }, { op: 'run' }, call('close_vcpu', { vcpu: 0 }), { op: 'run' }] }] }], setup,
      threads: [{ name: 'main', program: [closing['vm']!, { op: 'notify', event: 'go' }] }],
    });
    expect(exits).toEqual(['cpu0: HLT ok', 'cpu0: HLT EBADF']);
    expect(objects.kvm(0).users_count).toBe(2);
  });
});

const concurrent: Scenario = {
  name: 'SC38', vms: [{ vcpus: [{ program: [] }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [
    { name: 'vmCloser', program: [closing['vm']!] },
    { name: 'vcpuCloser', program: [closing['vcpu']!] },
    { name: 'fileCloser', program: [closing['A']!] },
  ],
};

describe('closing everything at once', () => {
  test.each(Array.from({ length: 30 }, (_one, seed) => seed))('schedule %i', (seed) => {
    const { unexpected, world, stuck } = play(concurrent, { seed });
    expect(unexpected).toEqual([]);
    expect(stuck).toEqual([]);
    expect(leftovers(world)).toEqual([]);
  });

  test('every interleaving ends', () => {
    const { deadlocks, complete, states } = exhaustive(v6_8, compile(concurrent, v6_8), { states: 400_000 });
    expect({ deadlocks, complete }).toEqual({ deadlocks: 0, complete: true });
    expect(states).toBeGreaterThan(1000);
  });

  test.each(Array.from({ length: 30 }, (_one, seed) => seed))('with a vCPU at work, schedule %i', (seed) => {
    const { world, stuck } = play({
      ...concurrent, vms: [{ vcpus: [{ program: [write(0), read(0)], policy: 'stop' }] }], setup: [...concurrent.setup!, setAttributes(0, 1, 'private')],
    }, { seed });
    expect(stuck).toEqual([]);
    expect(leftovers(world)).toEqual([]);
  });
});

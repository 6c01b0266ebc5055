// Every interleaving of one operation of this folder against another: the known bugs of 6.8 are found, and without them nothing is
// broken, nobody is stuck.

import { describe, expect, it } from 'vitest';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { await_, call, check, convert, createGmem, deleteSlot, hostWrite, notify, punch, read, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { Scenario, VmmOp } from '../../../src/scenario/types.ts';

const ram = [{ name: 'ram', pages: 1 }];
const huge = [{ name: 'ram', pages: 4, huge: true }];
const guest = [{ vcpus: [{ program: [write(0, 7)] }] }];
const obedient = [{ vcpus: [{ policy: 'convert' as const, program: [write(0, 7)] }] }];
const bound = [createGmem('A', 1), slot(0, 0, 1, { memory: 'ram', fd: 'A' })];
const dontneed = call('madvise_dontneed', { memory: 'ram', page: 0, pages: 1 });
const main = (...program: VmmOp[]): { name: string; program: VmmOp[] }[] => [{ name: 'main', program }];

const scenarios: Record<string, Omit<Scenario, 'name'>> = {
  'SC11, conversion against a fault': { memory: ram, vms: guest, setup: bound, threads: main(setAttributes(0, 1, 'private')) },
  'SC13, conversion of part of a huge page': { memory: huge, vms: [{ vcpus: [{ program: [read(0)] }] }], setup: [slot(0, 0, 4, { memory: 'ram' })], threads: main(setAttributes(3, 1, 'private')) },
  'SC14, a memslot over pages that differ': { memory: huge, vms: [{ vcpus: [{ program: [read(0)] }] }], setup: [setAttributes(1, 1, 'private')], threads: main(slot(0, 0, 4, { memory: 'ram' })) },
  'SC15, two converters': { vms: [{}], setup: [slot(0, 0, 1)], threads: [...main(setAttributes(0, 1, 'private')), { name: 'other', program: [setAttributes(0, 1, 'shared')] }] },
  'SC16, an obedient VMM': { memory: ram, vms: obedient, setup: bound, threads: main(setAttributes(0, 1, 'private')) },
  'SC18, a guest that converts, and the host': {
    memory: ram, vms: [{ vcpus: [{ policy: 'convert', program: [write(0, 7), convert(0, 1, 'private'), write(0, 8), convert(0, 1, 'shared'), write(0, 9)] }] }],
    setup: bound, threads: main(hostWrite('ram', 0, 1)),
  },
  'SC29, deletion against a fault': { vms: guest, setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')], threads: main(deleteSlot(0)) },
  'SC31, a notifier against a new memslot': { memory: ram, vms: [{}], threads: [...main(dontneed), { name: 'other', program: [slot(0, 0, 1, { memory: 'ram' })] }] },
  'SC32, a shared fault against munmap': { memory: ram, vms: guest, setup: [slot(0, 0, 1, { memory: 'ram' })], threads: main(call('munmap', { memory: 'ram', page: 0, pages: 1 })) },
  'SC33, the file flag dropped': { memory: ram, vms: guest, setup: [...bound, setAttributes(0, 1, 'private')], threads: main(slot(0, 0, 1, { memory: 'ram' }), punch('A', 0, 1)) },
  'SC39, deletion and a new memslot': {
    vms: [{ vcpus: [{ program: [write(0, 7), notify('written'), await_('again'), check(0, 7)] }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
    threads: main(await_('written'), deleteSlot(0), slot(0, 0, 1, { fd: 'A' }), notify('again')),
  },
  'host and guest faults against MADV_DONTNEED': { memory: ram, vms: guest, setup: [slot(0, 0, 1, { memory: 'ram' })], threads: main(hostWrite('ram', 0, 1), dontneed, hostWrite('ram', 0, 2)) },
};

const explore = (name: string, kernel: Kernel): { broken: string[]; deadlocks: number; cut: string | undefined } => {
  const { findings, deadlocks, cut } = exhaustive(kernel, compile({ name: 'test', ...scenarios[name]! }, kernel), { invariants, states: 100_000 });
  return { broken: findings.map(({ id }) => id), deadlocks, cut };
};

it.each(Object.keys(scenarios))('v6.8-fixed holds: %s', (name) => {
  expect(explore(name, v6_8_fixed)).toEqual({ broken: [], deadlocks: 0, cut: undefined });
});

describe('v6.8 is broken as its list of known bugs says', () => {
  it.each([['G4-B4', 'SC13, conversion of part of a huge page'], ['G4-B11', 'SC16, an obedient VMM'], ['G4-B3', 'SC33, the file flag dropped']])('%s', (id, name) => {
    const bug = v6_8.bugs.find((one) => one.id === id)!;
    expect(name.startsWith(bug.scenario)).toBe(true);
    const { broken } = explore(name, v6_8);
    expect(broken).toHaveLength(1);
    expect(bug.shownBy).toContain(broken[0]);
  });
  it.each(['SC14, a memslot over pages that differ', 'SC29, deletion against a fault', 'SC31, a notifier against a new memslot', 'SC32, a shared fault against munmap'])('and not here: %s', (name) => {
    expect(explore(name, v6_8)).toEqual({ broken: [], deadlocks: 0, cut: undefined });
  });
});

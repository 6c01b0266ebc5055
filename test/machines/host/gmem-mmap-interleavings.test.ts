// Every interleaving of accesses through mappings of a guest_memfd against what takes its pages away; and that a hole which forgets
// the mappings, or one that unmaps without the notifier, would be noticed.

import { describe, expect, it } from 'vitest';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { call, createGmem, hostRead, hostWrite, punch, read, slot } from '../../../src/scenario/builder.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { hostMmap } from '../../../machines/kernels/changes/host-mmap.ts';
import { together } from '../../../machines/kernels/fix.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import type { Scenario } from '../../../src/scenario/types.ts';

const base = deriveKernel(v6_8_fixed, { ...together('mmap', '6.8 with mappings', [hostMmap]), config: { gmemFlags: 3, gmemOfDefaultVm: true } });
const forgets = deriveKernel(base, { name: 'forgets', fragments: { 'gmem.truncate': (edit) => edit.remove('unmap', 'remove') } });
const silent = deriveKernel(base, { name: 'silent', fragments: { 'gmem.unmapFolio': (edit) => {
  edit.remove('start', 'clear');
  edit.remove('end', 'next');
} } });

const mapped = [createGmem('A', 1, { flags: 3 }), call('mmap', { region: 'm0', fd: 'A', length: 4096 })];
const given = (more: Partial<Scenario>): Omit<Scenario, 'name'> => ({ memory: [{ name: 'm0', pages: 1, mapped: false }], vms: [{ type: 'default' }], setup: mapped, ...more });
const writer = { name: 'writer', program: [hostWrite('m0', 0, 5), hostRead('m0', 0)] };
const puncher = { name: 'puncher', program: [punch('A', 0, 1)] };

const scenarios: Record<string, Omit<Scenario, 'name'>> = {
  'accesses against a hole': given({ threads: [writer, puncher] }),
  'accesses against munmap': given({ threads: [writer, { name: 'other', program: [call('munmap', { memory: 'm0', page: 0, pages: 1 })] }] }),
  'a populating mmap, an access and a hole': given({
    setup: [createGmem('A', 1, { flags: 3 })],
    threads: [{ name: 'main', program: [call('mmap', { region: 'm0', fd: 'A', length: 4096, flags: 0x8001 })] }, { name: 'writer', program: [hostWrite('m0', 0, 5)] }, puncher],
  }),
  'the last reference goes with the mapping, while advice punches': given({
    threads: [
      { name: 'main', program: [hostWrite('m0', 0, 5), call('close', { fd: 'A' }), call('munmap', { memory: 'm0', page: 0, pages: 1 })] },
      { name: 'other', program: [call('madvise', { memory: 'm0', page: 0, pages: 1, advice: 9 })] },
    ],
  }),
  'a guest, mprotect': given({
    memory: [{ name: 'm0', pages: 1 }], vms: [{ type: 'default', vcpus: [{ program: [read(0)] }] }], setup: [slot(0, 0, 1, { memory: 'm0' })],
    threads: [{ name: 'main', program: [hostWrite('m0', 0, 5), call('mprotect', { memory: 'm0', page: 0, pages: 1, prot: 0 }), call('mprotect', { memory: 'm0', page: 0, pages: 1, prot: 3 })] }],
  }),
  'a guest, a page that moves': given({
    memory: [{ name: 'm0', pages: 1 }], vms: [{ type: 'default', vcpus: [{ program: [read(0)] }] }], setup: [slot(0, 0, 1, { memory: 'm0' })],
    threads: [{ name: 'main', program: [call('madvise', { memory: 'm0', page: 0, pages: 1, advice: 101 })] }, { name: 'writer', program: [hostWrite('m0', 0, 5)] }],
  }),
};

/** More states than are searched here. */
const large = 'a guest that has the page by the mapping against a hole';
scenarios[large] = given({ vms: [{ type: 'default', vcpus: [{ program: [read(0)] }] }], setup: [...mapped, slot(0, 0, 1, { memory: 'm0' })], threads: [puncher] });

const explore = (name: string, kernel: Kernel): { broken: string[]; deadlocks: number; cut: string | undefined } => {
  const { findings, deadlocks, cut } = exhaustive(kernel, compile({ name: 'test', ...scenarios[name]! }, kernel), { invariants, states: 400_000 });
  return { broken: findings.map(({ id }) => id), deadlocks, cut };
};

it.each(Object.keys(scenarios))('nothing is broken: %s', (name) => {
  expect(explore(name, base)).toEqual({ broken: [], deadlocks: 0, cut: name === large ? 'states' : undefined });
});

describe('a mistake is noticed', () => {
  it.each([
    ['a hole that leaves the mappings alone', forgets, 'accesses against a hole'],
    ['entries that go without a word to KVM', silent, large],
  ])('%s', (_what, kernel, name) => {
    expect(explore(name, kernel).broken).not.toEqual([]);
  });
});

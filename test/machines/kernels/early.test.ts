// The designs before the merged one: what calls answer, what their known bugs do, and that each small patch mends its own.

import { describe, expect, it, test } from 'vitest';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { mendedIn } from '../../../src/explore/bugs/bug.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { scenariosOf } from '../../../src/runtime/fits.ts';
import { allocate, await_, call, close, convert, createGmem, deleteSlot, notify, punch, read, run, scenario, slot, write } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { fseal_2021 } from '../../../machines/kernels/fseal-2021.ts';
import { fseal_2021_fixed } from '../../../machines/kernels/fseal-2021-fixed.ts';
import { private_ops_2022 } from '../../../machines/kernels/private-ops-2022.ts';
import { private_ops_2022_fixed } from '../../../machines/kernels/private-ops-2022-fixed.ts';
import { fsealFixes } from '../../../machines/kernels/fixes/fseal-2021.ts';
import { privateOpsFixes } from '../../../machines/kernels/fixes/private-ops-2022.ts';
import { heldLocks, leftovers, play } from '../../support/play.ts';
import type { Fix } from '../../../machines/kernels/fix.ts';
import type { Scenario, VmmOp } from '../../../src/scenario/builder.ts';

const generations = [[fseal_2021, fseal_2021_fixed, fsealFixes], [private_ops_2022, private_ops_2022_fixed, privateOpsFixes]] as const;
const found = (kernel: Kernel, name: Scenario | string, ids?: readonly string[]): string[] => {
  const one = typeof name === 'string' ? builtinScenario(name)! : name;
  const { findings, complete } = exhaustive(kernel, compile(one, kernel), { invariants: invariants.filter(({ id }) => ids?.includes(id) ?? true), graph: true, stop: 'never', states: 200_000 });
  expect(complete).toBe(true);
  return [...new Set(findings.map(({ id }) => id))];
};

describe.each(generations)('known bugs of $name', (kernel, twin, fixes: readonly Fix[]) => {
  // That everything holds there, test/scenario/verdicts.test.ts says.
  it.each(kernel.bugs.map((bug) => [bug.id, bug] as const))('%s is found by a search, and gone on the twin', (_id, { scenario: name, shownBy }) => {
    expect(found(kernel, name, shownBy)).not.toEqual([]);
    expect(found(twin, name, shownBy)).toEqual([]);
  });

  it('are mended by the twin, each by one patch', () => {
    expect(fixes.flatMap(({ mended }) => mended ?? []).toSorted()).toEqual(kernel.bugs.map(({ id }) => id).toSorted());
    expect(twin.bugs).toEqual([]);
  });

  // What another bug shows there too is not that patch's affair.
  const alone = fixes.filter(({ mended }) => !['G1-B1', 'G1-B2', 'G1-B8', 'G1-B12'].includes(mended![0]!));
  it.each(alone.map((fix) => [fix.mended![0]!, fix] as const))('%s is mended by its own patch alone', (id, fix) => {
    const { scenario: name, shownBy } = kernel.bugs.find((bug) => bug.id === id)!;
    expect(found(deriveKernel(kernel, { name: 'mended', ...fix }), name, shownBy)).toEqual([]);
  });
});

describe('the private file of 2022', () => {
  const mends = fseal_2021.bugs.filter(({ fixedIn }) => fixedIn === private_ops_2022.name);
  it.each(mends.map((bug) => [bug.id, bug] as const))('has not %s any more, in any interleaving', (_id, bug) => {
    expect(mendedIn(fseal_2021, bug)).toBe(private_ops_2022);
    expect(found(private_ops_2022, bug.scenario)).toEqual([]);
  });

  it('says nothing of two: errors of a fault that allocates, and memory that fails', () => {
    expect(fseal_2021.bugs.filter((bug) => !mends.includes(bug)).map(({ id }) => id).toSorted()).toEqual(['G1-B15', 'G1-B5']);
  });
});

describe('bugs of fseal-2021 that stand together', () => {
  const without = (...ids: string[]): Kernel => fsealFixes.filter(({ mended }) => !ids.includes(mended![0]!)).reduce((kernel, fix, i) => deriveKernel(kernel, { name: `mended-${i}`, ...fix }), fseal_2021);

  test('G1-B1: an owner that unregisters is called when it is gone, where nobody holds it', () => {
    expect(found(without('G1-B1'), 'SC55', ['S-28', 'S-18'])).not.toEqual([]);
  });

  test('G1-B2: an owner that does not unregister is held by nobody in time, and keeps the file from the next one', () => {
    expect(found(without('G1-B2'), 'SC55')).toEqual([]);
    expect(found(without('G1-B2'), 'next-owner')).toEqual(['S-22']);
  });

  test('G1-B8: a mapping that comes too late, of a file with a seal and an owner in order', () => {
    expect(found(without('G1-B8'), 'SC53', ['S-23'])).toEqual(['S-23']);
    expect(found(without('G1-B12'), 'SC53', ['S-23', 'S-29'])).toEqual(['S-29']);
  });
});

/** What calls of a sequence answer, one after the other. */
const answers = (kernel: Kernel, program: readonly VmmOp[], rest: Partial<Scenario> = {}): string[] =>
  play({ name: 'sequence', vms: [{}], ...rest, threads: [{ name: 'main', program }] }, { kernel }).results.map((one) => one.replace('main: ', ''));

describe.each([fseal_2021, fseal_2021_fixed])('calls of $name', (kernel) => {
  const memfd = call('memfd_create', { fd: 'A' });
  const seal = (seals: number): VmmOp => call('add_seals', { fd: 'A', seals });
  const view = { memory: [{ name: 'view', pages: 1, mapped: false }] };
  const map = call('mmap', { region: 'view', fd: 'A', length: 4096 });

  test('a sealed file is neither read, written nor mapped', () => {
    expect(answers(kernel, [createGmem('A', 1, { vm: 0 }), map, call('file_pread', { fd: 'A' }), call('file_pwrite', { fd: 'A' }), slot(0, 0, 1, { fd: 'A' })], view)).toEqual(['ok', 'EPERM', 'EPERM', 'EPERM', 'ok']);
  });

  test('its size and its holes are whole pages, its allocations need not be', () => {
    const fallocate = (mode: number, offset: number, length: number): VmmOp => call('fallocate', { fd: 'A', mode, offset, length });
    expect(answers(kernel, [
      createGmem('A', 2), call('file_truncate', { fd: 'A', length: 5000 }), call('file_truncate', { fd: 'A', length: 8192 }), fallocate(3, 100, 4096), fallocate(3, 0, 100), fallocate(3, 0, 4096), fallocate(1, 100, 4096), fallocate(2, 0, 4096),
    ])).toEqual(['ok', 'EINVAL', 'ok', 'EINVAL', 'EINVAL', 'ok', 'ok', 'EOPNOTSUPP']);
  });

  test('the seal wants a file that is mapped by nobody, empty, and can have more seals', () => {
    expect(answers(kernel, [memfd, map, seal(0x20)], view)).toEqual(['ok', 'ok', 'EBUSY']);
    expect(answers(kernel, [memfd, seal(0x40), seal(0x20), seal(0x20), call('file_truncate', { fd: 'A', length: 4096 })])).toEqual(['ok', 'EINVAL', 'ok', 'ok', 'ok']);
    // Who has had a size: EBUSY of the draft, EPERM where only creation may seal.
    expect(answers(kernel, [call('memfd_create', { fd: 'A', size: 4096 }), seal(0x20)])).toEqual(['ok', kernel === fseal_2021 ? 'EBUSY' : 'EPERM']);
    expect(answers(kernel, [memfd, seal(1), seal(2)])).toEqual(['ok', 'ok', 'EPERM']);
  });

  test('seals of any memfd: size, writing, holes', () => {
    const truncate = (length: number): VmmOp => call('file_truncate', { fd: 'A', length });
    expect(answers(kernel, [memfd, truncate(8192), seal(2), truncate(4096), truncate(12288), seal(4), truncate(16384)])).toEqual(['ok', 'ok', 'ok', 'EPERM', 'ok', 'ok', 'EPERM']);
    expect(answers(kernel, [memfd, map, seal(8), call('munmap', { memory: 'view', pages: 1 }), seal(8), punch('A', 0, 1), map], view)).toEqual(['ok', 'ok', 'EBUSY', 'ok', 'ok', 'EPERM', 'EPERM']);
    const readOnly = call('mmap', { region: 'view', fd: 'A', length: 4096, prot: 1 });
    expect(answers(kernel, [memfd, allocate('A', 0, 1), seal(8), call('file_pwrite', { fd: 'A' }), readOnly], view)).toEqual(['ok', 'ok', 'ok', 'EPERM', 'ok']);
  });

  test('the kernel moves and writes out pages of ordinary files alone', () => {
    const host = [call('migrate_page', { fd: 'A' }), call('write_back', { fd: 'A' })];
    expect(answers(kernel, [createGmem('A', 1), ...host, allocate('A', 0, 1), ...host])).toEqual(['ok', 'ENOENT', 'ENOENT', 'ok', 'ENOTSUPP', 'ok']);
    const file = [call('memfd_create', { fd: 'A', size: 4096 }), allocate('A', 0, 1), call('file_pwrite', { fd: 'A' })];
    const { results, objects } = play({ name: 'moved', vms: [{}], frames: 4, ...view, threads: [{ name: 'main', program: [...file, map, { op: 'host_read', memory: 'view', page: 0, value: 1 }, ...host, { op: 'host_read', memory: 'view', page: 0, value: 1 }] }] }, { kernel });
    expect(results).toEqual(Array.from({ length: 6 }, () => 'main: ok'));
    expect([objects.cache(1, 0).pfn, objects.hpte(0).pfn, objects.folio_ref(1).refcount]).toEqual([2, 2, 0]);
  });

  test('S-23 notices a sealed page that is moved, or written out', () => {
    for (const [op, step] of [['migrate_page', 'migrate.testSeal'], ['write_back', 'writeback.testSeal']] as const) {
      const one = scenario({ name: 'taken', vms: [{}], setup: [createGmem('A', 1), allocate('A', 0, 1)], threads: [{ name: 'main', program: [call(op, { fd: 'A' })] }] });
      expect(found(kernel, one)).toEqual([]);
      expect(found(deriveKernel(kernel, { name: 'blind', steps: { [step]: () => ok } }), one)).toEqual(['S-23']);
    }
  });

  test('a file has one owner', () => {
    const vms = { vms: [{}, {}] };
    expect(answers(kernel, [createGmem('A', 2, { vm: 0 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), slot(1, 1, 1, { vm: 0, fd: 'A', filePage: 1 }), slot(0, 0, 1, { vm: 1, fd: 'A' }), slot(2, 2, 1, { vm: 0, fd: 'A' })], vms))
      .toEqual(['ok', 'ok', 'ok', 'EPERM', 'EEXIST']);
  });

  test('the memslot holds its file: a guest goes on when the descriptor is closed, and nothing is left at the end', () => {
    const { unexpected, exits, world } = play({
      name: 'closed', vms: [{ vcpus: [{ program: [write(0, 7), read(0)], thread: [await_('closed'), run(), notify('ran')] }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
      threads: [{ name: 'main', program: [close('A', 'ok'), notify('closed'), await_('ran'), deleteSlot(0), call('close_vcpu', { vcpu: 0 }), call('close_vm')] }],
    }, { kernel });
    expect({ unexpected, exits }).toEqual({ unexpected: [], exits: ['cpu0: HLT ok'] });
    expect(heldLocks(world)).toEqual([]);
    expect(leftovers(world)).toEqual([]);
  });

  test('what cannot apply is refused in one sentence', () => {
    expect(() => compile(builtinScenario('SC11'), kernel)).toThrow(/cannot do that: memslots alone say which pages are private, and no page is converted/);
    expect(() => compile(builtinScenario('SC12'), kernel)).toThrow(/no VMM can answer an exit by a conversion/);
    expect(() => compile(builtinScenario('SC59'), kernel)).toThrow(/it is for kernels in which a page is private by being allocated in the file; in kernel '.*' it is by its memslot/);
    expect(scenariosOf(kernel).length).toBeGreaterThan(30);
  });
});

describe.each([private_ops_2022, private_ops_2022_fixed])('private pages of $name', (kernel) => {
  const memory = [{ name: 'ram', pages: 2 }];
  const setup = [createGmem('A', 2), slot(0, 0, 2, { fd: 'A', memory: 'ram' })];
  const guest = (policy: 'stop' | 'convert', ...program: (ReturnType<typeof read> | ReturnType<typeof write> | ReturnType<typeof convert>)[]): Scenario =>
    scenario({ name: 'guest', vms: [{ type: 'confidential', vcpus: [{ program, policy }] }], memory, setup });

  test('an access that means the other side leaves by an exit', () => {
    expect(play(guest('stop', write(0, 1, { private: true })), { kernel }).exits).toEqual(['cpu0: MEMORY_FAULT EFAULT flags 8']);
    const allocated = { ...guest('stop', write(0, 1)), setup: [...setup, allocate('A', 0, 1)] };
    expect(play(allocated, { kernel }).exits).toEqual(['cpu0: MEMORY_FAULT EFAULT flags 0']);
    expect(play(guest('stop', write(0, 1), read(1)), { kernel }).exits).toEqual(['cpu0: HLT ok']);
  });

  test('a VMM that answers exits converts page by page, to and fro', () => {
    const { exits, objects, world } = play(guest('convert', write(0, 1, { private: true }), write(1, 2), read(0), convert(1, 1, 'private'), write(1, 3, { private: true })), { kernel });
    expect(exits).toEqual(['cpu0: MEMORY_FAULT EFAULT flags 8', 'cpu0: MEMORY_FAULT EFAULT flags 0', 'cpu0: HYPERCALL ok', 'cpu0: HLT ok']);
    expect([objects.cache(1, 0).pfn !== 0, objects.cache(1, 1).pfn !== 0]).toEqual([false, true]);
    expect(heldLocks(world)).toEqual([]);
  });

  test('a question allocates nothing', () => {
    expect(answers(kernel, [call('lookup_page', { page: 0 }), allocate('A', 0, 1), call('lookup_page', { page: 0 }), punch('A', 0, 1), call('lookup_page', { page: 0 }), call('lookup_page', { page: 9 })], { memory, setup }))
      .toEqual(['ENOENT', 'ok', 'ok', 'ok', 'ENOENT', 'EINVAL']);
  });
});

test('G1-B11: a fallocate that fails takes mappings of pages that stay', () => {
  const one: Scenario = { ...builtinScenario('SC61')!, privacy: ['memslot'], vms: [{ vcpus: [{ program: [write(0, 7)], thread: [run(), notify('written')] }] }] };
  const seen = [fseal_2021, fseal_2021_fixed].map((kernel) => {
    const { objects, unexpected } = play({ ...one, setup: [createGmem('A', 4), slot(0, 0, 4, { fd: 'A' }), allocate('A', 0, 2)] }, { kernel });
    expect(unexpected).toEqual([]);
    return [objects.cache(1, 0).pfn !== 0, objects.spte(0, 0, 0).pfn !== 0];
  });
  expect(seen).toEqual([[true, false], [true, false]]);
});

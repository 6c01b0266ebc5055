// What v6.12, v6.18 and mainline do differently from the kernel before, one test each.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../../machines/kernels/index.ts';
import { mainline } from '../../../machines/kernels/mainline.ts';
import { v6_12 } from '../../../machines/kernels/v6.12.ts';
import { v6_18 } from '../../../machines/kernels/v6.18.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { allocate, call, close, createGmem, deleteSlot, memoryError, prefault, punch, read, run, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { ERRNO_NAMES } from '../../../src/steps/errno.ts';
import { Drive, results, type Given } from '../../support/drive.ts';
import { play } from '../../support/play.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { VmmOp } from '../../../src/scenario/builder.ts';

const later = [v6_12, v6_18, mainline];
const names = (errnos: readonly number[]): string[] => errnos.map((errno) => ERRNO_NAMES[errno]!);

it('each is the difference from the one before, and has the known bugs that it should', () => {
  const since = kernels.slice(kernels.indexOf(v6_8));
  expect(since.map(({ name, base }) => `${base ?? '-'} ${name}`)).toEqual(['- v6.8', 'v6.8 v6.8-fixed', 'v6.8 v6.12', 'v6.12 v6.18', 'v6.18 mainline', 'mainline conversions-2025', 'conversions-2025 conversions-2025-huge', 'mainline conversions-2026']);
  const bugs = (kernel: Kernel): string => kernel.bugs.map(({ id }) => id).toSorted().join(' ');
  expect(bugs(v6_12)).toBe('FL-1 FL-2 G4-B10 G4-B11 G4-B14 G4-B2 G4-B3 G4-B4 G4-B5 G4-B6 G4-B8 G4-B9 P2');
  expect(bugs(v6_18)).toBe('FL-1 G4-B10 G4-B11 G4-B14 G4-B5 G4-B8 G4-B9 P2 P4');
  expect(bugs(mainline)).toBe('FL-1 G4-B10 G4-B11 G4-B5 G4-B8 P2');
});

describe('6.9, the re-checks without the lock', () => {
  const inTheWindow = (kernel: Kernel): Drive => {
    const drive = new Drive({
      vms: [{ vcpus: [{ program: [write(0, 1)] }] }], threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
      setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
    }, kernel);
    drive.until(['main.gmem', 'main'], 'cache.findNext');
    return drive.until(['vcpu0', 'cpu0'], 'fault.lookupSlot').until('vcpu0', 'vcpu.checkSignal');
  };
  it('a fault that would be stale looks no page up', () => {
    expect(inTheWindow(v6_8).objects.cache(1, 0).pfn).not.toBe(0);
    for (const kernel of later) expect(inTheWindow(kernel).objects.cache(1, 0).pfn).toBe(0);
  });
});

it('6.10: the reference on a poisoned page is put', () => {
  const left = (kernel: Kernel): number => play({
    name: 'poisoned', vms: [{ vcpus: [{ program: [write(0, 1)] }] }], threads: [], hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
    setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  }, { kernel, priority: ['hw', 'hw.mf'] }).objects.folio_ref(1).refcount;
  expect([v6_8, ...later].map(left)).toEqual([2, 1, 1, 1]);
});

it('6.12: fallocate leaves a page that nobody has cleared, a fault clears it', () => {
  const given = (thread: readonly VmmOp[]): Given => ({
    vms: [{ vcpus: [{ program: [read(0)], thread }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  });
  const uptodate = (kernel: Kernel, thread: readonly VmmOp[]): number => play({ name: 'cleared', ...given(thread) }, { kernel }).objects.folio(1).uptodate;
  expect([v6_8, ...later].map((kernel) => uptodate(kernel, [allocate('A', 0, 1)]))).toEqual([1, 0, 0, 0]);
  expect([v6_8, ...later].map((kernel) => uptodate(kernel, [allocate('A', 0, 1), run()]))).toEqual([1, 1, 1, 1]);
});

it('6.12: the deletion of a memslot makes roots obsolete in VMs of the default type only', () => {
  const flips = (kernel: Kernel, type: 'default' | 'sw-protected'): number => play({
    name: 'flips', vms: [{ type }], memory: [{ name: 'ram', pages: 1 }], setup: [slot(0, 0, 1, { memory: 'ram' })], threads: [{ name: 'main', program: [deleteSlot(0)] }],
  }, { kernel }).objects.mmu_root(0).valid;
  expect([v6_8, ...later].map((kernel) => [flips(kernel, 'default'), flips(kernel, 'sw-protected')])).toEqual([[1, 1], [1, 0], [1, 0], [1, 0]]);
});

describe('entries of accesses without a memslot', () => {
  /** Exits of a vCPU that reads page 0 each time that it runs. */
  const exits = (kernel: Kernel, between: readonly VmmOp[], last: readonly VmmOp[] = [run('stop')]): string[] => {
    const played = play({
      name: 'entries', memory: [{ name: 'ram', pages: 2 }], vms: [{ vcpus: [{ program: [read(0), read(0), read(0)], thread: [run('stop'), ...between, ...last] }] }],
      setup: [createGmem('A', 2)],
    }, { kernel });
    return [...played.exits.map((one) => one.replace('cpu0: ', '')), ...played.results.filter((one) => !one.endsWith(' ok'))];
  };
  it.each(later.map((kernel) => [kernel.name, kernel] as const))('on %s: MMIO as long as memslots stand still, though the page is private by then', (_name, kernel) => {
    expect(exits(kernel, [setAttributes(0, 1, 'private')])).toEqual(['MMIO ok', 'MMIO ok']);
    // 6.8, as it is here, leaves nothing.
    expect(exits(v6_8, [setAttributes(0, 1, 'private')])).toEqual(['MMIO ok', 'MEMORY_FAULT EFAULT flags 8']);
  });
  it.each(later.map((kernel) => [kernel.name, kernel] as const))('on %s: a shared fault once they have changed, be it the memslot of the page', (_name, kernel) => {
    const bound = [slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')];
    expect(exits(kernel, [setAttributes(0, 1, 'private'), slot(1, 1, 1, { memory: 'ram' })])).toEqual(['MMIO ok', 'MEMORY_FAULT EFAULT flags 0']);
    expect(exits(kernel, bound)).toEqual(['MMIO ok', 'MEMORY_FAULT EFAULT flags 0']);
    expect(exits(kernel, [...bound, deleteSlot(0)])).toEqual(['MMIO ok', 'MEMORY_FAULT EFAULT flags 0']);
    expect(exits(kernel, [slot(0, 0, 1, { memory: 'ram' })])).toEqual(['MMIO ok', 'HLT ok']);
    // A prefault, which means private, replaces the entry.
    expect(exits(kernel, [...bound, prefault(0, 0, 1)])).toEqual(['MMIO ok', 'HLT ok']);
    expect(exits(v6_8, bound)).toEqual(['MMIO ok', 'HLT ok']);
  });
  it('are left by a prefault too, and by a refused memslot untouched', () => {
    expect(exits(mainline, [slot(1, 1, 1, { fd: 'A', filePage: 7 }), setAttributes(0, 1, 'private')])).toEqual(['MMIO ok', 'MMIO ok', 'cpu0: EINVAL']);
  });
});

describe('KVM_PRE_FAULT_MEMORY', () => {
  const setup = [createGmem('A', 2), slot(0, 0, 2, { fd: 'A', memory: 'ram' }), slot(1, 2, 1, { memory: 'ram' }), setAttributes(0, 1, 'private')];
  /** errno, and what is left in bytes, of each prefault. */
  const prefaults = (kernel: Kernel, ...program: VmmOp[]): string[] => {
    const drive = new Drive({ memory: [{ name: 'ram', pages: 2 }], vms: [{ vcpus: [{}] }], setup, threads: [{ name: 'main', program }] }, kernel);
    return names(results(drive, 'main', 'main.vcpu0'));
  };
  it.each(later.map((kernel) => [kernel.name, kernel] as const))('answers on %s what real kernels answer', (_name, kernel) => {
    expect(prefaults(kernel, prefault(0, 0, 1), prefault(0, 1, 1), prefault(0, 0, 2), prefault(0, 0, 8), prefault(0, 5, 1))).toEqual(['ok', 'ok', 'ok', 'ok', 'ENOENT']);
    expect(prefaults(kernel, ...[{ gpa: 1, size: 4096 }, { gpa: 0, size: 4097 }, { gpa: 0, size: 0 }, { gpa: '0xfffffffffffff000', size: 8192 }, { gpa: 0, size: 4096, flags: 1 }].map((one) => call('prefault', { vcpu: 0, ...one }))))
      .toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
  });
  it('fails with EFAULT for a private page without a file, or whose file is gone', () => {
    const drive = new Drive({
      memory: [{ name: 'ram', pages: 2 }], vms: [{ vcpus: [{}] }], setup: [...setup, setAttributes(2, 2, 'private')],
      threads: [{ name: 'main', program: [prefault(0, 2, 1), prefault(0, 3, 1), close('A'), prefault(0, 0, 1)] }],
    }, mainline);
    const found: number[] = [];
    for (let k = 0; k < 5000; k++) {
      if (drive.at('main.vcpu0') === 'op.reply') found.push(drive.frame('main.vcpu0')['errno']!);
      if (!['main.vcpu0', 'main.gmem', 'gmem:1', 'main'].some((name) => !drive.world.ended(drive.actor(name)) && drive.step(name) !== 'blocked')) break;
    }
    expect(names(found)).toEqual(['EFAULT', 'EFAULT', 'EFAULT']);
  });
  it('is none of 6.8\'s', () => {
    expect(() => prefaults(v6_8, prefault(0, 0, 1))).toThrow("there is no VMM operation 'prefault'");
  });
});

describe('memslots and files', () => {
  const answers = (kernel: Kernel, type: 'default' | 'sw-protected', ...program: VmmOp[]): string[] => names(results(new Drive({
    memory: [{ name: 'ram', pages: 4 }], vms: [{ type }], setup: [createGmem('A', 4)], threads: [{ name: 'main', program }],
  }, kernel), 'main', 'main.vm'));
  it('6.18: files of VMs without private memory, which may be shared from the start', () => {
    const flags = [0, 1, 2, 3, 4].map((one) => call('create_gmem', { fd: `F${one}`, size: 4096, flags: one }));
    for (const kernel of [v6_8, v6_12]) expect(answers(kernel, 'default', slot(0, 0, 1, { fd: 'A' }), ...flags)).toEqual(['EINVAL', 'ok', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
    for (const kernel of [v6_18, mainline]) {
      expect(answers(kernel, 'default', slot(0, 0, 1, { fd: 'A' }), ...flags)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'EINVAL']);
      expect(answers(kernel, 'sw-protected', ...flags)).toEqual(['ok', 'ok', 'EINVAL', 'EINVAL', 'EINVAL']);
    }
  });
  it('7.2: EEXIST for a range that is bound; 6.19: the flag of the file stands', () => {
    const program = [slot(0, 0, 2, { fd: 'A' }), slot(1, 4, 1, { fd: 'A', filePage: 1 }), slot(0, 0, 2, { fd: 'A' }), slot(0, 0, 2)];
    for (const kernel of [v6_8, v6_12]) expect(answers(kernel, 'sw-protected', ...program)).toEqual(['ok', 'EINVAL', 'EINVAL', 'ok']);
    // 6.18 as it is maintained refuses a changed flag too: 6.18.44 was recorded so.
    expect(answers(v6_18, 'sw-protected', ...program)).toEqual(['ok', 'EINVAL', 'EINVAL', 'EINVAL']);
    expect(answers(mainline, 'sw-protected', ...program)).toEqual(['ok', 'EEXIST', 'EINVAL', 'EINVAL']);
  });
  it('6.18: shared accesses of the guest use a file that was made with MMAP, and fail when it is gone', () => {
    const played = (kernel: Kernel, flags: string[], thread: readonly VmmOp[]) => play({
      name: 'shared', memory: [{ name: 'ram', pages: 1 }], vms: [{ vcpus: [{ program: [write(0, 7), read(0)], thread }] }],
      setup: [createGmem('A', 1, { flags }), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
    }, { kernel });
    for (const kernel of [v6_18, mainline]) {
      expect(played(kernel, ['mmap'], [run()]).objects.page(played(kernel, ['mmap'], [run()]).objects.cache(1, 0).pfn).value).toBe(7);
      expect(played(kernel, [], [run()]).objects.cache(1, 0).pfn).toBe(0);
      const gone = played(kernel, ['mmap'], [close('A'), run()]);
      expect(gone.exits).toEqual(['cpu0: MEMORY_FAULT EFAULT flags 0']);
    }
  });
  it('7.3: a memslot is unbound under invalidate_lock, dying file or not, and no reference is taken', () => {
    const steps = (kernel: Kernel): string[] => {
      const drive = new Drive({ vms: [{}], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })], threads: [{ name: 'main', program: [close('A')] }, { name: 'other', program: [deleteSlot(0)] }] }, kernel);
      drive.until(['main.gmem', 'main'], 'fd.awaitRelease');
      const seen: string[] = [];
      for (let k = 0; k < 2000 && drive.at('other.vm') !== 'op.reply'; k++) {
        seen.push(drive.at('other.vm'));
        if (drive.step('other.vm') === 'blocked') { seen.pop(); drive.step('other'); }
      }
      return seen.filter((one) => one.startsWith('unbind.') || one.startsWith('inode.'));
    };
    expect(steps(v6_12)).toEqual(['unbind.loadFile', 'unbind.tryGetFile']);
    expect(steps(v6_18)).toEqual(['unbind.loadFile', 'unbind.tryGetFile', 'unbind.erase', 'unbind.clearFile']);
    expect(steps(mainline)).toEqual(['unbind.loadBound', 'inode.downWrite', 'unbind.erase', 'unbind.clearFile', 'inode.upWrite']);
  });
});

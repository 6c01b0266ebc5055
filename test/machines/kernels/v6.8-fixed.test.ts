// Known bugs of 6.8: there in v6.8, gone in v6.8-fixed, one test each.

import { describe, expect, it } from 'vitest';
import { call, createGmem, deleteSlot, punch, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SLOT_FREED } from '../../../src/memory/layouts/kvm.ts';
import { MF_DELAYED, MF_IGNORED } from '../../../src/steps/memory-failure.ts';
import { EEXIST, EINVAL } from '../../../src/steps/errno.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { Drive, results } from '../../support/drive.ts';
import { play } from '../../support/play.ts';
import type { Kernel } from '../../../src/kernel/define.ts';

const errnos = (kernel: Kernel, ...program: ReturnType<typeof call>[]): number[] => results(new Drive({
  memory: [{ name: 'ram', pages: 4 }], vms: [{}], setup: [createGmem('A', 4), slot(0, 0, 2, { fd: 'A', memory: 'ram' })], threads: [{ name: 'main', program }],
}, kernel), 'main', 'main.vm');

it('lists a bug in v6.8 for each one that v6.8-fixed has mended, and has none left itself', () => {
  expect(v6_8.bugs.map(({ id }) => id)).toEqual(expect.arrayContaining(['G4-B3', 'G4-B4', 'G4-B11', 'G4-B14']));
  expect(v6_8_fixed.bugs.filter(({ id }) => ['G4-B3', 'G4-B4', 'G4-B11', 'G4-B14'].includes(id))).toEqual([]);
});

describe('G4-B3, the file flag dropped', () => {
  it.each([['in place', slot(0, 0, 2, { memory: 'ram' })], ['with a move', slot(0, 4, 2, { memory: 'ram' })]])('%s', (_what, request) => {
    expect([errnos(v6_8, request), errnos(v6_8_fixed, request)]).toEqual([[0], [EINVAL]]);
  });
  it('is looked at before an overlap', () => {
    const request = [slot(1, 3, 1), slot(0, 2, 2, { memory: 'ram' })];
    expect([errnos(v6_8, ...request), errnos(v6_8_fixed, ...request)]).toEqual([[0, EEXIST], [0, EINVAL]]);
  });
  it('leaves other changes alone', () => {
    expect(errnos(v6_8_fixed, slot(1, 8, 1), slot(1, 9, 1), slot(1, 9, 1, { flags: ['log_dirty'] }))).toEqual([0, 0, 0]);
  });
});

it('G4-B3: a punch in 6.8 walks bindings of a memslot that was freed, and of one that has taken its place', () => {
  const drive = new Drive({
    memory: [{ name: 'ram', pages: 4 }], vms: [{ vcpus: [{ program: [write(0, 7)] }] }],
    setup: [createGmem('A', 4), slot(0, 0, 2, { fd: 'A', memory: 'ram' }), slot(0, 0, 2, { memory: 'ram' })],
    threads: [{ name: 'main', program: [punch('A', 0, 4), slot(1, 9, 1), deleteSlot(1), slot(1, 8, 4), deleteSlot(1), slot(1, 8, 4), punch('A', 1, 1), punch('A', 0, 4)] }],
  }, v6_8);
  drive.until(['main.gmem', 'main'], 'mmu.rangeAdd');
  expect(drive.objects.memslot(drive.objects.binding(1, 0).slot).state).toBe(SLOT_FREED);
  expect(drive.settle('main', 'main.vm', 'main.gmem', 'irq0', 'cpu0', 'vcpu0')).toEqual([]);
  expect(drive.objects.kvm_mmu(0).mmu_invalidate_in_progress).toBe(0);
});

it('G4-B14, a range bound twice', () => {
  const twice = slot(1, 4, 1, { fd: 'A', filePage: 1 });
  expect([errnos(v6_8, twice), errnos(v6_8_fixed, twice)]).toEqual([[EINVAL], [EEXIST]]);
});

it('G4-B4: the range that makes faults retry covers whole huge pages, the zap does not', () => {
  const ranges = [v6_8, v6_8_fixed].map((kernel) => {
    const drive = new Drive({
      memory: [{ name: 'ram', pages: 12, huge: true }], vms: [{}], setup: [slot(0, 0, 12, { memory: 'ram' })],
      threads: [{ name: 'main', program: [setAttributes(3, 6, 'private')] }],
    }, kernel);
    drive.until(['main.vm', 'main'], 'attributes.storeNext');
    const { range_start, range_end } = drive.objects.kvm_mmu(0);
    return [range_start - 1, range_end - 1];
  });
  expect(ranges).toEqual([[3, 9], [0, 12]]);
});

it('G4-B5: a hole that takes the page out of the cache meanwhile makes no memory_failure() fail', () => {
  const verdicts = new Set<number>();
  for (let seed = 1; seed <= 40; seed++) {
    play(builtinScenario('SC22')!, {
      kernel: v6_8_fixed, seed,
      after: ({ table, last, frames }) => { if (table.leaves[last.leaf]!.step === 'mf.verdict') verdicts.add(frames[last.actor]!['result']!); },
    });
  }
  // A page that the hole has taken before is nobody's: ignored.
  expect([...verdicts].toSorted()).toEqual([MF_IGNORED, MF_DELAYED]);
});

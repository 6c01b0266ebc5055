// examples/lazy-split.ts: what it gains, counted in splits and merges, and where a pin breaks it.

import { describe, expect, it } from 'vitest';
import lazySplit from '../../examples/lazy-split.ts';
import { conversions_2025_huge } from '../../machines/kernels/conversions-2025-huge.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { compile } from '../../src/scenario/compile.ts';
import { allocate, await_, call, convertGmem, createGmem, hostWrite, notify, pin, type VmmOp } from '../../src/scenario/builder.ts';
import { steps, type References } from '../../src/steps/gmem-references.ts';
import { Drive } from '../support/drive.ts';
import type { Step } from '../../src/memory/world.ts';

const file = (pages: number, size: 'huge_2m' | 'huge_1g'): VmmOp => createGmem('A', pages, { flags: ['support_shared', 'init_private', size] });

/** Splits, small folios that they make, and merges of these calls on a file of 1G that is there. */
function counted(kernel: Kernel, ...program: VmmOp[]): { splits: number; folios: number; merges: number } {
  const drive = new Drive({ vms: [{}], setup: [file(16, 'huge_1g'), allocate('A', 0, 16)], threads: [{ name: 'main', program }] }, kernel);
  const counts = new Map<string, number>();
  const move = (name: string): boolean => {
    if (drive.world.ended(drive.actor(name))) return false;
    const at = drive.at(name);
    if (drive.step(name) === 'blocked') return false;
    counts.set(at, (counts.get(at) ?? 0) + 1);
    return true;
  };
  while (move('main.gmem') || move('main'));
  return { splits: counts.get('split.split') ?? 0, folios: counts.get('split.addNext') ?? 0, merges: counts.get('merge.merge') ?? 0 };
}

describe('splits that are made', () => {
  it.each<[string, VmmOp[], ReturnType<typeof counted>, ReturnType<typeof counted>]>([
    ['everything shared, and private again', [convertGmem('A', 0, 16, 'shared'), convertGmem('A', 0, 16, 'private')], { splits: 1, folios: 16, merges: 1 }, { splits: 0, folios: 0, merges: 0 }],
    ['2M of 1G shared', [convertGmem('A', 4, 4, 'shared')], { splits: 1, folios: 16, merges: 0 }, { splits: 1, folios: 4, merges: 0 }],
    ['2M of 1G shared, and a page of it private again', [convertGmem('A', 4, 4, 'shared'), convertGmem('A', 5, 1, 'private')], { splits: 1, folios: 16, merges: 0 }, { splits: 2, folios: 8, merges: 0 }],
    ['one page of 1G shared', [convertGmem('A', 5, 1, 'shared')], { splits: 1, folios: 16, merges: 0 }, { splits: 1, folios: 7, merges: 0 }],
  ])('%s', (_name, program, eager, lazy) => {
    expect({ eager: counted(conversions_2025_huge, ...program), lazy: counted(lazySplit, ...program) }).toEqual({ eager, lazy });
  });
});

describe('a pin of one page', () => {
  const scenario = {
    name: 'pin-beside', vms: [{}], memory: [{ name: 'view', pages: 4, mapped: false }],
    setup: [file(4, 'huge_2m'), convertGmem('A', 0, 4, 'shared'), call('mmap', { region: 'view', fd: 'A', length: 4 * 4096 }), hostWrite('view', 0, 5)],
    threads: [{ name: 'main', program: [await_('pinned'), convertGmem('A', 1, 1, 'private')] }],
    hardware: [{ name: 'device', program: [pin({ memory: 'view', page: 0 }), notify('pinned')] }],
  };
  const search = (kernel: Kernel, expected: 'ok' | 'EAGAIN') => exhaustive(kernel, compile({ ...scenario, threads: [{ name: 'main', program: [await_('pinned'), convertGmem('A', 1, 1, 'private', { expect: expected })] }] }, kernel), { invariants, graph: true, stop: 'never' });

  it('is no matter to the others where what is shared has small folios', () => {
    expect(search(conversions_2025_huge, 'ok')).toMatchObject({ complete: true, findings: [] });
  });

  it('holds up the conversion of all others in its folio where it has not, and is named by a page outside of the range (M53, G5-B3)', () => {
    expect(search(lazySplit, 'EAGAIN').findings.map(({ id }) => id)).toEqual(['S-26']);
    // The mend of the series of 2026: the larger of both.
    const test: Step<References> = (world, f) => {
      const result = steps['references.test'](world, f);
      if (f.error_index !== 0) f.error_index = Math.max(f.error_index, f.start + 1);
      return result;
    };
    const clipped = deriveKernel(lazySplit, { name: 'lazy-split-clipped', steps: { 'references.test': test } });
    expect(search(clipped, 'EAGAIN')).toMatchObject({ complete: true, findings: [] });
  });
});

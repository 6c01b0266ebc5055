// examples/lazy-split.ts: that it splits when the host faults and at no other time, what it gains, counted in splits and merges, and where references
// on a huge page break it.

import { describe, expect, it } from 'vitest';
import lazySplit from '../../examples/lazy-split.ts';
import { together } from '../../machines/kernels/fix.ts';
import { g5b3 } from '../../machines/kernels/fixes/g5-b3.ts';
import { mendsOf } from '../../machines/kernels/mends.ts';
import { conversions_2025_huge } from '../../machines/kernels/conversions-2025-huge.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { allocate, await_, call, convertGmem, createGmem, failAllocation, hostRead, hostWrite, notify, type VmmOp } from '../../src/scenario/builder.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { ENOMEM } from '../../src/steps/errno.ts';
import { ok } from '../../src/memory/outcome.ts';
import { Drive } from '../support/drive.ts';
import type { Step } from '../../src/memory/world.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const file = (pages: number, size: 'huge_2m' | 'huge_1g'): VmmOp => createGmem('A', pages, { flags: ['support_shared', 'init_private', size] });
const search = (kernel: Kernel, scenario: Scenario, stop: 'first' | 'never' = 'never') => exhaustive(kernel, compile(scenario, kernel), { invariants, graph: true, stop });
const found = (kernel: Kernel, scenario: Scenario): string[] => {
  const { complete, findings } = search(kernel, scenario);
  expect(complete).toBe(true);
  return [...new Set(findings.map(({ id }) => id))].toSorted();
};
/** The same, and a conversion is to go through. */
const goesThrough = ({ threads, ...rest }: Scenario): Scenario =>
  ({ ...rest, threads: threads!.map((one) => ({ ...one, program: (one.program ?? []).map((op) => (op.op === 'convert_gmem' ? { ...op, expect: 'ok' } : op)) })) }) as Scenario;

const clipped = deriveKernel(lazySplit, together('lazy-split-clipped', 'the lazy split, G5-B3 mended', [g5b3]));

/** The lazy split with all other known bugs of the series mended: new folios are not split, so that two mends have nothing to do. */
const others = lazySplit.bugs.map(({ id }) => id).filter((id) => id !== 'G5-B10' && id !== 'G5-B16');
const mended = deriveKernel(lazySplit, together('lazy-split-mended', 'the lazy split, other bugs mended', mendsOf(lazySplit, others)));

/** Splits, small folios that they make, and merges of these calls on a file of 1G that is there, and mapped. */
function counted(kernel: Kernel, ...program: VmmOp[]): { splits: number; folios: number; merges: number } {
  const drive = new Drive({
    vms: [{}], memory: [{ name: 'view', pages: 16, mapped: false }],
    setup: [file(16, 'huge_1g'), allocate('A', 0, 16), call('mmap', { region: 'view', fd: 'A', length: 16 * 4096 })], threads: [{ name: 'main', program }],
  }, kernel);
  const counts = { splits: 0, folios: 0, merges: 0 };
  const move = (name: string): boolean => {
    if (drive.world.ended(drive.actor(name))) return false;
    const at = drive.at(name);
    if (drive.step(name) === 'blocked') return false;
    if (at === 'split.split') counts.splits++;
    if (at === 'split.addNext' || at === 'split.unfreezeNext') counts.folios++;
    if (at === 'merge.merge') counts.merges++;
    return true;
  };
  while (move('main.gmem') || move('main'));
  return counts;
}

type Split = { of: number; big: number; big_order: number };

const none = { splits: 0, folios: 0, merges: 0 };
const share = (page: number, pages: number) => convertGmem('A', page, pages, 'shared', { expect: 'ok' });
const takeBack = (page: number, pages: number) => convertGmem('A', page, pages, 'private', { expect: 'ok' });
const touch = (page: number) => hostRead('view', page);

describe('splits that are made', () => {
  it.each<[string, VmmOp[], ReturnType<typeof counted>, ReturnType<typeof counted>]>([
    ['everything shared, and private again', [share(0, 16), takeBack(0, 16)], { splits: 1, folios: 16, merges: 1 }, none],
    ['everything shared, and touched', [share(0, 16), touch(5)], { splits: 1, folios: 16, merges: 0 }, none],
    ['2M of 1G shared', [share(4, 4)], { splits: 1, folios: 16, merges: 0 }, none],
    ['2M of 1G shared, and touched', [share(4, 4), touch(5), touch(6)], { splits: 1, folios: 16, merges: 0 }, { splits: 1, folios: 4, merges: 0 }],
    ['2M of 1G shared, touched, a page of it private again', [share(4, 4), touch(5), takeBack(5, 1)], { splits: 1, folios: 16, merges: 0 }, { splits: 1, folios: 4, merges: 0 }],
    ['2M of 1G shared, touched, a page of it private again, another touched', [share(4, 4), touch(5), takeBack(5, 1), touch(6)], { splits: 1, folios: 16, merges: 0 }, { splits: 2, folios: 8, merges: 0 }],
    ['one page of 1G shared', [share(5, 1)], { splits: 1, folios: 16, merges: 0 }, none],
    ['one page of 1G shared, and touched', [share(5, 1), touch(5)], { splits: 1, folios: 16, merges: 0 }, { splits: 1, folios: 7, merges: 0 }],
    ['one page of 1G shared and private again, ten times', Array.from({ length: 10 }, () => [share(5, 1), takeBack(5, 1)]).flat(), { splits: 10, folios: 160, merges: 10 }, none],
    ['the same, touched each time', Array.from({ length: 10 }, () => [share(5, 1), touch(5), takeBack(5, 1)]).flat(), { splits: 10, folios: 160, merges: 10 }, { splits: 10, folios: 70, merges: 10 }],
  ])('%s', (_name, program, eager, lazy) => {
    expect({ eager: counted(conversions_2025_huge, ...program), lazy: counted(lazySplit, ...program) }).toEqual({ eager, lazy });
  });
});

describe('a split when the host faults', () => {
  const touched = loadScenario('examples/touch-mixed.json');

  it('is seen half done by nobody, though it holds its lock shared', () => {
    const { complete, findings, states } = search(lazySplit, touched);
    expect({ complete, findings, states }).toEqual({ complete: true, findings: [], states: 188_455 });
  });

  it('must leave the folio in the page cache: the split of the series takes it away under leaves of guests', () => {
    const freeze = lazySplit.steps.get('split.freezeLocked') as Step<Split>;
    const remove: Step<Split> = (world, f, choose) => {
      const result = freeze(world, f, choose);
      if (result === ok) for (let k = 0; k < 1 << f.big_order; k++) world.cache(f.of, world.folio(f.big).index + k).pfn = 0;
      return result;
    };
    const removing = deriveKernel(lazySplit, { name: 'lazy-split-removing', steps: { 'split.freezeLocked': remove } });
    expect(search(removing, touched, 'first').findings.map(({ sentence }) => sentence)).toEqual(['the SPTE of gfn 0 maps pfn 1, but index 0 of inode 1 has no page, and no invalidation is about to zap it']);
  });

  it('has no errno to give back where memory runs out: the conversion has answered 0 long ago, and the host dies of its access', () => {
    const short: Scenario = {
      name: 'no-memory', vms: [{}], memory: [{ name: 'view', pages: 4, mapped: false }],
      setup: [file(4, 'huge_2m'), allocate('A', 0, 4), call('mmap', { region: 'view', fd: 'A', length: 4 * 4096 })],
      threads: [{ name: 'main', program: [await_('short'), convertGmem('A', 1, 1, 'shared'), hostWrite('view', 1, 5)] }],
      // Behind the conversion's work list and its store.
      hardware: [{ name: 'device', program: [failAllocation(2), notify('short')] }],
    };
    const actors = ['main', 'main.gmem', 'device'];
    expect(new Drive(short, conversions_2025_huge).until(actors, 'vmm.hostAccess').ret('main')).toBe(ENOMEM);
    expect(new Drive(short, lazySplit).until(actors, 'vmm.raiseSegv').ret('main')).toBe(0);
  });
});

describe('a reference on one page', () => {
  const pinned = loadScenario('examples/pin-beside.json');
  const faulted = loadScenario('examples/fault-beside.json');

  it('is no matter to the others where what is shared has small folios', () => {
    expect(found(conversions_2025_huge, goesThrough(pinned))).toEqual([]);
    expect(found(conversions_2025_huge, goesThrough(faulted))).toEqual([]);
  });

  it.each([['a device that pins it', pinned], ['a guest that faults on it', faulted]])('holds up the conversion of all others in its folio where it has not: %s', (_name, scenario) => {
    // By a page outside of the range (M53, G5-B3), unless that is mended.
    expect(found(lazySplit, scenario)).toEqual(['S-26']);
    expect(found(clipped, scenario)).toEqual([]);
    expect(found(clipped, goesThrough(scenario))).toEqual(['S-22']);
  });

  it('that a memory failure has is waited for without a lock: what hangs is that all pages have one folio lock (G4-B10)', () => {
    const failing = loadScenario('examples/touch-while-memory-fails.json');
    expect(found(conversions_2025_huge, failing)).toEqual([]);
    expect(search(lazySplit, failing).findings.map(({ sentence }) => sentence)).toEqual([
      'main waits in fileFolio.lock for folio_lock(pfn 1), which device.mf holds or is to have first; '
      + 'device.mf waits in inode.downRead for invalidate_lock(inode 1), which other.gmem holds or is to have first; '
      + 'other.gmem waits in inode.downWriteGranted for invalidate_lock(inode 1), which main holds or is to have first',
    ]);
  });
});

describe('the other bugs of the series mended', () => {
  it.each(['SC40', 'SC41', 'SC44', 'SC46', 'SC47', 'SC48', 'SC49', 'split-giant', 'split-poison'])('it breaks nothing in %s', (name) => {
    expect(found(mended, builtinScenario(name)!)).toEqual([]);
  });

  it.each(['pin-beside', 'fault-beside', 'touch-while-memory-fails'])('it breaks nothing in examples/%s.json', (name) => {
    expect(found(mended, loadScenario(`examples/${name}.json`))).toEqual([]);
  });

  it('a storm of conversions on files of 2M finds nothing in some schedules', () => {
    const storm = builtinScenario('stress-conversions')!;
    const setup = storm.setup!.map((op) => (op.op === 'create_gmem' ? createGmem('A', 8, { flags: ['support_shared', 'huge_2m'] }) : op));
    const sampler = new Sampler(mended, compile({ ...storm, setup } as Scenario, mended), { invariants, schedules: 3, seed: 1, bound: 30_000 });
    while (sampler.advance(100_000));
    expect(sampler.result().findings).toEqual([]);
  });
});

// Version 11: each of its bugs is found on it, where the list says and by what it says, and not on the kernel that is said to have mended it.

import { describe, expect, it } from 'vitest';
import { severalFiles } from '../../../machines/kernels/changes/several-files.ts';
import { together } from '../../../machines/kernels/fix.ts';
import { g4b5 } from '../../../machines/kernels/fixes/g4-b5.ts';
import { builtinKernel } from '../../../machines/kernels/index.ts';
import { rfcV11 } from '../../../machines/kernels/rfc-v11.ts';
import { rfcV11Fixed } from '../../../machines/kernels/rfc-v11-fixed.ts';
import { g3b3, g3b4 } from '../../../machines/kernels/v11/error-page.ts';
import { g3b1 } from '../../../machines/kernels/v11/begin-at-once.ts';
import { invalidateBegin } from '../../../machines/kernels/v11/range-overwritten.ts';
import { stillIn6_8 } from '../../../machines/kernels/v11/still-in-6.8.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { deriveKernel, type Kernel, type KnownBug } from '../../../src/kernel/define.ts';
import { allocate, await_, call, close, createGmem, memoryError, notify, read, run, scenario, setAttributes, slot } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { play } from '../../support/play.ts';
import type { Fix } from '../../../machines/kernels/fix.ts';
import type { Scenario } from '../../../src/scenario/types.ts';

const STATES = 150_000;
const only = (...ids: string[]) => invariants.filter(({ id }) => ids.includes(id));
const searched = (kernel: Kernel, it: Scenario, checks = invariants) => exhaustive(kernel, compile(it, kernel), { invariants: checks, graph: true, stop: 'never', states: STATES });
const idsOf = ({ findings }: { findings: readonly { readonly id: string }[] }): string[] => [...new Set(findings.map(({ id }) => id))].toSorted();
function sampled(kernel: Kernel, it: Scenario): string[] {
  const sampler = new Sampler(kernel, compile(it, kernel), { invariants, schedules: 60, seed: 5 });
  while (sampler.advance(100_000));
  return idsOf(sampler.result());
}
const patched = (...fixes: Fix[]): Kernel => deriveKernel(rfcV11, together('patched', 'version 11 with a patch', fixes));
const own = rfcV11.bugs.filter(({ id }) => id.startsWith('G3-'));
const rows = own.map((bug) => [bug.id, bug.breaks, bug] as const);

describe('a bug of version 11', () => {
  it.each(rows)('%s: %s', (_id, _breaks, { id: bug, scenario: name, shownBy, fixedIn, lockOrder }: KnownBug) => {
    const it_ = builtinScenario(name)!;
    // What the list names, each alone: another property may be the first to see it. What 6.8 has too is looked at there.
    for (const id of stillIn6_8.bugs!.some((one) => one.id === bug) ? shownBy.slice(0, 1) : shownBy) {
      if (id === 'S-17' || id === 'data-race') expect(sampled(rfcV11, it_)).toContain(id);
      else expect(idsOf(searched(rfcV11, it_, only(id))), id).toContain(id);
    }
    const mended = builtinKernel(fixedIn)!;
    expect(searched(mended, it_)).toMatchObject({ complete: true, findings: [] });
    const left = sampled(mended, it_);
    expect(lockOrder === undefined ? left : left.filter((id) => id === 'S-17')).toEqual([]);
  });

  it('is each of the specification, but for those of which it is said why they are not shown', () => {
    const numbers = Array.from({ length: 19 }, (_one, n) => `G3-B${n + 1}`);
    expect([...own, ...rfcV11.unshown].map(({ id }) => id).toSorted()).toEqual(numbers.toSorted());
    expect(rfcV11.unshown.map(({ id }) => id)).toEqual(['G3-B7', 'G3-B16', 'G3-B17', 'G3-B19']);
    expect(rfcV11Fixed.bugs).toEqual([]);
  });

  it.each(['bind-closed', 'create-empty', 'grab-no-memory', 'SC35'])('in %s needs no search', (name) => {
    for (const seed of [1, 2, 3]) {
      const { unexpected, stuck } = play(builtinScenario(name)!, { kernel: rfcV11, seed });
      expect(unexpected.length + stuck.length).toBeGreaterThan(0);
      expect(play(builtinScenario(name)!, { kernel: rfcV11Fixed, seed })).toMatchObject({ unexpected: [], stuck: [] });
    }
  });
});

describe('G3-B2', () => {
  // Another file of the VM, and of the inode of the one that is being released.
  const sameInode = scenario({
    name: 'same-inode', vms: [{}], setup: [createGmem('A', 2), call('link_gmem', { vm: 0, newFd: 'B', fd: 'A' })],
    threads: [{ name: 'closer', program: [close('A')] }, { name: 'binder', program: [slot(1, 4, 1, { fd: 'B', filePage: 1 })] }],
  });

  it('is an order of locks that nobody can be caught in while an inode has one file', () => {
    expect(searched(rfcV11, builtinScenario('SC27')!)).toMatchObject({ complete: true, findings: [] });
  });

  it('is a deadlock once it can have two', () => {
    expect(idsOf(searched(patched(g3b1, severalFiles), sameInode))).toEqual(['L-04']);
    const mended = deriveKernel(rfcV11Fixed, together('mended', 'with several files', [severalFiles]));
    expect(searched(mended, sameInode)).toMatchObject({ complete: true, findings: [] });
  });
});

describe('the handler of a memory error', () => {
  const bound = (page: number, filePage: number) => [createGmem('A', 4), slot(0, page, 2, { fd: 'A', filePage, memory: 'ram' }), setAttributes(page, 2, 'private'), allocate('A', 0, 4)];
  const struck = (page: number, filePage: number, of: number) => scenario({
    name: 'struck', vms: [{ vcpus: [{}] }], memory: [{ name: 'ram', pages: 2 }], setup: bound(page, filePage),
    hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: of, thread: 'cpu0' })] }],
  });

  it('names an address that is in order where index and gfn are both of the memslot (B3)', () => {
    const shifted = struck(1, 0, 1);
    expect(idsOf(searched(rfcV11, shifted))).toEqual(['S-32']);
    expect(searched(patched(g3b3), shifted)).toMatchObject({ complete: true, findings: [] });
  });

  it('warns where the index is no gfn of the memslot (B3), and is right where they are the same', () => {
    expect(idsOf(searched(rfcV11, struck(2, 0, 0)))).toEqual(['S-34']);
    expect(searched(rfcV11, struck(0, 0, 1))).toMatchObject({ complete: true, findings: [] });
  });

  it('does not make memory_failure() believe that the page is dealt with, whatever it answers: the page cache still has it', () => {
    const told = (kernel: Kernel): readonly string[] => play(struck(0, 0, 0), { kernel }).results;
    expect(told(rfcV11)).toEqual(['hw: EBUSY']);
    // With the reference of the page cache expected, as later kernels do, 0 would be believed.
    const believing = patched({ steps: { 'mf.verdict': g4b5.steps!['mf.verdict']! } });
    expect(idsOf(searched(believing, struck(0, 0, 0)))).toEqual(['S-22']);
  });

  it('kills nobody who has nothing to do with the page, once it tells the thread that consumed it alone (B4)', () => {
    expect(idsOf(searched(patched(g3b3, g3b4), builtinScenario('SC20')!))).toEqual([]);
  });
});

it('G3-B19 alone breaks nothing: an end that is out of date stands in memory until the first range is added, and nobody asks for it', () => {
  const kernel = deriveKernel(rfcV11Fixed, { name: 'stale-end', steps: { 'mmu.invalidateBegin': invalidateBegin } });
  const [stale, fixed] = [kernel, rfcV11Fixed].map((one) => searched(one, builtinScenario('first-slot')!));
  expect([stale, fixed]).toMatchObject([{ complete: true, findings: [] }, { complete: true, findings: [] }]);
  expect(stale!.states).toBe(fixed!.states);
});

it('a vCPU that comes to a poisoned page is told by later kernels, and goes on without a word in version 11', () => {
  const late = scenario({
    name: 'late', vms: [{ vcpus: [{ program: [read(0)], thread: [await_('lost'), run(), run(), notify('seen')] }] }], memory: [{ name: 'ram', pages: 1 }],
    setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
    hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0, thread: 'cpu0' }), notify('lost')] }],
  });
  const exits = (kernel: Kernel): string[] => play(late, { kernel }).exits.map((one) => one.replace(/ flags.*/, ''));
  expect(exits(rfcV11)).not.toContain('cpu0: MEMORY_FAULT EHWPOISON');
  expect(exits(rfcV11Fixed)).toContain('cpu0: MEMORY_FAULT EHWPOISON');
});

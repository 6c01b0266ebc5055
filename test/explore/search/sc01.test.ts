// SC01, a fault against a punch, in every interleaving: exact counts on 6.8, and what each mutant of the protocol breaks.

import { describe, expect, it } from 'vitest';
import { step, use } from '../../../machines/fragment.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Checker } from '../../../src/check/checker.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import type { SearchResult } from '../../../src/explore/search/options.ts';
import type { Decision } from '../../../src/explore/schedule.ts';
import { deriveKernel, type Kernel, type KernelDifference } from '../../../src/kernel/define.ts';
import { outcomeName } from '../../../src/memory/outcome.ts';
import { preparedWorld } from '../../../src/runtime/prepared.ts';
import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { steps } from '../../../src/steps/fault.ts';
import { invariant } from '../../support/judge.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Scenario } from '../../../src/scenario/types.ts';
import type { Step } from '../../../src/memory/world.ts';

const SC01 = builtinScenario('SC01')!;
/** Two memslots on one file of two pages, a vCPU in each; the punch takes both pages. */
const twoSlots = scenario({
  name: 'two-slots', vms: [{ vcpus: [{ program: [write(0), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { fd: 'A', filePage: 1 }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});

const search = (kernel: Kernel, on: Scenario = SC01, by = invariants): SearchResult =>
  exhaustive(kernel, compile(on, kernel), { invariants: by });

/** Executes a schedule, from the start: each step's outcome, and what is broken at the end. */
function follow(kernel: Kernel, schedule: readonly Decision[]): { outcomes: string[]; last: string | undefined } {
  const written: number[] = [];
  const { world } = preparedWorld(kernel, compile(SC01, kernel), () => ({ write: (id: number) => { if (!written.includes(id)) written.push(id); } }));
  const checker = new Checker(world, invariants);
  let last: string | undefined;
  const outcomes = schedule.map(({ actor, choice }) => {
    expect(last).toBeUndefined();
    written.length = 0;
    const result = world.step(actor, () => choice);
    last = checker.afterStep(written, written.length)?.id;
    return outcomeName(result);
  });
  return { outcomes, last };
}

describe('SC01 on 6.8, exhaustively', () => {
  const found: SearchResult = search(v6_8);

  it('has exactly so many states and transitions, and breaks nothing', () => {
    expect(found).toMatchObject({ states: 11_017, transitions: 21_353, deadlocks: 0, complete: true, cut: undefined, findings: [] });
    expect(found.terminals.count).toBe(7);
  });

  it('comes to the same result a second time, and without checks', () => {
    const { states, transitions, terminals } = found;
    expect(search(v6_8)).toMatchObject({ states, transitions, terminals });
    expect(exhaustive(v6_8, compile(SC01, v6_8))).toMatchObject({ states, transitions, terminals });
  });
});

const onlyInProgress: Step<Fault> = (world, f, choose) => {
  const mmu = world.kvm_mmu(f.vm);
  // The comparison of sequences is left out: the snapshot is always current.
  f.mmu_seq = mmu.mmu_invalidate_seq;
  return (steps['fault.testStale'] as Step<Fault>)(world, f, choose);
};
const overwriteRange: Step<{ gfn: number; gfn_end: number }> = (world, f, choose) => {
  const mmu = world.kvm_mmu(f.vm);
  mmu.range_start = 0;
  return (v6_8.steps.get('mmu.rangeAdd') as Step<{ gfn: number; gfn_end: number }>)(world, f, choose);
};

interface Mutant { readonly id: string; readonly what: string; readonly breaks: string; readonly by?: readonly string[]; readonly on?: Scenario; readonly difference: Omit<KernelDifference, 'name'> }
const mutants: readonly Mutant[] = [
  { id: 'M01', what: 'takes the snapshot of the sequence behind the look-up', breaks: 'S-01', difference: { fragments: { 'mmu.fault': (edit) => {
    edit.remove('snapshot', 'invalid');
    edit.insertBefore('lock', 'snapshot', step('fault.snapshotSeq', 'too late', { ok: 'lock' }));
  } } } },
  { id: 'M02', what: 'has no final stale test', breaks: 'S-01', difference: { fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } } },
  { id: 'M03', what: 'looks at in_progress only in the stale test', breaks: 'S-01', difference: { steps: { 'fault.testStale': onlyInProgress as Step<never> } } },
  { id: 'M05', what: 'does not flush behind a zap', breaks: 'S-02', difference: { fragments: { 'gmem.invalidateBegin': (edit) => edit.remove('flush', 'unlock') } } },
  { id: 'M05', what: 'does not flush behind a zap', breaks: 'S-03', by: ['S-03'], difference: { fragments: { 'gmem.invalidateBegin': (edit) => edit.remove('flush', 'unlock') } } },
  { id: 'M06', what: 'sends no interrupt', breaks: 'S-02', difference: { fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.redirect('mode', 'inside', 'next') } } },
  { id: 'M07', what: 'does not wait for the interrupt to be acknowledged', breaks: 'S-02', difference: { fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.redirect('next', 'done', '^done') } } },
  { id: 'M61', what: 'ends an invalidation without moving the sequence', breaks: 'S-01', by: ['S-01'], difference: { fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('seq', 'drop') } } },
  { id: 'M63', what: 'overwrites the range instead of widening it', breaks: 'S-15', on: twoSlots, difference: { steps: { 'mmu.rangeAdd': overwriteRange as Step<never> } } },
  { id: 'M63', what: 'overwrites the range instead of widening it', breaks: 'S-01', by: ['S-01'], on: twoSlots, difference: { steps: { 'mmu.rangeAdd': overwriteRange as Step<never> } } },
  { id: 'M66', what: 'truncates before it begins to invalidate', breaks: 'S-01', difference: { fragments: { 'gmem.punchHole': (edit) => {
    edit.replace('lock', use('inode.invalidateLock', 'truncate'));
    edit.replace('truncate', use('gmem.truncate', 'begin'));
    edit.replace('begin', use('gmem.invalidateBegin', 'end'));
  } } } },
  { id: 'M66', what: 'truncates before it begins to invalidate', breaks: 'S-03', by: ['S-03'], difference: { fragments: { 'gmem.punchHole': (edit) => {
    edit.replace('lock', use('inode.invalidateLock', 'truncate'));
    edit.replace('truncate', use('gmem.truncate', 'begin'));
    edit.replace('begin', use('gmem.invalidateBegin', 'end'));
  } } } },
];

describe('the search finds', () => {
  it.each(mutants.map((mutant) => [mutant.id, mutant.breaks, mutant.what, mutant] as const))('%s by %s: it %s', (id, breaks, _what, { by, on, difference }) => {
    const found = search(deriveKernel(v6_8, { name: id, ...difference }), on, by?.map(invariant) ?? invariants);
    expect(found.findings.map(({ id }) => id)).toEqual([breaks]);
  });

  it('a schedule that breaks the same property when it is followed from the start', () => {
    const kernel = deriveKernel(v6_8, { name: 'M02', ...mutants.find(({ id }) => id === 'M02')!.difference });
    const [first] = search(kernel).findings;
    const followed = follow(kernel, first!.schedule);
    expect(followed.last).toBe('S-01');
    expect(followed.outcomes).toContain('fixed');
    expect(follow(kernel, first!.schedule)).toEqual(followed);
  });

  it('nothing in a kernel that flushes and moves the sequence once more than it must (EQ2, EQ7)', () => {
    const kernel = deriveKernel(v6_8, { name: 'EQ', fragments: {
      'gmem.invalidateBegin': (edit) => edit.insertBefore('unlock', 'again', use('kvm.flushRemoteTlbs', 'unlock')),
      'gmem.invalidateEnd': (edit) => edit.insertBefore('drop', 'more', step('mmu.advanceSeq', 'once more', { ok: 'drop' })),
    } });
    expect(search(kernel).findings).toEqual([]);
  });
});

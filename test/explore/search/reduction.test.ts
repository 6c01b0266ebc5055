// What reduction may not change: verdicts, findings, and the states in which nobody can go on. On all built-in scenarios: every-scenario.test.ts.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { deriveKernel, type Kernel, type KernelDifference } from '../../../src/kernel/define.ts';
import { await_, convert, createGmem, notify, scenario, setAttributes, slot } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SearchOptions, SearchResult } from '../../../src/explore/search/options.ts';
import type { Scenario } from '../../../src/scenario/types.ts';

const search = (kernel: Kernel, on: Scenario, options: SearchOptions = {}): SearchResult =>
  exhaustive(kernel, compile(on, kernel), { invariants, stop: 'never', states: 200_000, ...options });
const verdict = ({ complete, deadlocks, terminals, findings }: SearchResult): object => ({ complete, deadlocks, terminals, findings: findings.map(({ kind, key }) => `${kind}: ${key}`).toSorted() });

/** Searches with and without, and compares; answers how many states were left out. */
function compare(kernel: Kernel, on: Scenario, options: SearchOptions = {}): number {
  const whole = search(kernel, on, { ...options, reduction: false });
  const reduced = search(kernel, on, { ...options, reduction: true });
  expect(whole.complete).toBe(true);
  expect(verdict(reduced)).toEqual(verdict(whole));
  expect(reduced.transitions).toBeLessThanOrEqual(whole.transitions);
  return whole.states - reduced.states;
}

describe('with reduction a search comes to the same', () => {
  it('and sees fewer states', () => {
    expect(compare(v6_8, builtinScenario('SC35')!)).toBeGreaterThan(200);
    expect(compare(v6_8, builtinScenario('SC11')!)).toBeGreaterThan(600);
  });

  it('breadth first, with whole states, and without checks', () => {
    expect(compare(v6_8, builtinScenario('SC27')!, { order: 'bfs' })).toBeGreaterThan(0);
    expect(compare(v6_8, builtinScenario('SC22')!, { exact: true })).toBeGreaterThan(0);
    expect(compare(v6_8, builtinScenario('SC11')!, { invariants: [] })).toBeGreaterThan(0);
  });

  it('and says so where there are more actors than it can tell apart', () => {
    const { notes, states } = search(v6_8, builtinScenario('stress')!, { reduction: true, states: 50 });
    expect(notes).toEqual(['no reduction: 41 actors, 31 at most']);
    expect(states).toBe(50);
  });

  it('and with symmetry', () => {
    const vcpu = { program: [convert(0, 1, 'shared')], policy: 'convert' as const };
    const alike = scenario({ name: 'alike', vms: [{ vcpus: [vcpu, vcpu] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')] });
    expect(compare(v6_8, alike, { symmetry: true })).toBeGreaterThan(0);
  });

  const mutants: readonly (readonly [string, Omit<KernelDifference, 'name'>])[] = [
    ['has no final stale test', { fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } }],
    ['does not flush behind a zap', { fragments: { 'gmem.invalidateBegin': (edit) => edit.remove('flush', 'unlock') } }],
    ['does not wait for acknowledgements', { fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.redirect('next', 'done', '^done') } }],
    ['ends an invalidation without moving the sequence', { fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('seq', 'drop') } }],
  ];
  it.each(mutants)('on a kernel that %s', (_what, difference) => {
    compare(deriveKernel(v6_8, { name: 'mutant', ...difference }), builtinScenario('SC01')!);
  });

  it('though somebody spins for ever beside a deadlock', () => {
    const spinning = { ...builtinScenario('SC22')!, vms: [{ vcpus: [{ program: [await_('never'), notify('never')] }] }] };
    compare(v6_8, spinning);
  });
});

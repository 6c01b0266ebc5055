// What a change of a kernel changes, as far as it shows: nothing for a refactoring, the answers, the retries, what is broken for others.

import { describe, expect, it } from 'vitest';
import type { State } from '../../../machines/fragment.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { comparing, type Compared, type CompareBudget } from '../../../src/explore/compare/compare.ts';
import { Histories } from '../../../src/explore/compare/histories.ts';
import { Player } from '../../../src/explore/player.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { outcomeName } from '../../../src/memory/outcome.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';

const BUDGET: CompareBudget = { states: 100_000, schedules: 0, seed: 1 };

function compare(a: Kernel, b: Kernel, name: string, budget: Partial<CompareBudget> = {}): Compared {
  const parts = comparing([a, b], builtinScenario(name)!, { ...BUDGET, ...budget });
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}
const texts = ({ differences }: Compared): string[] => differences.map(({ only, what, text }) => `${only} ${what} ${text}`);

/** A state renamed, and one split in two: the steps do the same. */
const rcu = v6_8.fragments.get('gmem.unbind')!.states['rcu'] as State & { readonly on: object };
const refactored = deriveKernel(v6_8, { name: 'refactored', fragments: {
  'gmem.unbind': (edit) => {
    edit.add('settle', rcu);
    edit.insertBefore('rcu', 'grace', { ...rcu, on: { ok: 'rcu' } } as State);
    edit.remove('rcu', 'settle');
  },
} });

describe('a refactoring', () => {
  it.each(['SC26', 'SC29', 'SC39'])('changes nothing in %s but names of states, which are noted', (name) => {
    const compared = compare(v6_8, refactored, name);
    expect(compared).toMatchObject({ complete: true, skipped: false, differences: [] });
    expect(compared.notes.map(({ only, text }) => `${only} ${text.split('.').at(-1)!}`).toSorted()).toEqual(['0 rcu', '1 grace', '1 settle']);
  });
});

describe('a kernel', () => {
  it.each(['SC09', 'SC12', 'SC14', 'SC36'])('does not differ from itself in %s', (name) => {
    expect(compare(v6_8, v6_8, name)).toMatchObject({ complete: true, differences: [], notes: [] });
  });
});

describe('another errno', () => {
  const eexist = deriveKernel(v6_8, { name: 'eexist', steps: { 'bind.testOverlap': v6_8_fixed.steps.get('bind.testOverlap')! } });

  it('is a behaviour that each has alone, by the shortest schedule that shows it', () => {
    const compared = compare(v6_8, eexist, 'SC34');
    expect(texts(compared)).toEqual(expect.arrayContaining(['0 behaviour first: set_region answers EINVAL', '1 behaviour first: set_region answers EEXIST']));
    for (const { only, what, text, schedule } of compared.differences.filter((one) => one.what === 'behaviour')) {
      const kernel = [v6_8, eexist][only]!;
      const { steps } = new Player(kernel, compile(builtinScenario('SC34')!, kernel), { invariants: [] }).play(schedule!, { strict: true });
      expect([what, steps.length, kernel.table.leaves[steps.at(-1)!.leaf]!.step, text.startsWith('first') || text.startsWith('second')]).toEqual(['behaviour', schedule!.length, 'vmm.receiveReply', true]);
    }
  });
});

describe('a recheck that is left out', () => {
  const unchecked = deriveKernel(v6_8, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });

  it('is a retry that there is no more, and a property that is broken', () => {
    const compared = compare(v6_8, unchecked, 'SC01');
    expect(texts(compared)).toEqual(['0 retry fault.testStale: stale', expect.stringMatching(/^1 broken S-01 \(safety\)/)]);
    const [{ schedule }] = compared.differences as unknown as [{ schedule: { actor: number; choice: number }[] }];
    const { steps } = new Player(v6_8, compile(builtinScenario('SC01')!, v6_8), { invariants: [] }).play(schedule, { strict: true });
    expect(outcomeName(steps.at(-1)!.outcome)).toBe('stale');
  });

  it('shows in samples too', () => {
    const compared = compare(v6_8, unchecked, 'SC01', { states: 500, schedules: 300 });
    expect(compared).toMatchObject({ complete: false, skipped: false });
    expect(texts(compared)).toEqual(['0 retry fault.testStale: stale', expect.stringMatching(/^1 broken S-01 \(safety\)/)]);
  });
});

describe('locks', () => {
  it('that only one kernel takes inside others are differences', () => {
    expect(texts(compare(v6_8, v6_8_fixed, 'SC22'))).toEqual(expect.arrayContaining([
      '0 lock order invalidate_lock (shared) is taken inside folio_lock', '1 lock order bindings_lock (shared) is taken inside folio_lock',
      expect.stringMatching(/^0 broken L-04 \(deadlock\)/),
    ]));
  });
});

describe('what is not known', () => {
  it('is left out when it has too many states and no sample is wanted', () => {
    expect(compare(v6_8, v6_8, 'SC01', { states: 500 })).toMatchObject({ skipped: true, complete: false, differences: [] });
  });
  it('is a difference when only one kernel refuses the scenario', () => {
    const without = deriveKernel(v6_8, { name: 'default-only', config: { vmTypes: ['default'] } });
    expect(texts(compare(v6_8, without, 'SC01'))).toEqual([expect.stringContaining('1 refused')]);
  });
});

describe('histories', () => {
  it('are numbers of sequences, each its own', () => {
    const histories = new Histories();
    const [a, b] = [histories.after(0, 1, 'a'), histories.after(0, 1, 'b')];
    const ab = histories.after(a, 2, 'b');
    expect(new Set([0, a, b, ab, histories.after(b, 2, 'a')]).size).toBe(5);
    expect(histories.after(a, 2, 'b')).toBe(ab);
    expect([histories.list(ab), histories.parent(ab)]).toEqual([['a', 'b'], a]);
  });
  it('count what an instruction sees again and again in a row as seen once', () => {
    const histories = new Histories();
    const once = histories.after(0, 1, 'exit MMIO');
    expect(histories.after(once, 1, 'exit MMIO')).toBe(once);
    expect(histories.after(once, 2, 'exit MMIO')).not.toBe(once);
  });
});

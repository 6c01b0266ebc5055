import { describe, expect, it } from 'vitest';
import type { Footprint } from '../../src/check/footprint.ts';
import { StepStream } from '../../src/check/step-stream.ts';
import { TupleCounts } from '../../src/check/tuple-counts.ts';
import { mergeWindows, Windows, type RaceWindow } from '../../src/check/windows.ts';
import { layout } from '../../src/memory/layout.ts';
import { Random } from '../../src/runtime/random.ts';
import type { RunWorld } from '../../src/runtime/world.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { watchedRun } from '../support/analysed.ts';
import { Feed } from '../support/feed.ts';

const thing = layout('thing', { value: {} }, { per: ['gfn'] });
const ghost = layout('ghost_thing', { value: {} }, { per: ['gfn'], ghost: true });
const STEPS = ['first', 'second', 'third', 'look'];

function fed() {
  let windows!: Windows;
  const feed = new Feed({ thing, ghost_thing: ghost }, ['a', 'b', 'c'], STEPS, (world) => {
    windows = new Windows(new StepStream(world));
    return (log) => windows.afterStep(log);
  });
  const write = (name: string, step: string, n = 0): void => feed.do(name, step, (t) => { t.thing(n).value = 1; });
  const read = (name: string, step: string, n = 0): void => feed.do(name, step, (t) => t.thing(n).value);
  const found = (): string[] => windows.report().map(({ before, intruder, after, times }) => `${intruder} between ${before} and ${after}: ${times}`);
  return { feed, windows, write, read, found };
}

describe('a window', () => {
  it('is a step of one actor between two consecutive accesses of another to the object', () => {
    const { write, found } = fed();
    write('a', 'first');
    write('b', 'second');
    write('a', 'third');
    expect(found()).toEqual(['second between first and third: 1']);
    write('a', 'first');
    expect(found()).toHaveLength(1);
  });

  it('holds all that came in between, of several actors', () => {
    const { write, read, found } = fed();
    read('a', 'first');
    write('b', 'second');
    write('b', 'third');
    read('c', 'look');
    read('a', 'first');
    // The look of c is no conflict with the reads of a.
    expect(found()).toEqual(['second between first and first: 1', 'third between first and first: 1']);
  });

  it('needs one write among the three', () => {
    const { write, read, found } = fed();
    read('a', 'first');
    read('b', 'look');
    read('a', 'second');
    expect(found()).toEqual([]);
    read('b', 'look');
    write('a', 'third');
    expect(found()).toEqual(['look between second and third: 1']);
  });

  it('is of one object, and of none that only the specification has', () => {
    const { feed, write, found } = fed();
    write('a', 'first', 0);
    write('b', 'second', 1);
    write('a', 'third', 0);
    for (const name of ['a', 'b', 'a']) feed.do(name, 'first', (t) => { t.ghost_thing(0).value = 1; });
    expect(found()).toEqual([]);
  });

  it('does not reach from one run into the next, and counts stay', () => {
    const { write, windows, found } = fed();
    write('a', 'first');
    windows.begin();
    write('b', 'second');
    write('a', 'third');
    expect(found()).toEqual([]);
    write('b', 'second');
    windows.begin();
    expect(found()).toEqual(['third between second and second: 1']);
  });

  it('that holds more accesses than are kept is not counted', () => {
    const { write, found } = fed();
    write('a', 'first');
    for (let k = 0; k < 8; k++) write('b', 'second');
    write('a', 'third');
    expect(found()).toEqual([]);
  });
});

/** The same by keeping everything: all accesses of each object, looked through from behind. */
function slowly(world: RunWorld): { after: (footprint: Footprint) => void; counts: Map<string, number> } {
  const kept = new Map<number, { actor: number; step: string; wrote: boolean }[]>();
  const counts = new Map<string, number>();
  const after = ({ ids, wrote, count }: Footprint): void => {
    for (let k = 0; k < count; k++) {
      const table = world.plan.tables.find(({ firstId, count: objects }) => ids[k]! >= firstId && ids[k]! < firstId + objects)!;
      if (table.layout.ghost || ['flush_mark', 'fault_injection'].includes(table.layout.name)) continue;
      const all = kept.get(ids[k]!) ?? [];
      kept.set(ids[k]!, all);
      const now = { actor: world.last.actor, step: world.table.leaves[world.last.leaf]!.step, wrote: wrote[k] !== 0 };
      const before = all.findLastIndex(({ actor }) => actor === now.actor);
      if (before >= 0 && all.length - before <= 8) {
        for (const intruder of all.slice(before + 1)) {
          if (!now.wrote && !intruder.wrote && !all[before]!.wrote) continue;
          const key = [table.layout.name, all[before]!.step, intruder.step, now.step].join(' ');
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
      all.push(now);
    }
  };
  return { after, counts };
}

it.each(['SC01', 'SC10', 'stress'])('windows of %s are what keeping everything finds', (name) => {
  let windows!: Windows;
  let slow!: ReturnType<typeof slowly>;
  watchedRun(v6_8, builtinScenario(name)!, 5, (world) => {
    windows = new Windows(new StepStream(world));
    slow = slowly(world);
    return (footprint) => {
      windows.afterStep(footprint);
      slow.after(footprint);
    };
  });
  const fast = new Map(windows.report().map(({ layout: on, before, intruder, after, times }) => [[on, before, intruder, after].join(' '), times]));
  expect(fast).toEqual(slow.counts);
  expect(windows.distinct).toBe(slow.counts.size);
  expect(windows.distinct).toBeGreaterThan(name === 'stress' ? 200 : 2);
});

it('the windows that SC01 is about are hit: a whole hole between snapshot and stale test', () => {
  const hit = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) {
    let windows!: Windows;
    watchedRun(v6_8, builtinScenario('SC01')!, seed, (world) => {
      windows = new Windows(new StepStream(world));
      return (footprint) => windows.afterStep(footprint);
    });
    for (const { layout: on, before, intruder, after } of windows.report()) if (on === 'kvm_mmu') hit.add(`${intruder} between ${before} and ${after}`);
  }
  expect([...hit]).toEqual(expect.arrayContaining(['mmu.invalidateBegin', 'mmu.advanceSeq', 'mmu.dropInProgress']
    .map((intruder) => `${intruder} between fault.snapshotSeq and fault.testStale`)));
});

it('counts of runs add up, most frequent first', () => {
  const window = (before: string, times: number): RaceWindow => ({ layout: 'spte', before, intruder: 'i', after: 'z', times });
  expect(mergeWindows([[window('a', 3), window('b', 2)], [window('b', 2), window('c', 3)]])).toEqual([window('b', 4), window('a', 3), window('c', 3)]);
});

it('tuples are counted exactly while the table grows', () => {
  const counts = new TupleCounts();
  const expected = new Map<string, number>();
  const random = new Random(1);
  for (let k = 0; k < 50_000; k++) {
    const tuple = [random.below(40), random.below(65_535), random.below(3), random.below(2)] as const;
    counts.add(tuple[0], tuple[1] % 50 === 0 ? 65_535 : tuple[1] % 50, tuple[2], tuple[3]);
    const key = [tuple[0], tuple[1] % 50 === 0 ? 65_535 : tuple[1] % 50, tuple[2], tuple[3]].join(' ');
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const found = new Map<string, number>();
  counts.forEach((a, b, c, d, times) => found.set([a, b, c, d].join(' '), times));
  expect(found).toEqual(expected);
  expect(counts.size).toBe(expected.size);
  expect(counts.size).toBeGreaterThan(5000);
});

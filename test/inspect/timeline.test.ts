// The timeline where steps lie close, and what it says under the pointer: counts of each column held against the steps themselves.

import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnOf, countWaits, densityOf, type Density } from '../../src/inspect/page/engine/density.ts';
import { mergedSteps } from '../../src/inspect/page/engine/lane-groups.ts';
import { MARK } from '../../src/inspect/page/engine/lanes.ts';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { columnParts, HIGHEST } from '../../src/inspect/page/ui/timeline-columns.ts';
import { LANE, LOCK_TOP, SCALE, type Sight } from '../../src/inspect/page/ui/timeline-sight.ts';
import { laneTexts, toldAt } from '../../src/inspect/page/ui/timeline-told.ts';

const deadlock = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));

/** A session that has been looked through. */
function looked(session: Session): Session {
  while (session.work(() => 0, 1));
  return session;
}

/** What is in sight of a session: all of its actors, so many pixels a step. */
const sightOf = (session: Session, scale: number, more: Partial<Sight> = {}): Sight => ({
  width: 1000, height: 1000, start: 1, scale, top: 0, lanes: session.lanes.steps.flatMap((steps, actor) => (steps.length > 0 ? [actor] : [])), groups: [], cursor: 0, a: 0, b: 0, selected: 0,
  cone: undefined, bad: [], noReturn: 0, ...more,
});

describe('columns of a dense lane', () => {
  let session: Session;
  beforeAll(async () => { session = looked(new Session(await openScenario({ scenario: 'stress', seed: 7, steps: 20_000 }))); });

  it('count every step, retry, exit and wait of their lanes, wherever they begin', () => {
    for (const raster of [{ start: 1, steps: 53.1, count: 377 }, { start: 4711.4, steps: 7.25, count: 300 }]) {
      const columnsAt = (steps: Iterable<number>): number[] => {
        const counts = Array.from({ length: raster.count }, () => 0);
        for (const step of steps) if (counts[columnOf(raster, step)] !== undefined) counts[columnOf(raster, step)]! += 1;
        return counts;
      };
      const { lanes, scan } = session;
      const densities = new Map(lanes.steps.map((_one, actor): [number, Density] => [actor, densityOf(lanes, [actor], raster)]));
      countWaits(scan.waits, true, raster, densities);
      let rare = 0;
      for (const [actor, { steps, retries, exits, waits, last }] of densities) {
        const marked = (mark: number): number[] => [...lanes.marked[actor]!].filter((_step, k) => (lanes.marks[actor]![k]! & mark) !== 0);
        const begun = Array.from({ length: scan.waits.count }, (_one, row) => row).filter((row) => scan.waits.get(row, 'actor') === actor).map((row) => scan.waits.get(row, 'from'));
        expect([...steps]).toEqual(columnsAt(lanes.steps[actor]!));
        expect([...retries]).toEqual(columnsAt(marked(MARK.RETRY)));
        expect([...exits]).toEqual(columnsAt(marked(MARK.EXIT)));
        expect([...waits]).toEqual(columnsAt(begun));
        expect([...last].every((step, k) => (step === 0) === (steps[k] === 0) && (step === 0 || columnOf(raster, step) === k))).toBe(true);
        rare += [...retries, ...exits, ...waits].filter((one) => one > 0).length;
      }
      expect(rare).toBeGreaterThan(20);
    }
  });

  it('of a group that is shut hold what its lanes hold', () => {
    const raster = { start: 1, steps: 100, count: 200 };
    const { lanes, scan } = session;
    const group = [1, 2, 3, 4];
    const whole = densityOf(lanes, group, raster, mergedSteps(group.map((actor) => lanes.steps[actor]!)));
    const each = group.map((actor) => densityOf(lanes, [actor], raster));
    countWaits(scan.waits, true, raster, new Map(group.map((actor) => [actor, whole])));
    countWaits(scan.waits, true, raster, new Map(group.map((actor, k) => [actor, each[k]!])));
    for (const kind of ['steps', 'retries', 'exits', 'waits'] as const) expect([...whole[kind]], kind).toEqual(Array.from(whole[kind], (_one, k) => each.reduce((sum, one) => sum + one[kind][k]!, 0)));
  });

  it('show a kind that is rare, never grow higher than their lane, and are empty only where nothing is', () => {
    fc.assert(fc.property(fc.nat(100_000), fc.tuple(fc.nat(300), fc.nat(300), fc.nat(300)), fc.nat(100_000), (steps, kinds, more) => {
      const parts = columnParts(steps, kinds, Math.max(1, steps + more));
      expect(parts.slice(1).map((one) => one >= 2)).toEqual(kinds.map((one) => one > 0));
      const whole = parts.reduce((sum, one) => sum + one, 0);
      expect(whole).toBeLessThanOrEqual(HIGHEST);
      expect(whole === 0).toBe(steps + kinds[0] + kinds[1] + kinds[2] === 0);
    }));
    // The more steps, the higher; one exit among thousands is two pixels of it.
    expect(columnParts(10_000, [0, 0, 1], 10_000)).toEqual([HIGHEST - 2, 0, 0, 2]);
    expect(columnParts(100, [0, 0, 0], 10_000)).toEqual([2, 0, 0, 0]);
  });

  it('say under the pointer what they count', () => {
    const vcpu0 = session.names.actors.indexOf('vcpu0');
    const sight = sightOf(session, 0.015, { lanes: [vcpu0], width: 300 });
    const [, from, to, steps] = /^vcpu0, steps ([\d,]+) to ([\d,]+): (\d+) steps?/.exec(toldAt(session, sight, 31, SCALE + 3))!.map((one) => one.replaceAll(',', ''));
    expect([Number(from), Number(to)]).toEqual([2001, 2200]);
    expect(Number(steps)).toBe(session.lanes.steps[vcpu0]!.filter((step) => step >= 2001 && step <= 2200).length);
    expect(laneTexts(session)[vcpu0]).toMatch(/^[\d,]+ steps, \d+ waits for locks, \d+ retries, \d+ exits$/);
  });
});

it('what lies under the pointer is said: steps, locks, waiting, where somebody stands', () => {
  const session = looked(new Session(openTrace('sc22', deadlock)));
  const sight = sightOf(session, 40);
  const at = (name: string, step: number, y = 6): string => toldAt(session, sight, (step - 1) * 40 + 20, SCALE + sight.lanes.indexOf(session.names.actors.indexOf(name)) * LANE + y);
  expect(at('hw.mf', 16)).toBe('step 16, hw.mf: MF3: folio_lock');
  expect(at('hw.mf', 17)).toBe('hw.mf is in event.check.handle.identify since step 16; its next step is 18');
  expect(at('hw.mf', 21)).toBe('hw.mf waits for invalidate_lock(inode 1) since step 18');
  expect(at('hw.mf', 17, LOCK_TOP + 2)).toBe('hw.mf holds mf_mutex, from step 9 on; folio_lock(pfn 1), from step 16 on');
  expect(at('main.gmem', 12, LOCK_TOP + 2)).toBe('main.gmem holds invalidate_lock(inode 1), from step 7 on; mmu_lock(vm 0), from step 11 to 20');
  expect(at('main', 1, LOCK_TOP + 2)).toBe('');
  expect(toldAt(session, sight, 100, 4)).toBe('');
});

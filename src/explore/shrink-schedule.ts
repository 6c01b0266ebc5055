// Makes a failing schedule smaller by trying changes of it: blocks of one actor's steps are left out, joined, moved, cut shorter.
// A change stays when the run breaks the same with fewer context switches, or as few and fewer steps.

import { switchesOf } from './player.ts';
import type { Decision, Schedule } from './schedule.ts';

/** Plays a changed schedule: the steps up to the one that breaks the same, or nothing. Need not find what takes more than `switches`, or `steps`. */
export type Trial = (schedule: Schedule, bound: Cost) => Schedule | undefined;

export interface Cost { readonly switches: number; readonly steps: number }

/** What a schedule costs. */
export const costOf = (schedule: Schedule): Cost => ({ switches: switchesOf(schedule), steps: schedule.length });

/** Fewer context switches, or as many and fewer steps. */
export const cheaper = (a: Cost, b: Cost): boolean => a.switches < b.switches || (a.switches === b.switches && a.steps < b.steps);

type Block = readonly Decision[];

/** Steps of one actor in a row. */
export function blocksOf(schedule: Schedule): Decision[][] {
  const blocks: Decision[][] = [];
  for (const decision of schedule) {
    if (blocks.at(-1)?.[0]!.actor === decision.actor) blocks.at(-1)!.push(decision);
    else blocks.push([decision]);
  }
  return blocks;
}

/** Changes of a schedule, those that take most away first. */
function* changes(blocks: readonly Block[]): Generator<Schedule> {
  const without = (from: number, count: number): Schedule => [...blocks.slice(0, from), ...blocks.slice(from + count)].flat();
  const count = blocks.length;
  // Parts of the schedule, halves first.
  for (let size = count >> 1; size > 1; size >>= 1) {
    for (let from = count - size; from >= 0; from -= size) yield without(from, size);
  }
  for (let k = count - 1; k >= 0; k--) yield without(k, 1);
  // Blocks of one actor become one, at the place of either.
  for (let k = 0; k < count; k++) {
    const next = blocks.findIndex((block, other) => other > k && block[0]!.actor === blocks[k]![0]!.actor);
    if (next < 0) continue;
    const between = blocks.slice(k + 1, next);
    yield [...blocks.slice(0, k), blocks[k]!, blocks[next]!, ...between, ...blocks.slice(next + 1)].flat();
    yield [...blocks.slice(0, k), ...between, blocks[k]!, blocks[next]!, ...blocks.slice(next + 1)].flat();
  }
  // An actor goes on here as far as it can.
  for (let k = 0; k < count; k++) {
    const rest = blocks.slice(k + 1).filter((block) => block[0]!.actor === blocks[k]![0]!.actor).flat();
    if (rest.length > 0) yield [...blocks.slice(0, k + 1), rest, ...blocks.slice(k + 1)].flat();
  }
  // The ends of blocks are left out.
  for (let k = count - 1; k >= 0; k--) {
    for (let cut = blocks[k]!.length >> 1; cut >= 1; cut >>= 1) yield [...blocks.slice(0, k), blocks[k]!.slice(0, -cut), ...blocks.slice(k + 1)].flat();
  }
  // Neighbours change places.
  for (let k = 0; k + 1 < count; k++) yield [...blocks.slice(0, k), blocks[k + 1]!, blocks[k]!, ...blocks.slice(k + 2)].flat();
  // A choice is the first that there is.
  for (let k = 0; k < count; k++) {
    for (const [n, decision] of blocks[k]!.entries()) if (decision.choice > 0) yield [...blocks.slice(0, k), blocks[k]!.with(n, { ...decision, choice: 0 }), ...blocks.slice(k + 1)].flat();
  }
}

/** Tries changes until none helps; yields behind each, with the best schedule so far. The answer is the best one. */
export function* shrinkSchedule(start: Schedule, trial: Trial): Generator<Schedule, Schedule> {
  let best = start;
  for (let improved = true; improved;) {
    improved = false;
    const cost = costOf(best);
    for (const candidate of changes(blocksOf(best))) {
      const found = trial(candidate, cost);
      if (found !== undefined && cheaper(costOf(found), cost)) {
        best = found;
        improved = true;
      }
      yield best;
      if (improved) break;
    }
  }
  return best;
}

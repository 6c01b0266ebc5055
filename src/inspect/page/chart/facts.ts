// What a chart shows of a run: how often each state was left and each line taken, which states nobody can be in, and what is different in another
// kernel's machine of the same name.

import { linesOfTransition, type Scene } from '../../../export/machines/scene.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';
import type { Records } from '../engine/records.ts';

/** Counts of a machine in a run. */
export interface Visits {
  /** By path of a state: steps that were executed in it; of a fragment, in any state of it. */
  readonly states: ReadonlyMap<string, number>;
  /** By id of a line: how often it was taken. */
  readonly lines: ReadonlyMap<string, number>;
  /** Of the leaf that was visited most. */
  readonly most: number;
}

/** How often each transition of a kernel was taken in a run, whatever the machine. */
export interface Counts {
  readonly kernel: Kernel;
  /** By leaf, then by the trace's number of the outcome. */
  readonly of: Int32Array;
  readonly outcomes: readonly string[];
}

/** Counts all steps. */
export function countSteps(kernel: Kernel, records: Records): Counts {
  const outcomes = outcomeNames(kernel.table);
  const of = new Int32Array(kernel.table.leaves.length * outcomes.length);
  for (let step = 1; step <= records.count; step++) if (records.actor(step) !== 0) of[records.leaf(step) * outcomes.length + records.outcome(step)]! += 1;
  return { kernel, of, outcomes };
}

/** What a machine's chart shows of that. */
export function visitsOf({ kernel, of, outcomes }: Counts, scene: Scene): Visits {
  const states = new Map<string, number>();
  const lines = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, count: number): void => { map.set(key, (map.get(key) ?? 0) + count); };
  for (const { number, machine, path, outcomes: own } of kernel.table.leaves) {
    if (machine !== scene.machine) continue;
    let count = 0;
    for (const name of own) {
      const taken = of[number * outcomes.length + outcomes.indexOf(name)]!;
      count += taken;
      if (taken > 0) for (const { id } of linesOfTransition(scene, path, name)) add(lines, id, taken);
    }
    if (count === 0) continue;
    for (let outer = path; ; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
      add(states, outer, count);
      if (outer === '') break;
    }
  }
  let most = 0;
  for (const { path, kind } of scene.boxes) if (kind === 'leaf') most = Math.max(most, states.get(path) ?? 0);
  return { states, lines, most };
}

/** Heat of a state, 0 for one that was never visited, else 1 to 5 by the order of its count. */
export function heatOf(count: number, most: number): number {
  if (count === 0) return 0;
  return most <= 1 ? 1 : 1 + Math.round((4 * Math.log(count)) / Math.log(most));
}

/** Paths of states that no schedule of this kernel comes to: the machine has no way there. */
export function impossibleIn(kernel: Kernel, { machine, boxes }: Scene): ReadonlySet<string> {
  const possible = new Set(['']);
  for (const { machine: of, path } of kernel.table.leaves) {
    if (of !== machine) continue;
    for (let outer = path; outer !== ''; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) possible.add(outer);
  }
  return new Set(boxes.map(({ path }) => path).filter((path) => !possible.has(path)));
}

/** How a state compares to the other kernel's. */
export type Mark = 'only here' | 'changed';

/** States of `scene` that the other one does not have, or has otherwise: another step, another description, other ways out. */
export function marksAgainst(scene: Scene, other: Scene): ReadonlyMap<string, Mark> {
  const there = describe(other);
  const marks = new Map<string, Mark>();
  for (const [path, text] of describe(scene)) {
    const against = there.get(path);
    if (against === undefined) marks.set(path, 'only here');
    else if (against !== text) marks.set(path, 'changed');
  }
  return marks;
}

/** What is compared of each state. A fragment is compared by its own words and exits, so that one changed leaf does not mark all around it. */
function describe({ boxes, lines }: Scene): Map<string, string> {
  const out = new Map<string, string[]>();
  for (const { from, labels, to, exit } of lines) out.set(from, [...(out.get(from) ?? []), `${labels.join(',')} ${exit === undefined ? to : `${to}^${exit}`}`]);
  return new Map(boxes.map(({ path, means, description }) => [path, JSON.stringify([means, description, (out.get(path) ?? []).toSorted()])]));
}

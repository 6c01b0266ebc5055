// What lies under the pointer in the timeline, in a sentence: a step, how many of which kind where they lie close, a lock, waiting, a state.

import { countWaits, densityOf, type Density } from '../engine/density.ts';
import { groupOfRow } from '../engine/lane-groups.ts';
import { firstFrom, MARK } from '../engine/lanes.ts';
import { shortSentence } from '../engine/sentence.ts';
import { eachSpan, OPEN } from '../engine/spans.ts';
import type { Session } from '../model.ts';
import { closeness, columnsOf } from './timeline-columns.ts';
import { COLUMN, LANE, LOCK_TOP, SCALE, type Sight } from './timeline-sight.ts';

const number = (value: number): string => value.toLocaleString('en');

/** So many of a kind, where there are any: `3 retries`. */
const counted = (count: number, one: string, many: string): string[] => (count === 0 ? [] : [`${number(count)} ${count === 1 ? one : many}`]);

/** Counts of kinds in words, the steps first. */
export const kindsText = (steps: number, retries: number, exits: number, waits: number): string =>
  [`${number(steps)} ${steps === 1 ? 'step' : 'steps'}`, ...counted(waits, 'wait for a lock', 'waits for locks'), ...counted(retries, 'retry', 'retries'), ...counted(exits, 'exit', 'exits')].join(', ');

/** What a lane has in the whole run: by actor, as far as the run has been looked through. */
export function laneTexts(session: Session): string[] {
  const { lanes, scan } = session;
  const waits = new Int32Array(lanes.steps.length);
  const actors = scan.waits.column('actor');
  for (let row = 0; row < scan.waits.count; row++) waits[actors[row]!]! += 1;
  return lanes.steps.map((steps, actor) => {
    const of = (mark: number): number => lanes.marks[actor]!.reduce((sum, one) => sum + ((one & mark) === 0 ? 0 : 1), 0);
    return kindsText(steps.length, of(MARK.RETRY), of(MARK.EXIT), waits[actor]!);
  });
}

/** The sentence; empty where there is nothing to say. */
export function toldAt(session: Session, sight: Sight, x: number, y: number): string {
  const row = sight.lanes[Math.floor((y - SCALE + sight.top) / LANE)];
  const step = Math.floor(sight.start + x / sight.scale);
  if (row === undefined || y < SCALE || step < 1 || step > session.length) return '';
  if (row < 0) {
    const { name, actors, steps } = sight.groups[groupOfRow(row)]!;
    return steps === undefined ? '' : denseText(session, sight, name, actors, steps, x);
  }
  const name = session.names.actors[row] ?? 'from outside';
  if (closeness(session, sight)(row)) return denseText(session, sight, name, [row], session.lanes.steps[row]!, x);
  return (y - SCALE + sight.top) % LANE >= LOCK_TOP ? locksText(session, row, name, step) : stepText(session, row, name, step);
}

function denseText(session: Session, sight: Sight, name: string, actors: readonly number[], steps: Int32Array, x: number): string {
  const all = columnsOf(sight);
  const raster = { start: all.start + Math.floor(x / COLUMN) * all.steps, steps: all.steps, count: 1 };
  const density = densityOf(session.lanes, actors, raster, steps);
  countWaits(session.scan.waits, session.scan.done, raster, new Map(actors.map((actor): [number, Density] => [actor, density])));
  const [from, to] = [Math.max(1, Math.ceil(raster.start)), Math.min(session.length, Math.ceil(raster.start + raster.steps) - 1)];
  return `${name}, ${from >= to ? `step ${number(from)}` : `steps ${number(from)} to ${number(to)}`}: ${kindsText(density.steps[0]!, density.retries[0]!, density.exits[0]!, density.waits[0]!)}`;
}

/** Locks that an actor holds behind a step. */
function locksText(session: Session, actor: number, name: string, step: number): string {
  const { holds } = session.scan;
  const held: string[] = [];
  eachSpan(holds, step, step, session.scan.done, (row) => {
    if (holds.get(row, 'actor') !== actor) return;
    const to = holds.get(row, 'to');
    held.push(`${session.names.object(holds.get(row, 'object'))}${holds.get(row, 'mode') === 1 ? '' : ', shared'}, from step ${number(holds.get(row, 'from'))} ${to === OPEN ? 'on' : `to ${number(to)}`}`);
  });
  return held.length === 0 ? '' : `${name} holds ${held.join('; ')}`;
}

/** The step under the pointer; between steps, what the actor waits for, or where it stands. */
function stepText(session: Session, actor: number, name: string, step: number): string {
  const { lanes, records, names, opened: { kernel: { table } }, scan } = session;
  const steps = lanes.steps[actor]!;
  const before = steps[firstFrom(steps, step + 1) - 1];
  if (actor === 0) return before === step ? `step ${number(step)}: something comes in from outside` : '';
  if (before === step) {
    const at = firstFrom(lanes.marked[actor]!, step);
    const mark = lanes.marked[actor]![at] === step ? lanes.marks[actor]![at]! : 0;
    const kinds = [...((mark & MARK.RETRY) === 0 ? [] : ['a retry']), ...((mark & MARK.EXIT) === 0 ? [] : ['an exit'])];
    return `step ${number(step)}, ${shortSentence(name, table.leaves[records.leaf(step)]!, names.outcomes[records.outcome(step)] ?? '')}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`;
  }
  let waiting = '';
  eachSpan(scan.waits, step, step, scan.done, (row) => {
    if (scan.waits.get(row, 'actor') === actor) waiting = `${name} waits for ${names.object(scan.waits.get(row, 'object'))} since step ${number(scan.waits.get(row, 'from'))}`;
  });
  if (waiting !== '') return waiting;
  const next = steps[firstFrom(steps, step + 1)];
  if (next === undefined) return before === undefined ? '' : `${name}: its last step is ${number(before)}`;
  return `${name} is in ${table.leaves[records.leaf(next)]!.path}${before === undefined ? '' : ` since step ${number(before)}`}; its next step is ${number(next)}`;
}

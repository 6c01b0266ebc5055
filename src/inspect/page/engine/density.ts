// How many steps of a lane, and of which kinds, lie in each column of the timeline where columns hold several: what is rare is counted apart, so that it is
// seen in however dense a crowd.

import { firstFrom, MARK, type Lanes } from './lanes.ts';
import { eachSpan, type Spans } from './spans.ts';

/** The columns: the first one begins at step `start`; steps a column. */
export interface Raster { readonly start: number; readonly steps: number; readonly count: number }

/** A lane, column by column. Kinds may overlap: a step may be a retry and begin to wait. */
export interface Density {
  readonly steps: Uint32Array;
  /** Faults that are tried again, exits to userspace, times that the actor began to wait for a lock. */
  readonly retries: Uint32Array;
  readonly exits: Uint32Array;
  readonly waits: Uint32Array;
  /** The last step in each column; 0 where there is none. */
  readonly last: Int32Array;
}

/** The column of a step; it may lie outside. */
export const columnOf = ({ start, steps }: Raster, step: number): number => Math.floor((step - start) / steps);

/** Counts the steps of one actor, or of several together whose steps are `merged`. Waits are counted by `countWaits`. */
export function densityOf({ steps: lists, marked, marks }: Lanes, actors: readonly number[], columns: Raster, merged: Int32Array = lists[actors[0]!]!): Density {
  const { start, steps, count } = columns;
  const zero = (): Uint32Array => new Uint32Array(count);
  const density: Density = { steps: zero(), retries: zero(), exits: zero(), waits: zero(), last: new Int32Array(count) };
  for (let k = 0, at = firstFrom(merged, Math.max(1, Math.ceil(start))); k < count && at < merged.length; k++) {
    const next = firstFrom(merged, start + (k + 1) * steps, at);
    density.steps[k] = next - at;
    if (next > at) density.last[k] = merged[next - 1]!;
    at = next;
  }
  for (const actor of actors) {
    const list = marked[actor]!;
    for (let k = firstFrom(list, Math.max(1, Math.ceil(start))); k < list.length; k++) {
      const column = columnOf(columns, list[k]!);
      if (column >= count) break;
      const mark = marks[actor]![k]!;
      if ((mark & MARK.RETRY) !== 0) density.retries[column]! += 1;
      if ((mark & MARK.EXIT) !== 0) density.exits[column]! += 1;
    }
  }
  return density;
}

/** Counts the times that actors begin to wait, into those densities that they belong to. `whole`: the run has been looked through. */
export function countWaits(waits: Spans, whole: boolean, columns: Raster, of: ReadonlyMap<number, Density>): void {
  const [actors, from] = [waits.column('actor'), waits.column('from')];
  eachSpan(waits, columns.start, columns.start + columns.count * columns.steps, whole, (row) => {
    const column = columnOf(columns, from[row]!);
    const density = of.get(actors[row]!);
    if (density !== undefined && column >= 0 && column < columns.count) density.waits[column]! += 1;
  });
}

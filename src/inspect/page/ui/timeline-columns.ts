// Columns of pixels for lanes in which steps lie so close that one holds several: when that is so, and how high what is in a column stands.

import type { Raster } from '../engine/density.ts';
import { firstFrom } from '../engine/lanes.ts';
import type { Session } from '../model.ts';
import { COLUMN, LANE, type Sight } from './timeline-sight.ts';

/** The columns that are in sight. */
export const columnsOf = ({ width, start, scale }: Pick<Sight, 'width' | 'start' | 'scale'>): Raster => ({ start, steps: COLUMN / scale, count: Math.ceil(width / COLUMN) });

/** Steps for each pixel of a lane from which on they lie close; and where those of another lane do, so that both look alike. */
const CLOSE = 1.5, RATHER_CLOSE = 0.15;

/** Tells whether the steps of an actor lie close, in what is in sight. */
export function closeness(session: Session, { width, start, scale, lanes }: Pick<Sight, 'width' | 'start' | 'scale' | 'lanes'>): (actor: number) => boolean {
  const inSight = (actor: number): number => {
    const steps = session.lanes.steps[actor]!;
    const first = firstFrom(steps, Math.max(1, Math.floor(start) - 1));
    return firstFrom(steps, start + width / scale + 1, first) - first;
  };
  const least = width * (lanes.some((actor) => actor >= 0 && inSight(actor) > width * CLOSE) ? RATHER_CLOSE : CLOSE);
  return (actor) => inSight(actor) > least;
}

/** Pixels of the highest column, of a column that has anything in it, and of a kind that is in it. */
export const HIGHEST = LANE - 12;
const LOWEST = 2, KIND = 2;

/** Height of a column that has nothing rare in it. */
export const columnHeight = (steps: number, most: number): number => (steps === 0 ? 0 : Math.max(LOWEST, Math.round(Math.sqrt(steps / most) * HIGHEST)));

/** Heights of the parts of a column from its foot up: the rest, waits, retries, exits. `most`: steps of the fullest column. */
export function columnParts(steps: number, kinds: readonly number[], most: number): number[] {
  if (steps === 0 && kinds.every((one) => one === 0)) return [0, ...kinds.map(() => 0)];
  const whole = columnHeight(steps, most);
  const parts = kinds.map((one) => (one === 0 ? 0 : Math.max(KIND, Math.round(Math.min(1, one / Math.max(1, steps)) * whole))));
  const own = parts.reduce((sum, one) => sum + one, 0);
  // Kinds may overlap: what is too much is taken from the largest.
  for (let over = own - HIGHEST; over > 0; over--) parts[parts.indexOf(Math.max(...parts))]! -= 1;
  return [Math.max(0, whole - own), ...parts];
}

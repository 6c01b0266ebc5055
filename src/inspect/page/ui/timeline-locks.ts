// Locks that are held, as bars below the steps with their names as far as there is room; what an actor waits for, hatched.

import type { Density } from '../engine/density.ts';
import { eachSpan, OPEN, type Spans } from '../engine/spans.ts';
import type { Session } from '../model.ts';
import { fitting, type Paint } from './paint.ts';
import type { Palette } from './palette.ts';
import { BAND, BAND_TOP, COLUMN, LOCK, LOCK_TOP, xOf, type Lane, type Sight } from './timeline-sight.ts';

/** Size of the names, and the least room that one is written into. */
const SIZE = 9, ROOM = 46;

interface Bar { readonly x1: number; readonly x2: number; readonly y: number; readonly row: number }

/** Draws locks and waiting. In dense lanes columns count who begins to wait: only long waiting is hatched there. */
export function drawLocks(paint: Paint, session: Session, sight: Sight, lanes: readonly Lane[], dense: ReadonlyMap<number, Density>, palette: Palette): void {
  const { scan, names } = session;
  const bars = barsOf(session, sight, lanes, scan.holds);
  for (const { x1, x2, y, row } of bars) {
    // One within another is seen: what is held beside it shines through, and its beginning has an edge.
    paint.rect(x1, y + LOCK_TOP, x2 - x1, LOCK, palette.lock, scan.holds.get(row, 'mode') === 1 ? 0.55 : 0.3);
    if (x2 - x1 > 3) paint.rect(x1, y + LOCK_TOP, 1, LOCK, palette.lock);
  }
  // A name ends where the next lock of its lane begins.
  const nextOf = new Map<number, number>();
  for (const { x1, x2, y, row } of bars.toReversed()) {
    const room = Math.min(x2, nextOf.get(y) ?? Infinity) - x1 - 5;
    nextOf.set(y, x1);
    if (room < ROOM) continue;
    const name = fitting(names.object(scan.holds.get(row, 'object')), room, SIZE);
    paint.text(x1 + 3, y + LOCK_TOP + LOCK / 2 + 0.5, name, palette.text, room, SIZE);
  }
  const ofLane = new Map(lanes.map(({ actor, y }) => [y, actor]));
  for (const { x1, x2, y } of barsOf(session, sight, lanes, scan.waits)) {
    if (dense.has(ofLane.get(y)!) && x2 - x1 < 3 * COLUMN) continue;
    for (let x = x1; x < x2; x += 4) paint.rect(x, y + BAND_TOP + 3, Math.min(2, x2 - x), BAND - 6, palette.wait);
  }
}

/** What of these spans is in sight. What would be drawn over what is there already is left out. */
function barsOf(session: Session, sight: Sight, lanes: readonly Lane[], spans: Spans): Bar[] {
  const { width, start, scale } = sight;
  const { scan, length } = session;
  const yOf = new Map(lanes.map(({ actor, y }) => [actor, y]));
  const lastX = new Map<number, number>();
  const [actors, from, to] = [spans.column('actor'), spans.column('from'), spans.column('to')];
  const bars: Bar[] = [];
  eachSpan(spans, start, start + width / scale + 1, scan.done, (row) => {
    const y = yOf.get(actors[row]!);
    if (y === undefined) return;
    const x1 = Math.max(0, xOf(sight, from[row]!));
    const x2 = Math.min(width, to[row] === OPEN ? xOf(sight, length) + scale / 2 : xOf(sight, to[row]!));
    if (x2 - x1 < 2 && x1 - (lastX.get(actors[row]!) ?? -9) < 2) return;
    lastX.set(actors[row]!, x1);
    bars.push({ x1, x2: Math.max(x1 + 1, x2), y, row });
  });
  return bars;
}

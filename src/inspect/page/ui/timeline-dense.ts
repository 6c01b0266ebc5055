// Lanes in which steps lie so close that a column of pixels has several: its height says how many there are, against the fullest column in sight; what is
// rare among them, waiting, retries, exits, stands above the rest, never less than two pixels high.

import { groupOfRow } from '../engine/lane-groups.ts';
import { countWaits, densityOf, type Density } from '../engine/density.ts';
import type { Session } from '../model.ts';
import type { Layer, Paint } from './paint.ts';
import type { Palette } from './palette.ts';
import { closeness, columnHeight, columnParts, columnsOf, HIGHEST } from './timeline-columns.ts';
import { COLUMN, type Lane, type Sight } from './timeline-sight.ts';

/** Rows of which columns are drawn, with what is in them: groups that are shut, and lanes that are dense. */
export function denseRows(session: Session, sight: Sight, rows: readonly Lane[]): Map<number, Density> {
  const columns = columnsOf(sight);
  const isClose = closeness(session, sight);
  const found = new Map<number, Density>();
  const byActor = new Map<number, Density>();
  for (const { actor: row } of rows) {
    const group = row < 0 ? sight.groups[groupOfRow(row)]! : undefined;
    if (group === undefined ? !isClose(row) : group.steps === undefined) continue;
    const actors = group?.actors ?? [row];
    const density = densityOf(session.lanes, actors, columns, group?.steps);
    found.set(row, density);
    for (const actor of actors) byActor.set(actor, density);
  }
  if (byActor.size > 0) countWaits(session.scan.waits, session.scan.done, columns, byActor);
  return found;
}

/** Draws rows of columns. */
export function drawDense(paint: Paint, session: Session, dense: ReadonlyMap<number, Density>, rows: readonly Lane[], colors: Int8Array, palette: Palette): void {
  const most = Math.max(1, ...[...dense.values()].map(({ steps }) => steps.reduce((high, one) => Math.max(high, one), 0)));
  const shades = [...palette.pale, palette.paleDim, palette.wait, palette.warn, palette.text];
  const first = palette.pale.length;
  for (const { actor: row, y } of rows) {
    const density = dense.get(row);
    if (density === undefined) continue;
    const { steps, waits, retries, exits, last } = density;
    const layers: Layer[] = Array.from({ length: 4 }, (_one, k) => ({ heights: new Uint8Array(steps.length), colors: new Uint8Array(steps.length).fill(first + k) }));
    for (let k = 0; k < steps.length; k++) {
      // Most columns have nothing rare in them.
      if (waits[k] === 0 && retries[k] === 0 && exits[k] === 0) layers[0]!.heights[k] = columnHeight(steps[k]!, most);
      else columnParts(steps[k]!, [waits[k]!, retries[k]!, exits[k]!], most).forEach((height, part) => { layers[part]!.heights[k] = height; });
      const color = last[k] === 0 || session.records.actor(last[k]!) === 0 ? -1 : colors[session.records.leaf(last[k]!)] ?? -1;
      if (color >= 0) layers[0]!.colors[k] = color;
    }
    paint.bars(y + 1 + HIGHEST, COLUMN, layers, shades);
  }
}

// Draws the timeline: a lane for each actor with its states and steps, the locks that it holds, what it waits for; arrows of messages; marks.
// However many steps are in sight, a lane costs about its width.

import { groupOfRow } from '../engine/lane-groups.ts';
import { firstFrom, MARK } from '../engine/lanes.ts';
import { MESSAGE } from '../engine/message-watch.ts';
import { RELATION, type Cone } from '../engine/cone.ts';
import { outcome as outcomeNumber } from '../../../memory/outcome.ts';
import type { Session } from '../model.ts';
import type { Paint } from './paint.ts';
import { colorOf, type Palette } from './palette.ts';
import { denseRows, drawDense } from './timeline-dense.ts';
import { drawLocks } from './timeline-locks.ts';
import { BAND, BAND_TOP, LANE, SCALE, xOf, type Lane, type Sight } from './timeline-sight.ts';

const NO_STEPS = new Int32Array(0);
/** Arrows in sight at most. */
const MOST_ARROWS = 300;

/** Colour of each leaf, by number; -1: it rests there. */
export function leafColors(session: Session): Int8Array {
  return Int8Array.from(session.opened.kernel.table.leaves, (leaf) => (leaf.idle || leaf.final ? -1 : colorOf(leaf.within.at(-1)?.fragment ?? leaf.machine)));
}

/** Draws everything. */
export function drawTimeline(paint: Paint, session: Session, sight: Sight, colors: Int8Array, palette: Palette): void {
  const { width, height, lanes, top, cursor } = sight;
  paint.rect(0, 0, width, height, palette.panel);
  const visible = lanes.map((actor, k) => ({ actor, y: SCALE + k * LANE - top })).filter(({ y }) => y > SCALE - LANE && y < height);
  for (const { actor, y } of visible) if (actor === sight.selected && actor > 0 || actor < 0) paint.rect(0, y, width, LANE, actor < 0 ? palette.ground : palette.row);
  for (const { y } of visible) paint.line(0, y + LANE - 0.5, width, y + LANE - 0.5, palette.line);
  const dense = denseRows(session, sight, visible);
  drawDense(paint, session, dense, visible, colors, palette);
  for (const { actor, y } of visible) if (actor >= 0 && !dense.has(actor)) drawLane(paint, session, sight, actor, y, colors, palette);
  drawLocks(paint, session, sight, visible, dense, palette);
  drawArrows(paint, session, sight, withShut(sight, visible), palette);
  const labels: Taken[] = [];
  const mark = (step: number, color: string, label: string, dash: readonly number[] = []): void => {
    const x = xOf(sight, step);
    if (step < 1 || x < -60 || x > width + 2) return;
    paint.line(x, 0, x, height, color, 1.5, dash);
    if (label === '') return;
    // Beside its line, on the side where there is room.
    const room = label.length * 6.2;
    const at = x + 3 + room <= width ? x + 3 : x - 3 - room;
    labels.push({ from: at, to: at + room });
    paint.rect(at - 1, 1, room, SCALE - 3, palette.ground);
    paint.text(at, SCALE / 2, label, color);
  };
  paint.rect(0, 0, width, SCALE, palette.ground);
  for (const step of sight.bad) mark(step, palette.bad, 'violation');
  mark(sight.noReturn, palette.warn, 'no return', [2, 3]);
  mark(sight.a, palette.accent, 'A', [4, 3]);
  mark(sight.b, palette.accent, 'B', [4, 3]);
  mark(cursor, palette.accent, '');
  if (cursor > 0) paint.rect(xOf(sight, cursor) - 3, SCALE - 5, 6, 5, palette.accent);
  drawScale(paint, session, sight, labels, palette);
}

/** The visible lanes, and those of shut groups at the rows of these. */
const withShut = ({ groups }: Sight, visible: readonly Lane[]): Lane[] => visible.flatMap((lane) => {
  const group = lane.actor < 0 ? groups[groupOfRow(lane.actor)]! : undefined;
  return group === undefined ? [lane] : group.steps === undefined ? [] : group.actors.map((actor) => ({ actor, y: lane.y }));
});

function drawLane(paint: Paint, session: Session, sight: Sight, actor: number, y: number, colors: Int8Array, palette: Palette): void {
  const { width, start, scale, cone } = sight;
  const steps = session.lanes.steps[actor]!;
  const first = firstFrom(steps, Math.max(1, Math.floor(start) - 1));
  const end = firstFrom(steps, start + width / scale + 1, first);
  drawSteps(paint, session, sight, actor, steps, Math.max(0, first - 1), Math.min(steps.length, end + 1), y, colors, palette);
  const { marked, marks } = session.lanes;
  const list = marked[actor]!;
  for (let k = firstFrom(list, start - 1); k < list.length; k++) {
    const x = xOf(sight, list[k]!);
    if (x > width) break;
    if (cone !== undefined && !inCone(cone, list[k]!)) continue;
    // A retry points down, back into the chart; an exit up, out of the kernel.
    const retry = (marks[actor]![k]! & MARK.RETRY) !== 0;
    for (let row = 0; row < 3; row++) paint.rect(x - (retry ? 3 - row : row + 1), y + row, 2 * (retry ? 3 - row : row + 1), 1, retry ? palette.warn : palette.text);
  }
}

/** Belongs to what led to the step under the cursor, or to what it led to; what is outside of the window is told apart from nothing. */
const inCone = (cone: Cone, step: number): boolean => step >= cone.from && step <= cone.to && cone.relation[step - cone.from] !== RELATION.CONCURRENT;

function drawSteps(paint: Paint, session: Session, sight: Sight, actor: number, steps: Int32Array, first: number, end: number, y: number, colors: Int8Array, palette: Palette): void {
  const { records, opened: { kernel: { table } } } = session;
  const { width, scale, cone } = sight;
  for (let k = first; k < end; k++) {
    const step = steps[k]!;
    const x = xOf(sight, step);
    const half = Math.max(0.75, Math.min(scale * 0.46, 40));
    const dim = cone !== undefined && !inCone(cone, step) ? 0.18 : 1;
    const after = k + 1 < steps.length ? records.leaf(steps[k + 1]!) : leafAfter(session, step);
    const state = actor === 0 ? -1 : colors[after] ?? -1;
    const until = k + 1 < steps.length ? xOf(sight, steps[k + 1]!) : width;
    if (state >= 0 && until > x) paint.rect(Math.max(0, x), y + BAND_TOP + 2, Math.min(width, until) - Math.max(0, x), BAND - 4, palette.states[state]!, 0.3 * dim);
    const own = actor === 0 ? -1 : colors[records.leaf(step)] ?? -1;
    paint.rect(x - half, y + BAND_TOP, half * 2, BAND, own < 0 ? palette.dim : palette.states[own]!, dim);
    if (half >= 26) paint.text(x - half + 3, y + BAND_TOP + BAND / 2, actor === 0 ? 'in' : table.leaves[records.leaf(step)]!.step.replace(/^.*\./, ''), palette.ground, half * 2 - 4);
  }
}

/** State of an actor behind its last step. */
function leafAfter(session: Session, step: number): number {
  const { records, opened: { kernel: { table } }, names } = session;
  if (records.actor(step) === 0) return -1;
  return table.next[records.leaf(step) * table.width + outcomeNumber(names.outcomes[records.outcome(step)] ?? 'ok')] ?? -1;
}

function drawArrows(paint: Paint, session: Session, sight: Sight, lanes: readonly Lane[], palette: Palette): void {
  const { width, start, scale, cursor, height } = sight;
  const { list } = session.scan.messages;
  const [from, to, sent, received, kind] = [list.column('from'), list.column('to'), list.column('sent'), list.column('received'), list.column('kind')];
  const yOf = new Map(lanes.map(({ actor, y }) => [actor, y + BAND_TOP + BAND / 2]));
  const until = start + width / scale + 1;
  // Rows are in the order in which they were sent.
  let low = 0;
  for (let high = list.count; low < high;) {
    const middle = (low + high) >>> 1;
    if (sent[middle]! < start - 2000) low = middle + 1;
    else high = middle;
  }
  const rows: number[] = [];
  for (let row = low; row < list.count && sent[row]! <= until; row++) {
    if (received[row] !== 0 && received[row]! < start) continue;
    rows.push(row);
    if (rows.length > MOST_ARROWS) break;
  }
  const ofCursor = rows.length > MOST_ARROWS ? (row: number): boolean => sent[row] === cursor || received[row] === cursor : () => true;
  for (const row of rows) {
    if (!ofCursor(row)) continue;
    const [y1, y2] = [yOf.get(from[row]!) ?? (from[row] === 0 ? SCALE : undefined), yOf.get(to[row]!)];
    if (y1 === undefined || y2 === undefined) continue;
    const x1 = xOf(sight, sent[row]!);
    const x2 = received[row] === 0 ? x1 + Math.max(10, scale) : xOf(sight, received[row]!);
    if (x2 < 0 || x1 > width || y1 < SCALE || y2 < SCALE || y1 > height || y2 > height) continue;
    const chosen = sent[row] === cursor || received[row] === cursor;
    const color = chosen ? palette.accent : palette.message;
    paint.line(x1, y1, x2, y2, color, chosen ? 2 : 1, received[row] === 0 || kind[row] !== MESSAGE.MAIL ? [3, 3] : []);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    for (const side of [-0.4, 0.4]) paint.line(x2, y2, x2 - 6 * Math.cos(angle + side), y2 - 6 * Math.sin(angle + side), color, chosen ? 2 : 1);
  }
}

/** Pixels of the scale that a label has. */
interface Taken { readonly from: number; readonly to: number }

/** Numbers of steps above the lanes, where no label stands. */
function drawScale(paint: Paint, session: Session, sight: Sight, labels: readonly Taken[], palette: Palette): void {
  const { width, start, scale } = sight;
  const least = 80 / scale;
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const every = Math.max(1, [1, 2, 5, 10].map((k) => k * magnitude).find((one) => one >= least) ?? least);
  for (let step = Math.ceil(Math.max(1, start) / every) * every; step <= session.length; step += every) {
    const x = xOf(sight, step);
    if (x > width) break;
    paint.line(x, SCALE - 4, x, SCALE, palette.dim);
    const number = step.toLocaleString('en');
    const right = x + 3 + number.length * 6.2;
    if (right <= width && !labels.some(({ from, to }) => from < right + 3 && to > x)) paint.text(x + 3, SCALE / 2, number, palette.dim);
  }
}

/** Draws how much there is over the whole run: does not change as long as the run does not. */
export function drawOverview(paint: Paint, session: Session, { width, height }: { width: number; height: number }, { lanes, groups }: Pick<Sight, 'lanes' | 'groups'>, palette: Palette): void {
  paint.rect(0, 0, width, height, palette.ground);
  const perPixel = session.length / width;
  lanes.forEach((actor, k) => {
    const steps = actor < 0 ? groups[groupOfRow(actor)]!.steps ?? NO_STEPS : session.lanes.steps[actor]!;
    const y = (k / lanes.length) * height;
    for (let x = 0, at = 0; x < width; x += 2) {
      const next = firstFrom(steps, (x + 2) * perPixel + 1, at);
      if (next > at) paint.rect(x, y, 2, Math.max(1, height / lanes.length - 0.5), palette.dim, Math.min(0.9, 0.25 + (next - at) / (2 * perPixel)));
      at = next;
    }
  });
}

/** Draws over it which part is in sight, and marks. */
export function drawMinimap(paint: Paint, session: Session, { width, height }: { width: number; height: number }, sight: Sight, palette: Palette): void {
  const x = (step: number): number => (step / Math.max(1, session.length)) * width;
  const left = x(Math.max(0, sight.start - 1));
  paint.rect(left, 0, Math.max(3, x(sight.width / sight.scale)), height, palette.accent, 0.2);
  for (const step of sight.bad) paint.rect(x(step) - 1, 0, 3, height, palette.bad);
  for (const step of [sight.a, sight.b]) if (step > 0) paint.rect(x(step), 0, 1, height, palette.accent);
  paint.rect(x(sight.cursor) - 0.5, 0, 1.5, height, palette.accent);
}

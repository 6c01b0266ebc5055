// The timeline: names of actors, lanes on a canvas, a map of the whole run below. Zoom with the wheel or + and -, scroll by dragging,
// click to stand at a step.

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { groupOfRow, groupsOf, mergedSteps, rowsOf } from '../engine/lane-groups.ts';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';
import { CanvasPaint, SvgPaint } from './paint.ts';
import type { Palette } from './palette.ts';
import { offerPicture } from './pictures.ts';
import { drawMinimap, drawOverview, drawTimeline, leafColors } from './timeline-draw.ts';
import { LANE, SCALE, type Sight } from './timeline-sight.ts';
import { laneTexts, toldAt } from './timeline-told.ts';

/** Pixels of a step at most. */
const MOST_SCALE = 90;
const MINIMAP = 30;

/** What is in sight, kept from drawing to drawing. */
export interface Window { start: number; scale: number; top: number; width: number; height: number }

/** Commands for others: keys. */
export interface TimelineControl { zoom(factor: number): void; reveal(step: number): void; fit(): void }

interface Props { readonly session: Session; readonly view: View; readonly palette: Palette; readonly noReturn: number; readonly control: { current: TimelineControl | undefined } }

/** Actors that have a lane: those that step, and the outside if something came in. */
export const lanesOf = (session: Session): number[] => session.lanes.steps.flatMap((steps, actor) => (steps.length > 0 ? [actor] : []));

/** The timeline. */
export function Timeline({ session, view, palette, noReturn, control }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const overview = useRef({ stamp: '', canvas: document.createElement('canvas') });
  const gutter = useRef<HTMLDivElement>(null);
  const seen = useRef<Window>({ start: 1, scale: 0, top: 0, width: 0, height: 0 });
  const colors = useMemo(() => leafColors(session), [session]);
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const actors = useMemo(() => lanesOf(session), [session, session.version]);
  const named = useMemo(() => groupsOf(session.opened.topology, actors), [session, actors]);
  const groups = useMemo(() => named.map((group) => ({ ...group, steps: shut.has(group.name) ? mergedSteps(group.actors.map((one) => session.lanes.steps[one]!)) : undefined })), [named, shut]);
  const lanes = useMemo(() => rowsOf(named, actors, shut), [named, actors, shut]);
  const toggle = (name: string): void => setShut(new Set(shut.has(name) ? [...shut].filter((one) => one !== name) : [...shut, name]));
  const { actor, a, b, cone } = view.now;
  const texts = useMemo(() => laneTexts(session), [session, session.version, session.scan.done]);
  const told = useRef<HTMLParagraphElement>(null);
  const sight = (): Sight => ({
    ...seen.current, lanes, groups, cursor: session.at, a, b, selected: actor, cone: cone ? session.cone() : undefined,
    bad: session.verdicts().flatMap(({ step }) => (step === undefined ? [] : [step])), noReturn,
  });

  const draw = (): void => {
    const element = canvas.current;
    const map = minimap.current;
    if (element === null || map === null || seen.current.width === 0) return;
    const now = sight();
    drawTimeline(paintOn(element, now.width, now.height), session, now, colors, palette);
    const small = paintOn(map, now.width, MINIMAP);
    const stamp = `${now.width} ${session.version} ${lanes.length} ${[...shut].join(' ')} ${palette.dim}`;
    if (overview.current.stamp !== stamp) {
      drawOverview(paintOn(overview.current.canvas, now.width, MINIMAP), session, { width: now.width, height: MINIMAP }, now, palette);
      overview.current.stamp = stamp;
    }
    map.getContext('2d')!.drawImage(overview.current.canvas, 0, 0, now.width, MINIMAP);
    drawMinimap(small, session, { width: now.width, height: MINIMAP }, now, palette);
    if (gutter.current !== null) gutter.current.scrollTop = now.top;
  };
  const drawRef = useRef(draw);
  drawRef.current = draw;
  const asked = useRef(0);
  const soon = (): void => { asked.current ||= requestAnimationFrame(() => { asked.current = 0; drawRef.current(); }); };

  const bounded = (): void => {
    const now = seen.current;
    const least = Math.min(MOST_SCALE, now.width / Math.max(1, session.length + 2));
    now.scale = Math.max(least, Math.min(MOST_SCALE, now.scale));
    now.start = Math.max(0, Math.min(session.length + 2 - now.width / now.scale, now.start));
    if (now.start < 0) now.start = 0;
    now.top = Math.max(0, Math.min(lanes.length * LANE + SCALE - now.height, now.top));
  };
  const zoomAt = (factor: number, x: number): void => {
    const now = seen.current;
    const step = now.start + x / now.scale;
    now.scale *= factor;
    bounded();
    now.start = step - x / now.scale;
    bounded();
    soon();
  };
  const reveal = (step: number): void => {
    const now = seen.current;
    if (now.width === 0) return;
    const x = (step - now.start) * now.scale;
    if (x < 30 || x > now.width - 60) now.start = step - now.width / now.scale * (x < 30 ? 0.3 : 0.7);
    bounded();
    soon();
  };
  control.current = {
    zoom: (factor) => zoomAt(factor, Math.max(0, Math.min(seen.current.width, (session.at - seen.current.start) * seen.current.scale))),
    reveal,
    fit: () => {
      seen.current.scale = 0;
      bounded();
      soon();
    },
  };

  // The first look: all of a short run; of a long one, the surroundings of the cursor.
  useEffect(() => {
    const element = canvas.current!;
    const sized = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      const first = seen.current.width === 0;
      seen.current.width = width;
      seen.current.height = height;
      if (first) {
        seen.current.scale = Math.max(width / (session.length + 2), Math.min(12, width / 120));
        bounded();
        reveal(session.at);
      }
      bounded();
      soon();
    });
    sized.observe(element);
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const now = seen.current;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) now.start += (event.deltaX || event.deltaY) / now.scale;
      else if (event.altKey) now.top += event.deltaY;
      else {
        zoomAt(Math.exp(-event.deltaY / 400), event.offsetX);
        return;
      }
      bounded();
      soon();
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      sized.disconnect();
      element.removeEventListener('wheel', wheel);
      cancelAnimationFrame(asked.current);
    };
  }, [session]);
  useEffect(() => reveal(session.at), [session, session.at, session.version]);
  useEffect(() => draw());

  const stepAt = (x: number): number => Math.max(1, Math.min(session.length, Math.floor(seen.current.start + x / seen.current.scale)));
  const press = (event: PointerEvent): void => {
    const element = event.currentTarget as HTMLElement;
    const from = { x: event.clientX, y: event.clientY, start: seen.current.start, top: seen.current.top };
    let moved = false;
    element.setPointerCapture(event.pointerId);
    const move = (next: PointerEvent): void => {
      if (!moved && Math.hypot(next.clientX - from.x, next.clientY - from.y) < 4) return;
      moved = true;
      seen.current.start = from.start - (next.clientX - from.x) / seen.current.scale;
      seen.current.top = from.top - (next.clientY - from.y);
      bounded();
      soon();
    };
    const up = (): void => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      if (moved) return;
      const lane = lanes[Math.floor((event.offsetY - SCALE + seen.current.top) / LANE)];
      if (lane !== undefined && lane >= 0 && event.offsetY > SCALE) view.set({ actor: lane });
      session.go(nearest(session, lane, stepAt(event.offsetX), 8 / seen.current.scale));
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
  };
  /** Says what lies under the pointer, beside it. */
  const tell = (event: PointerEvent): void => {
    const element = told.current!;
    const { offsetX: x, offsetY: y } = event;
    const text = event.buttons === 0 ? toldAt(session, sight(), x, y) : '';
    element.hidden = text === '';
    if (element.hidden) return;
    element.textContent = text;
    element.style.left = `${Math.max(0, Math.min(x + 12, seen.current.width - element.offsetWidth - 4))}px`;
    element.style.top = `${y + 18 + element.offsetHeight <= seen.current.height + MINIMAP ? y + 18 : y - element.offsetHeight - 8}px`;
  };
  const hush = (): void => { told.current!.hidden = true; };
  const pressMap = (event: PointerEvent): void => {
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    const move = (next: { offsetX: number }): void => {
      seen.current.start = (next.offsetX / seen.current.width) * session.length - seen.current.width / seen.current.scale / 2;
      bounded();
      soon();
    };
    const up = (): void => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
    };
    move(event);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
  };

  offerPicture('timeline', () => {
    const now = { ...sight(), height: SCALE + lanes.length * LANE, top: 0 };
    const paint = new SvgPaint();
    drawTimeline(paint, session, now, colors, palette);
    lanes.forEach((row, k) => paint.text(4, SCALE + k * LANE + LANE / 2 - 8, row < 0 ? groups[groupOfRow(row)]!.name : session.names.actors[row] ?? '', palette.dim));
    return paint.svg(now.width, now.height);
  });

  return (
    <section class="timeline" id="timeline" aria-label="Timeline" style={{ '--lanes': `${SCALE + lanes.length * LANE + MINIMAP + 4}px` }}>
      <div class="gutter" ref={gutter}>
        <div class="gutter-head">{actors.length} actors</div>
        {lanes.map((row) => {
          const group = row < 0 ? named[groupOfRow(row)]! : undefined;
          return group !== undefined
            ? <button key={row} type="button" class="lane-name group" aria-expanded={!shut.has(group.name)} onClick={() => toggle(group.name)} title="shows or hides the lanes of the group">{group.name}<span class="dim">, {group.actors.length} {group.actors.length === 1 ? 'actor' : 'actors'}</span></button>
            : <button key={row} type="button" class={row === actor ? 'lane-name chosen' : 'lane-name'} aria-pressed={row === actor} title={`${machineOf(session, row)}; ${texts[row] ?? ''}`} onClick={() => view.set({ actor: row === actor ? 0 : row })}>{session.names.actors[row]}</button>;
        })}
      </div>
      <div class="lanes">
        <canvas ref={canvas} class="lanes-canvas" role="img" tabIndex={0} onPointerDown={press} onPointerMove={tell} onPointerLeave={hush}
          aria-label={`Lanes of ${actors.length} actors over ${session.length} steps; the cursor is at step ${session.at}. Plus and minus zoom.`} />
        <canvas ref={minimap} class="minimap" aria-hidden="true" onPointerDown={pressMap} />
        <p ref={told} class="lanes-told" hidden aria-hidden="true" />
      </div>
    </section>
  );
}

const machineOf = (session: Session, number: number): string => (number === 0 ? 'what comes in from outside' : `machine ${session.opened.topology.actors[number - 1]!.machine}`);

/** The step of a lane that is nearest, if one is near; else the step itself. */
function nearest(session: Session, lane: number | undefined, step: number, within: number): number {
  const steps = lane === undefined || lane < 0 ? undefined : session.lanes.steps[lane];
  if (steps === undefined || steps.length === 0) return step;
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  const near = [steps[low - 1], steps[low]].filter((one) => one !== undefined).toSorted((x, y) => Math.abs(x - step) - Math.abs(y - step))[0];
  return near !== undefined && Math.abs(near - step) <= Math.max(0.6, within) ? near : step;
}

function paintOn(canvas: HTMLCanvasElement, width: number, height: number): CanvasPaint {
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return new CanvasPaint(context);
}

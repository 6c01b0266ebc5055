// One machine, drawn as the build has laid it out: what is still, and over it where the actor is, the way that it came, what is pointed at. Wheel
// and drag, or + - 0 and the arrow keys with Shift, move it; arrow keys go from state to state.

import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { linesOfTransition, type Scene, type SceneBox } from '../../../export/machines/scene.ts';
import { fitted, following, moved, transform, zoomed, type Camera, type Size } from './camera.ts';
import { Drawing, defId, pathData } from './drawing.tsx';
import type { Mark, Visits } from './facts.ts';

export interface ChartProps {
  /** Unlike that of any other chart in the page. */
  readonly id: string;
  readonly scene: Scene;
  /** What it is for who hears it only. */
  readonly label: string;
  /** Leaf that the actor is in; nothing when no actor of this machine is looked at. */
  readonly active: string | undefined;
  /** The transition that was taken last, and the step in which; a new number lets it be drawn again. */
  readonly last: { readonly leaf: string; readonly outcome: string; readonly step: number } | undefined;
  /** Nothing where the run is of another kernel. */
  readonly visits: Visits | undefined;
  readonly impossible: ReadonlySet<string>;
  readonly marks?: ReadonlyMap<string, Mark> | undefined;
  /** It can go no further now. */
  readonly blocked: boolean;
  /** The active state stays in sight. */
  readonly follow: boolean;
  /** A state is pointed at, or none is. */
  readonly onState: (box: SceneBox | undefined) => void;
  /** A state was chosen: a double click, or Enter. */
  readonly onChoose: (box: SceneBox) => void;
  /** It was moved by hand. */
  readonly onMove: () => void;
  /** Counts up when all of it is wanted in sight. */
  readonly fit: number;
}

/** Pixels that a key moves it. */
const STRIDE = 60;

/** The chart. */
export function Chart({ id, scene, label, active, last, visits, impossible, marks, blocked, follow, onState, onChoose, onMove, fit }: ChartProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [camera, setCamera] = useState<Camera>(() => fitted(scene, { width: 400, height: 300 }));
  const [chosen, setChosen] = useState<string>();
  const boxes = useMemo(() => new Map(scene.boxes.map((one) => [one.path, one])), [scene]);
  const order = useMemo(() => scene.boxes.filter(({ kind }) => kind !== 'final'), [scene]);

  useEffect(() => {
    const element = frame.current!;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => { if (size.width > 0) setCamera(fitted(scene, size)); }, [scene, fit, size.width > 0]);
  useEffect(() => {
    const box = active === undefined ? undefined : boxes.get(active);
    if (follow && box !== undefined && size.width > 0) setCamera((now) => following(now, box.at, size));
  }, [active, follow, boxes, size]);

  const pointAt = (path: string | undefined): void => {
    setChosen(path);
    onState(path === undefined ? undefined : boxes.get(path));
  };
  const pathUnder = (event: Event): string | undefined => (event.target as Element).closest<SVGGElement>('g.state')?.dataset['path'];

  // A listener of its own: only so can it keep the page from scrolling.
  useEffect(() => {
    const element = frame.current!;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      onMove();
      setCamera((now) => zoomed(now, Math.exp(-event.deltaY / 400), { width: element.clientWidth, height: element.clientHeight }, { x: event.clientX - left, y: event.clientY - top }));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  });
  const drag = useRef<{ x: number; y: number }>(undefined);
  const move = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (drag.current === undefined) {
      const path = pathUnder(event);
      if (path !== chosen && path !== '') pointAt(path);
      return;
    }
    const { x, y } = drag.current;
    if (Math.abs(event.clientX - x) + Math.abs(event.clientY - y) < 3) return;
    drag.current = { x: event.clientX, y: event.clientY };
    onMove();
    setCamera((now) => moved(now, event.clientX - x, event.clientY - y));
  };

  const keyed = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by !== undefined && event.shiftKey) {
      onMove();
      setCamera((now) => moved(now, -by[0]! * STRIDE, -by[1]! * STRIDE));
    } else if (by !== undefined) {
      const at = order.findIndex(({ path }) => path === (chosen ?? active));
      const next = order[Math.max(0, Math.min(order.length - 1, at + by[0]! + by[1]!))]!;
      pointAt(next.path);
      if (size.width > 0) setCamera((now) => following(now, next.at, size));
    } else if (event.key === 'Enter' && chosen !== undefined) onChoose(boxes.get(chosen)!);
    else if (event.key === '+' || event.key === '=' || event.key === '-') {
      onMove();
      setCamera((now) => zoomed(now, event.key === '-' ? 0.8 : 1.25, size));
    } else if (event.key === '0') setCamera(fitted(scene, size));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  // The same element as before is not looked at again.
  const still = useMemo(() => <Drawing id={id} scene={scene} visits={visits} impossible={impossible} marks={marks} />, [id, scene, visits, impossible, marks]);
  const taken = last === undefined ? [] : linesOfTransition(scene, last.leaf, last.outcome);
  const at = active === undefined ? undefined : boxes.get(active);
  const around = active === undefined ? [] : scene.boxes.filter(({ path, kind }) => kind === 'fragment' && path !== '' && active.startsWith(`${path}.`));
  const pointed = chosen === undefined ? undefined : boxes.get(chosen);
  return (
    <div ref={frame} class={`chart${drag.current === undefined ? '' : ' dragged'}`} role="application" aria-roledescription="statechart" aria-label={label} tabIndex={0}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        drag.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move} onPointerUp={() => { drag.current = undefined; }} onPointerLeave={() => { if (drag.current === undefined) pointAt(undefined); }}
      onDblClick={(event) => {
        // While it is held the pointer belongs to the chart, so what lies under it is asked for.
        const path = document.elementFromPoint(event.clientX, event.clientY)?.closest<SVGGElement>('g.state')?.dataset['path'];
        if (path !== undefined) onChoose(boxes.get(path)!);
      }}
      onKeyDown={keyed} onBlur={() => pointAt(undefined)}>
      {/* Moved as a whole, and what changes with every step lies in a drawing of its own: the still one is not laid out again. */}
      <div class="camera" style={{ transform: transform(camera, size), width: `${scene.width}px`, height: `${scene.height}px` }}>
        <svg>{still}</svg>
        <svg class="over">
          {around.map(({ path, at: [x, y, width, height] }) => <rect key={path} class="around" x={x} y={y} width={width} height={height} rx={8} />)}
          {taken.map(({ id: line, points }, k) => <path key={`${last!.step} ${line}`} class="taken" d={pathData(points)} pathLength={1} marker-end={k === taken.length - 1 ? `url(#${defId(id, 'taken')})` : undefined} />)}
          {at === undefined ? null : <rect class={`active${blocked ? ' blocked' : ''}`} data-active={at.path} x={at.at[0] - 2} y={at.at[1] - 2} width={at.at[2] + 4} height={at.at[3] + 4} rx={7} />}
          {pointed === undefined ? null : <rect class="pointed" x={pointed.at[0] - 1} y={pointed.at[1] - 1} width={pointed.at[2] + 2} height={pointed.at[3] + 2} rx={7} />}
        </svg>
      </div>
    </div>
  );
}

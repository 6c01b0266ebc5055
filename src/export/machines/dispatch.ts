// The layout of a fragment that hands out work: one state from which many operations are entered, and to which they come back. Lines to all of
// them would hide everything, so operations are packed on the sheet, and short arrows say where they are entered from and where they lead.

import type { Fragment } from '../../../machines/fragment.ts';
import { FINAL, NAME, PADDING, SMALL, exitsOf, leafSize, linesOf, wrapped, type FragmentLayout, type PlacedEdge, type Rectangle } from './layout.ts';

/** Operations that one state must enter for this layout. */
const MANY = 8;
/** Lengths of the short arrows, and what lies between boxes. */
const STUB = 24, GAP = 20;
/** Where the arrow of the beginning enters, from the left of a box. */
const ENTRY = 20;

/** Does one state of it lead to that many operations? */
export function isDispatch({ states }: Fragment): boolean {
  return Object.values(states).some((state) => 'on' in state && Object.values(state.on).filter((to) => states[to] !== undefined && 'use' in states[to]).length >= MANY);
}

interface Box { readonly key: string; readonly width: number; readonly height: number }

/** Boxes in columns from the left: each where it makes the sheet the least higher, in the order given. */
function packed(boxes: readonly Box[], width: number): Map<string, Rectangle> {
  const placed: Rectangle[] = [];
  const result = new Map<string, Rectangle>();
  const overlaps = (x: number, y: number, { width: w, height: h }: Box): Rectangle | undefined =>
    placed.find(([left, top, wide, high]) => x < left + wide && left < x + w && y < top + high && top < y + h);
  for (const box of boxes) {
    let best: Rectangle | undefined;
    for (const x of [0, ...placed.map(([left, , wide]) => left + wide)]) {
      if (x > 0 && x + box.width > width) continue;
      let y = 0;
      for (let hit = overlaps(x, y, box); hit !== undefined; hit = overlaps(x, y, box)) y = hit[1] + hit[3];
      if (best === undefined || y < best[1] || (y === best[1] && x < best[0])) best = [x, y, box.width, box.height];
    }
    placed.push(best!);
    result.set(box.key, best!);
  }
  return result;
}

/** The layout, with finished layouts of those that it uses. */
export function dispatchLayout(fragment: Fragment, inner: (name: string) => FragmentLayout): FragmentLayout {
  const boxes = Object.entries(fragment.states).map(([key, state]): Box => {
    const [width, height] = 'use' in state ? [inner(state.use).width, inner(state.use).height] : 'on' in state ? leafSize(key, state.description) : [FINAL, FINAL];
    return { key, width: width + GAP, height: height + 2 * STUB + GAP };
  });
  const area = boxes.reduce((sum, { width, height }) => sum + width * height, 0);
  const widest = Math.max(...boxes.map(({ width }) => width));
  const first = boxes.filter(({ key }) => key === fragment.initial);
  const rest = boxes.filter(({ key }) => key !== fragment.initial).toSorted((a, b) => b.height - a.height || b.width - a.width);
  const places = packed([...first, ...rest], Math.max(widest, Math.sqrt(area * 1.5)));
  const right = Math.max(...[...places.values()].map(([x, , width]) => x + width));
  const bottom = Math.max(...[...places.values()].map(([, y, , height]) => y + height));
  const width = Math.ceil(right + GAP);
  const head = wrapped(fragment.description, Math.floor((width - 2 * PADDING) / SMALL.character));
  const top = NAME.line + head.length * SMALL.line + PADDING;
  const states = Object.fromEntries(boxes.map(({ key, width: w, height: h }): [string, Rectangle] => {
    const [x, y] = places.get(key)!;
    return [key, [x + GAP, y + top + STUB, w - GAP, h - 2 * STUB - GAP]];
  }));
  const exits = exitsOf(fragment).map((name, k): [string, [number, number]] => [name, [width - 30 - 60 * k, bottom + top]]);
  const entered = new Map<string, number>();
  const left = new Map<string, number>();
  const edges = linesOf(fragment).map((line): PlacedEdge => {
    const [x, y, , height] = states[line.from]!;
    const state = fragment.states[line.from]!;
    const target = states[line.to];
    const into = fragment.states[line.to];
    // Into an operation the arrow stands above this; from anywhere to a plain state it stands below where it comes from.
    if (target !== undefined && into !== undefined && 'use' in into) {
      const at = target[0] + 30 + 60 * (entered.get(line.to) ?? 0);
      entered.set(line.to, (entered.get(line.to) ?? 0) + 1);
      return { ...line, points: [at, target[1] - STUB + 6, at, target[1]], text: [{ text: `${line.from}: ${line.labels.join(', ')}`, x: at + 5, y: target[1] - STUB + 12 }] };
    }
    const exit = 'use' in state ? inner(state.use).exits[line.labels[0]!]! : [20 + 60 * (left.get(line.from) ?? 0), height] as const;
    left.set(line.from, (left.get(line.from) ?? 0) + 1);
    return {
      ...line, points: [x + exit[0], y + exit[1], x + exit[0], y + exit[1] + STUB - 6],
      text: [{ text: `${'use' in state ? '' : `${line.labels.join(', ')} `}→ ${line.to.replace('^', '')}`, x: x + exit[0] + 5, y: y + exit[1] + STUB - 10 }],
    };
  });
  const [x, y] = states[fragment.initial]!;
  return { width, height: Math.ceil(bottom + top), head, states, start: [x + ENTRY, y - STUB + 6, x + ENTRY, y], edges, exits: Object.fromEntries(exits) };
}

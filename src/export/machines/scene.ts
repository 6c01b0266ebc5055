// A machine as it is drawn: the layouts of its fragments put into one another, everything at its place on one sheet. What draws it, as
// text or in a page, only adds colours.

import type { Fragment } from '../../../machines/fragment.ts';
import type { MachineSpec } from '../../kernel/table.ts';
import { fragmentKeys } from './fragment-key.ts';
import { SMALL, leafText, type FragmentLayout, type Layouts, type Rectangle } from './layout.ts';

export type BoxKind = 'leaf' | 'fragment' | 'final';

/** A state at its place. */
export interface SceneBox {
  /** Path in the machine, with dots; empty for the machine itself. */
  readonly path: string;
  readonly kind: BoxKind;
  readonly at: Rectangle;
  /** Its name, and the smaller lines below: the kernel function of a leaf, what a fragment models. */
  readonly name: string;
  readonly small: readonly string[];
  readonly description: string;
  /** Step that a leaf executes; the name of a fragment. */
  readonly means: string;
  readonly idle: boolean;
  /** Fragments around it. */
  readonly depth: number;
}

/** A line at its place: part of a transition, or all of it. */
export interface SceneLine {
  readonly id: string;
  /** Path of the state that it leaves, and what it is taken by: outcomes of a leaf, exits of a fragment. */
  readonly from: string;
  readonly labels: readonly string[];
  /** Path of the state that it leads to; of the fragment that it leaves, when it leads to an exit of it. */
  readonly to: string;
  readonly exit: string | undefined;
  readonly points: readonly number[];
  readonly text: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

/** The point on a fragment's border where it is left; its name stands left of it where there is no room to the right. */
export interface SceneExit { readonly path: string; readonly name: string; readonly x: number; readonly y: number; readonly toLeft: boolean }

export interface Scene {
  readonly machine: string;
  readonly kernel: string;
  readonly width: number;
  readonly height: number;
  /** Outer ones first. */
  readonly boxes: readonly SceneBox[];
  readonly lines: readonly SceneLine[];
  readonly exits: readonly SceneExit[];
  /** From the dot of each fragment to its first state. */
  readonly starts: readonly { readonly path: string; readonly points: readonly number[] }[];
}

/** The least that a scene needs of a kernel. */
export interface ChartedKernel { readonly name: string; readonly fragments: ReadonlyMap<string, Fragment> }

/** Is there a layout of everything in this machine? */
export const isLaidOut = ({ fragments }: ChartedKernel, { root }: MachineSpec, layouts: Layouts): boolean => layouts.has(fragmentKeys(fragments)(root));

/** The drawing of a machine. Throws if a layout is missing: ask isLaidOut first. */
export function sceneOf(kernel: ChartedKernel, { machine, root }: MachineSpec, layouts: Layouts): Scene {
  const keyOf = fragmentKeys(kernel.fragments);
  const [boxes, lines, exits, starts]: [SceneBox[], SceneLine[], SceneExit[], { path: string; points: readonly number[] }[]] = [[], [], [], []];
  const layoutOf = (name: string): FragmentLayout => {
    const layout = layouts.get(keyOf(name));
    if (layout === undefined) throw new Error(`there is no layout of fragment '${name}'`);
    return layout;
  };
  const put = (name: string, path: string, title: string, left: number, top: number, depth: number): void => {
    const fragment = kernel.fragments.get(name)!;
    const layout = layoutOf(name);
    const moved = (points: readonly number[]): number[] => points.map((one, k) => one + (k % 2 === 0 ? left : top));
    const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
    boxes.push({ path, kind: 'fragment', at: [left, top, layout.width, layout.height], name: title, small: layout.head, description: fragment.description, means: name, idle: false, depth });
    starts.push({ path, points: moved(layout.start) });
    for (const [exit, [x, y]] of Object.entries(layout.exits)) exits.push({ path, name: exit, x: left + x, y: top + y, toLeft: x + exit.length * SMALL.character + 8 > layout.width });
    for (const [key, state] of Object.entries(fragment.states)) {
      const [x, y, width, height] = layout.states[key]!;
      if ('use' in state) {
        put(state.use, below(key), key, left + x, top + y, depth + 1);
        continue;
      }
      const leaf = 'on' in state;
      boxes.push({
        path: below(key), kind: leaf ? 'leaf' : 'final', at: [left + x, top + y, width, height], ...(leaf ? leafText(key, state.description) : { name: key, small: [] }),
        description: leaf ? state.description : 'the end', means: leaf ? state.meta.step : '', idle: !leaf || state.meta.idle === true, depth: depth + 1,
      });
    }
    layout.edges.forEach(({ from, labels, to, points, text }, k) => {
      const exit = to.startsWith('^') ? to.slice(1) : undefined;
      lines.push({
        id: `${path}:${k}`, from: below(from), labels, to: exit === undefined ? below(to) : path, exit, points: moved(points),
        text: text.map((one) => ({ text: one.text, x: one.x + left, y: one.y + top })),
      });
    });
  };
  put(root, '', machine, 0, 0, 0);
  const { width, height } = layoutOf(root);
  return { machine, kernel: kernel.name, width, height, boxes, lines, exits, starts };
}

/** The lines that a transition goes along, from a leaf by an outcome: more than one where it leaves fragments by their exits. */
export function linesOfTransition({ lines }: Scene, leaf: string, outcome: string): SceneLine[] {
  const result: SceneLine[] = [];
  let line = lines.find(({ from, labels }) => from === leaf && labels.includes(outcome));
  while (line !== undefined) {
    result.push(line);
    const { exit, to } = line;
    line = exit === undefined ? undefined : lines.find(({ from, labels }) => from === to && labels.includes(exit));
  }
  return result;
}

// Where the states and transitions of a fragment are drawn. Each fragment is laid out by itself, with boxes in place of the fragments that it
// uses and its exits as points on its border: so a layout is made once and serves every machine and every kernel that has the same fragment.

import type { Fragment } from '../../../machines/fragment.ts';

/** x, y, width, height, from the upper left corner of the fragment; in points. */
export type Rectangle = readonly [x: number, y: number, width: number, height: number];

/** A line of a fragment: outcomes of one state that lead to one target, or an exit of a state that is a fragment itself. */
export interface PlacedEdge {
  readonly from: string;
  /** Outcomes of a leaf, or exits of a fragment: more than one where they lead to the same place. */
  readonly labels: readonly string[];
  /** A state of the fragment, or one of its exits as `^name`. */
  readonly to: string;
  /** x and y in turn; the arrow is at the end. Empty for an exit that lies on the border of the state itself. */
  readonly points: readonly number[];
  /** What is written at it, with the place of each line's left end and its baseline. */
  readonly text: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

export interface FragmentLayout {
  readonly width: number;
  readonly height: number;
  /** Lines below its name: what it models. */
  readonly head: readonly string[];
  readonly states: Readonly<Record<string, Rectangle>>;
  /** From the dot to its first state. */
  readonly start: readonly number[];
  readonly edges: readonly PlacedEdge[];
  /** Points on its border, by the names of its exits. */
  readonly exits: Readonly<Record<string, readonly [x: number, y: number]>>;
}

/** Layouts by the keys of fragments (fragmentKey). */
export type Layouts = ReadonlyMap<string, FragmentLayout>;

/** Width of a character and height of a line: of names, and of the smaller text below and beside them. All text is of a fixed width. */
export const NAME = { size: 11, character: 6.63, line: 14 } as const;
export const SMALL = { size: 8.5, character: 5.13, line: 11 } as const;
/** Room around text. */
export const PADDING = 7;
/** Side of the circle of a final state. */
export const FINAL = 16;

/** Text in lines of at most `most` characters; a longer word has a line of its own. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Characters of a line in a leaf. */
const LEAF = 32;

/** What is written in a leaf: its name, and below it the kernel function that it stands for. */
export const leafText = (key: string, description: string): { readonly name: string; readonly small: readonly string[] } => ({ name: key, small: description === '' ? [] : wrapped(description, LEAF) });

/** Width and height of a leaf. */
export function leafSize(key: string, description: string): readonly [number, number] {
  const { small } = leafText(key, description);
  const width = Math.max(key.length * NAME.character, ...small.map((one) => one.length * SMALL.character)) + 2 * PADDING;
  return [Math.ceil(width), Math.ceil(NAME.line + small.length * SMALL.line + PADDING)];
}

/** Exits by which a fragment is left, in the order in which its states name them. */
export function exitsOf({ states }: Fragment): string[] {
  const targets = Object.values(states).flatMap((state) => ('use' in state ? Object.values(state.exits) : 'on' in state ? Object.values(state.on) : []));
  return [...new Set(targets.filter((target) => target.startsWith('^')).map((target) => target.slice(1)))];
}

/** Lines that leave a state: outcomes and exits by their targets. */
export function linesOf(fragment: Fragment): { readonly from: string; readonly labels: string[]; readonly to: string }[] {
  return Object.entries(fragment.states).flatMap(([from, state]) => {
    const targets = 'use' in state ? state.exits : 'on' in state ? state.on : {};
    // Each exit of a fragment has a point of its own on the border.
    if ('use' in state) return Object.entries(targets).map(([label, to]) => ({ from, labels: [label], to }));
    const byTarget = new Map<string, string[]>();
    for (const [label, to] of Object.entries(targets)) byTarget.set(to, [...(byTarget.get(to) ?? []), label]);
    return [...byTarget].map(([to, labels]) => ({ from, labels, to }));
  });
}

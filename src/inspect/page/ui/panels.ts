// The panels below the timeline beside the list of steps, in their order. A panel is one file and one row here.

import type { JSX } from 'preact';
import type { Stroke } from '../engine/hands.ts';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { Explain } from '../explain/explain-panel.tsx';
import { Memory } from '../memory/memory-panel.tsx';
import { Actors } from './actor-panel.tsx';
import { Changes } from './changes-panel.tsx';

/** What panels may ask of the page. */
export interface Actions {
  /** Does what a key does. */
  key(key: string): void;
  /** Lets an actor go next. */
  choose(actor: number, choice: number): void;
  /** Puts something in. */
  strike(stroke: Stroke): void;
  /** Lets chance choose for a while. */
  runOn(): void;
  /** Goes to the step that wrote a word, named as in reports, before the one under the cursor. */
  why(word: string): void;
  /** Shows another run instead of this one. */
  open(session: Session): void;
  /** A sentence for whoever looks or listens. */
  say(sentence: string): void;
}

/** What every panel is given. It is drawn again whenever session or view has changed. */
export interface PanelProps { readonly session: Session; readonly view: View; readonly act: Actions }

export interface Panel {
  /** In ids of the page and in addresses. */
  readonly id: string;
  readonly title: string;
  readonly column: 'middle' | 'right';
  readonly Content: (props: PanelProps) => JSX.Element;
}

export const panels: readonly Panel[] = [
  { id: 'actors', title: 'Actors', column: 'middle', Content: Actors },
  { id: 'chart', title: 'Statechart', column: 'middle', Content: ChartPanel },
  { id: 'changes', title: 'This step', column: 'right', Content: Changes },
  { id: 'explain', title: 'Explain', column: 'right', Content: Explain },
  { id: 'memory', title: 'Memory', column: 'right', Content: Memory },
];

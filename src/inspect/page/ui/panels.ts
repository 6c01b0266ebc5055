// The panels below the timeline beside the event list, in their order. A panel is one file and one row here.

import type { JSX } from 'preact';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';

/** What every panel is given. It is drawn again whenever session or view has changed. */
export interface PanelProps { readonly session: Session; readonly view: View }

export interface Panel {
  /** In ids of the page and in addresses. */
  readonly id: string;
  readonly title: string;
  readonly column: 'middle' | 'right';
  readonly Content: (props: PanelProps) => JSX.Element;
}

export const panels: readonly Panel[] = [];

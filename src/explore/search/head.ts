// What the head of a search's checkpoint says.

import type { Finding } from '../finding.ts';
import type { Cut } from './options.ts';
import type { Edges } from './graph.ts';
import type { SavedTally } from './tally.ts';

/** What a search, or a part of one, has come to. */
export interface Outcome {
  readonly tally: SavedTally;
  readonly cut: Cut | null;
  /** How often each invariant was evaluated. */
  readonly evaluated: readonly number[];
  readonly found: readonly Finding[];
  /** Keys that marks of the graph mean, by place. */
  readonly keys: readonly string[];
}

/** The head of a checkpoint. `is`: what must be the same where it is gone on with. `states`: how many. `base`: steps to the first level, breadth first. */
export interface Head extends Outcome {
  readonly is: Readonly<Record<string, string>>;
  readonly states: number;
  readonly base: number;
}

/** What a part of a search has come to since it was asked last, and what it has left undone: stacks. Edges and marks are of the graph. */
export interface Part extends Outcome, Edges {
  readonly stacks: readonly Int32Array[];
  /** Why pages turned out not to be interchangeable: all begin anew then, and nothing else of it counts. */
  readonly pagesDiffer: string | null;
}

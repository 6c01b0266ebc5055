// What a search is told, and what it answers.

import type { Invariant } from '../../check/invariant.ts';
import type { OutcomeCounts } from '../../check/transitions.ts';
import type { Finding } from '../finding.ts';

export interface SearchOptions {
  /** Depth first (little memory) or breadth first (shortest schedules); depth first when left out. */
  readonly order?: 'dfs' | 'bfs';
  /** Keeps whole states, not hashes: nothing can be lost, at a much higher price. */
  readonly exact?: boolean;
  /** Counts states that differ only in the names of interchangeable actors and page frames as one, where the scenario has any. */
  readonly symmetry?: boolean;
  /** Leaves out interleavings of independent steps: verdicts, findings and terminal states stay. */
  readonly reduction?: boolean;
  /** Keeps the edges, by which livelocks are found and points of no return. Neither reduction nor symmetry then. */
  readonly graph?: boolean;
  /** Ids of properties of `fair.ts` that loops may break, for which each edge then has a word more; nothing without a graph. */
  readonly fair?: readonly string[];
  /** A copy of a counter is only told apart by whether the counter has moved on, not by how far: for loops without end. */
  readonly endless?: boolean;
  /** What is checked behind each step; nothing when left out, and deadlocks always. */
  readonly invariants?: readonly Invariant[];
  /** Bounds: states, steps of one schedule, megabytes of the search's own. */
  readonly states?: number;
  readonly depth?: number;
  readonly megabytes?: number;
  /** When to stop: at the first finding that is not known (when left out), or when all is searched. */
  readonly stop?: 'first' | 'never';
  /** Keys of findings that are known: they are listed apart, and do not stop the search. */
  readonly known?: ReadonlySet<string>;
  /** Fingerprint of the kernel's sources: a checkpoint goes on with the same ones only. */
  readonly sources?: string;
}

/** Why a search is over before it has seen everything. `pages`: a part of one, since all parts have to begin anew without symmetry of pages. */
export type Cut = 'states' | 'memory' | 'depth' | 'finding' | 'pages';

export interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the start to where the search is, and the most so far. */
  readonly depth: number;
  readonly deepest: number;
  /** States that were found and are not dealt with yet. */
  readonly frontier: number;
  readonly findings: number;
  readonly megabytes: number;
}

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** Everything was searched; behind a violation nothing is. */
  readonly complete: boolean;
  /** Why not; nothing while the search goes on, too. */
  readonly cut: Cut | undefined;
  /** The first of each key. */
  readonly findings: readonly Finding[];
  readonly known: readonly Finding[];
  /** States in which nobody can go on and somebody is in the middle of something. */
  readonly deadlocks: number;
  /** States in which nobody can go on: how many, and a hash of all of them in no order. */
  readonly terminals: { readonly count: number; readonly hash: string };
  /** How often each leaf had each outcome. */
  readonly coverage: OutcomeCounts;
  /** How often each invariant was evaluated, by id. */
  readonly evaluated: Readonly<Record<string, number>>;
  /** Chance that two states had the same hash, so that one was taken for the other; 0 where whole states were kept. */
  readonly collision: number;
  /** What was wanted and not done, and why. */
  readonly notes: readonly string[];
}

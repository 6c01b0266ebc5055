// What the head of a search's checkpoint says.

import type { Finding } from '../finding.ts';
import type { Cut } from './options.ts';

/** Counts that a checkpoint keeps. */
export const TALLY = ['base', 'deepest', 'transitions', 'deadlocks', 'terminals', 'terminalLow', 'terminalHigh'] as const;

/** The head of a checkpoint. */
export interface Head {
  readonly is: Readonly<Record<string, string>>;
  readonly tally: readonly number[];
  readonly shallow: boolean;
  readonly cut: Cut | null;
  readonly counts: (readonly [leaf: number, outcome: string, times: number])[];
  /** How often each invariant was evaluated. */
  readonly evaluated: readonly number[];
  readonly found: readonly Finding[];
  readonly keys: readonly string[];
}

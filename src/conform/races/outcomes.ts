// Sets of outcomes: what a real kernel showed, and what the model can do.

import { mismatches } from '../compare.ts';
import type { Result } from '../recording.ts';

/** How an outcome that was seen compares with the model's. */
export interface OutcomeSets {
  /** What of it: a vCPU, or steps. */
  readonly of: string;
  readonly seen: readonly Result[];
  /** Seen, and not reached: the model is wrong. */
  readonly missing: readonly Result[];
  /** Reached, and never seen: samples are incomplete. */
  readonly beyond: readonly Result[];
}

const NOTES = ['count', 'in_runs'];

/** An outcome without how often it was seen. */
export const plain = (outcome: Result): Result => Object.fromEntries(Object.entries(outcome).filter(([name]) => !NOTES.includes(name)));

/** Every field of `seen` is that of `reached`. */
const covers = (seen: Result, reached: Result): boolean => mismatches(seen, reached).length === 0;

/** Holds both sets against each other. */
export function compareSets(of: string, seen: readonly Result[], reached: readonly Result[]): OutcomeSets {
  const all = seen.map(plain);
  return {
    of, seen: all,
    missing: all.filter((one) => !reached.some((other) => covers(one, other))),
    beyond: reached.filter((one) => !all.some((other) => covers(other, one))),
  };
}

// What a run emits and a trace keeps: steps as records of four 16-bit words, in runs of consecutive steps.

import type { Injection } from '../memory/injection.ts';

/** Words of a record: actor, leaf, outcome, choice. Actor 0 is the outside: the step is the next injection of the batch, the second word its
 *  receiver, the outcome 0. */
export const RECORD = { ACTOR: 0, LEAF: 1, OUTCOME: 2, CHOICE: 3, WORDS: 4, BYTES: 8 } as const;

/** The actor of a step that is an injection. */
export const OUTSIDE_ACTOR = 0;

/** The choice of a step that had none. */
export const NO_CHOICE = 0xffff;

/** Versions that steps on real threads saw of the objects that they touched: the partial order of the run. */
export interface Tickets {
  /** For each record, how many objects it touched. */
  readonly counts: Uint16Array;
  /** (object, version) of each of them, record after record. */
  readonly pairs: Uint32Array;
}

/** Consecutive steps. Outcomes are numbered as the trace's header lists them, steps count from 1. */
export interface TraceBatch {
  /** Number of the first step. */
  readonly first: number;
  readonly count: number;
  /** `count` records. The receiver may keep it: nobody writes to it any more. */
  readonly records: Uint16Array;
  readonly tickets?: Tickets;
  /** What came in from outside: one for each record of actor 0, in their order. */
  readonly injections?: readonly Injection[];
}

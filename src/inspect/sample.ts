// What a page is told of a run that goes on. Plain data: it goes to the page as JSON.

import type { Metrics } from '../runtime/metrics.ts';

/** Of a run as it was at some moment. */
export interface Sample {
  readonly lap: number;
  readonly seed: number;
  /** Steps of this lap, and of all. */
  readonly steps: number;
  readonly all: number;
  readonly perSecond: number;
  /** By actor, from 1: record of its last step as a trace has it (leaf, outcome); -1 when it has none. */
  readonly places: readonly (readonly [leaf: number, outcome: number])[];
  readonly stepsOf: readonly number[];
  /** Of all laps. */
  readonly metrics: Metrics;
  /** Of all laps, transitions that were taken: leaf, outcome as a trace numbers it, how often. */
  readonly taken: readonly (readonly [leaf: number, outcome: number, times: number])[];
  /** How the run ended, once it has: a violation or a deadlock ends it, or somebody. */
  readonly ended?: { readonly why: string; readonly sentence?: string };
}

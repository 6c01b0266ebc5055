// Why a run fails, as plain data: the two steps whose order decides, what orders them, the reordering that makes it pass; who waits
// for whom. Made by an exploration, printed by the report.

import type { LockCycle } from './lock-report.ts';
import type { ReportedStep } from './report.ts';

/** A step of the failing run. */
export interface ExplainedStep {
  /** Its number, from 1. */
  readonly at: number;
  readonly actor: string;
  readonly step: string;
  readonly leaf: string;
  readonly wrote: boolean;
  /** Locks that its actor held there. */
  readonly holds: readonly string[];
}

/** Two steps of different actors that touch the same, one of them writing, in the order in which it fails. */
export interface RacingPair {
  readonly first: ExplainedStep;
  readonly second: ExplainedStep;
  /** What both touch. */
  readonly objects: readonly string[];
  /** The second comes behind the first by locks, messages or references, once these came in this order. */
  readonly ordered: boolean;
  /** Locks that one of the two held and the other did not; only of pairs that nothing orders. */
  readonly missing: readonly string[];
}

/** Steps of one actor, moved to another place: with that the run passes. */
export interface Reordering {
  readonly actor: string;
  /** The steps that are moved, by their numbers in the failing run: the first, the last, how many. */
  readonly from: number;
  readonly to: number;
  readonly moved: number;
  /** In front of this step of the failing run, or behind it; a deadlock: until somebody who waits has gone on, which is this step of the
   *  passing run. */
  readonly place: 'before' | 'behind' | 'until';
  readonly step: number;
  /** The passing run. */
  readonly steps: readonly ReportedStep[];
  /** It came to its end; else it was cut. */
  readonly ended: boolean;
}

/** Somebody who cannot go on. */
export interface ExplainedWait {
  readonly actor: string;
  readonly step: string;
  readonly leaf: string;
  readonly object: string;
  /** Who has it, and since which step; nothing where that cannot be told. */
  readonly holders: readonly { readonly actor: string; readonly since: number | undefined }[];
}

export interface Explanation {
  /** The failing run. */
  readonly steps: readonly ReportedStep[];
  readonly pair: RacingPair | undefined;
  readonly reordering: Reordering | undefined;
  /** Deadlock: everybody who waits. */
  readonly waits: readonly ExplainedWait[];
  /** Lock order: the cycle. */
  readonly cycle: LockCycle | undefined;
}

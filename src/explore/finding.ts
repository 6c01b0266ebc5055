// What an exploration finds: a property that is broken, and a schedule that breaks it.

import type { Schedule } from './schedule.ts';

/** What sort of finding, in the order in which exit codes count: a state invariant or monitor; a leak at the end; a data race; actors
 *  that wait for each other; a lock order that could make them; a loop without progress. */
export type FindingKind = 'safety' | 'leak' | 'race' | 'deadlock' | 'lock-order' | 'livelock';

export interface Finding {
  readonly kind: FindingKind;
  /** Id of the property: S-01, L-04. */
  readonly id: string;
  /** One sentence of what is broken. */
  readonly sentence: string;
  /** Leads to it from the start of the run; its last step is the one that breaks it. */
  readonly schedule: Schedule;
  /** Livelock: number of steps in front of the loop; the rest of the schedule is the loop, which leads back to its own beginning. */
  readonly loop?: number;
  /** Tells distinct findings apart: two of the same key are one. Made of the property and what was broken where, not of the schedule. */
  readonly key: string;
}

// What is broken, so that it can be found again: two runs have broken the same when kind and key are the same. Keys say what was broken
// in which states of which machines, and no numbers: pages, vCPUs and steps are others in a smaller scenario or a shorter schedule.

import type { LockCycle } from '../check/lock-report.ts';
import type { Race } from '../check/races.ts';
import type { Violation } from '../check/violation.ts';
import type { FindingKind } from './finding.ts';

/** Ids of properties that are not invariants. */
export const DEADLOCK = 'L-04', LOCK_ORDER = 'S-17', RACE = 'data-race', LIVELOCK = 'L-01';

/** What a run has broken. */
export interface Broken {
  readonly kind: FindingKind;
  readonly id: string;
  readonly sentence: string;
  readonly key: string;
  /** Deadlock: some wait for each other while others can go on. */
  readonly partial?: boolean;
}

/** What to find again. */
export type Target = Pick<Broken, 'kind' | 'key' | 'partial'>;

/** Is it what was looked for? A violation may be called a leak by who has found it. */
export function isTarget({ kind, key }: Target, broken: Broken): boolean {
  return broken.key === key && (broken.kind === kind || (broken.kind === 'safety' && kind === 'leak'));
}

/** A broken invariant. */
export function brokenBy({ id, sentence }: Violation): Broken {
  return { kind: 'safety', id, sentence, key: `${id} ${sentence.replaceAll(/0x[0-9a-f]+|\d+/g, '#')}` };
}

/** A data race. */
export function brokenByRace(race: Race, sentence: string): Broken {
  return { kind: 'race', id: RACE, sentence, key: [race.layout, ...race.steps].join(' ') };
}

/** A lock order that could make actors wait for each other. */
export function brokenByOrder({ classes }: LockCycle): Broken {
  const round = [...classes, classes[0]!].join(' -> ');
  return { kind: 'lock-order', id: LOCK_ORDER, sentence: `locks are taken in an order that can hang: ${round}`, key: classes.join(' ') };
}

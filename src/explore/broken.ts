// What a run has broken, so that it can be found again in a smaller one.

import type { LockCycle, LockEdge, LockNesting } from '../check/lock-report.ts';
import { raceSentence, type Race } from '../check/races.ts';
import type { Violation } from '../check/violation.ts';
import { edgeKey, keyOfViolation, LEAK, leakKey, LOCK_ORDER, lockOrderKey, RACE, raceKey } from './keys.ts';
import type { Finding } from './finding.ts';
import type { Leak } from './leaks.ts';

/** What a run has broken. */
export interface Broken extends Omit<Finding, 'schedule' | 'loop'> {
  /** Deadlock: some wait for each other while others can go on. */
  readonly partial?: boolean;
}

/** What to find again. */
export type Target = Pick<Broken, 'kind' | 'key' | 'partial'>;

/** Is it what was looked for? */
export const isTarget = ({ kind, key }: Target, broken: Broken): boolean => broken.key === key && broken.kind === kind;

/** A broken invariant; `step` is the one that broke it. */
export const brokenBy = (violation: Violation, step: string): Broken => ({ id: violation.id, sentence: violation.sentence, ...keyOfViolation(violation, step) });

/** A data race. */
export const brokenByRace = (race: Race): Broken => ({ kind: 'race', id: RACE, sentence: raceSentence(race), key: raceKey(race) });

/** A lock order that could make actors wait for each other. */
export function brokenByOrder(cycle: LockCycle): Broken {
  const { classes, heldBack } = cycle;
  const writer = heldBack.length === 0 ? '' : `, once a writer has queued for ${heldBack.join(', ')}`;
  return { kind: 'lock-order', id: LOCK_ORDER, sentence: `locks are taken in an order that can hang: ${[...classes, classes[0]!].join(' -> ')}${writer}`, key: lockOrderKey(cycle) };
}

/** An edge of the lock order: what one schedule may show of a circle. */
export function brokenByEdge(edge: LockEdge | LockNesting): Broken {
  const { held, wanted } = edge;
  return { kind: 'lock-order', id: LOCK_ORDER, sentence: `${wanted.actor} wants ${wanted.object} in ${wanted.step} while it holds ${held.object}, taken in ${held.step}`, key: edgeKey(edge) };
}

/** Something left behind. */
export const brokenByLeak = ({ what, sentence }: Leak): Broken => ({ kind: 'leak', id: LEAK, sentence, key: leakKey(what) });

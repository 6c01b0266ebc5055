// What makes two findings the same, whoever has found them: search, sample, shrinking. Two are one when kind and key are the same. A key says
// what is broken in which steps, at which layouts, and no numbers: pages, vCPUs and schedules are others in a smaller scenario.

import { tableOfObject } from '../memory/plan.ts';
import type { LockCycle, LockEdge, LockNesting } from '../check/lock-report.ts';
import type { Race } from '../check/races.ts';
import type { Violation } from '../check/violation.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { FindingKind } from './finding.ts';

/** Ids of properties that are not invariants. */
export const DEADLOCK = 'L-04', LOCK_ORDER = 'S-17', RACE = 'data-race', LIVELOCK = 'L-01', LEAK = 'L-07';

/** What broke an invariant where no step did: the state at the beginning. */
export const SETUP = 'the set-up';

/** Kind and key of a broken invariant. What is wrong when everybody rests is a leak, and not the fault of the step that came last; what a
 *  program is told is not the fault of the step that receives it. */
export function keyOfViolation({ id, sentence, atRest, bySentence }: Violation, step: string): { kind: FindingKind; key: string } {
  const where = atRest === true ? 'at rest' : bySentence === true ? sentence.replaceAll(/0x[0-9a-f]+|\d+/g, '#') : step;
  return { kind: atRest === true ? 'leak' : 'safety', key: `${id} ${where}` };
}

const each = (texts: readonly string[]): string => [...new Set(texts)].toSorted().join(' ');

/** Actors that wait: in which steps, for objects of which layouts. They stand where they wait; `object` -1: not known. */
export function deadlockKey(world: RunWorld, waits: readonly { readonly actor: number; readonly object: number }[]): string {
  const layout = (object: number): string => (object < 0 ? '?' : tableOfObject(world.plan, object).layout.name);
  return `${DEADLOCK} ${each(waits.map(({ actor, object }) => `${world.leafOf(actor).step}>${layout(object)}`))}`;
}

/** A loop without progress, or one that breaks another property: the steps that go round. */
export const livelockKey = (steps: readonly string[], id: string = LIVELOCK): string => `${id} ${each(steps)}`;

/** A data race: the layout and the two steps. */
export const raceKey = ({ layout, steps }: Pick<Race, 'layout' | 'steps'>): string => `${RACE} ${layout} ${steps.join(' ')}`;

/** A circle in the lock order: its classes. */
export const lockOrderKey = ({ classes }: Pick<LockCycle, 'classes'>): string => `${LOCK_ORDER} ${classes.join(' ')}`;

const EDGE = `${LOCK_ORDER} edge `;

/** An edge of the lock order: in which mode which class is wanted while which is held. Edges of several schedules may make a circle. */
export function edgeKey(edge: LockEdge | LockNesting): string {
  const { from, fromMode, to, toMode } = edge;
  return `${EDGE}${from} ${fromMode} -> ${to} ${toMode}${'nested' in edge ? ` ${edge.nested}` : ''}`;
}

/** Is it the key of an edge, not of a circle? */
export const isEdge = (key: string): boolean => key.startsWith(EDGE);

/** Something left behind when everybody rests. */
export const leakKey = (what: string): string => `${LEAK} ${what}`;

// How often locks were taken, and how often somebody was seen to wait for one. What a step that blocks does is no step: who waits for a
// mutex shows in no stream, unless the runtime tells of it.

import { classNameOf, type LockClass } from './lock-classes.ts';
import type { LockWatch } from './lock-watch.ts';

export interface LockContention {
  readonly lockClass: string;
  readonly taken: number;
  /** Times that an actor queued, or was reported as blocked; for a section: times that somebody was inside when another began to wait. */
  readonly waited: number;
}

/** Of each class that was taken or wanted at all. */
export function contention(locks: readonly LockClass[], { taken, waited }: Pick<LockWatch, 'taken' | 'waited'>): LockContention[] {
  return locks.flatMap((row, place) => (taken[place] === 0 && waited[place] === 0 ? [] : [{ lockClass: classNameOf(row), taken: taken[place]!, waited: waited[place]! }]));
}

/** Of several runs, added up. */
export function mergeContention(reports: readonly (readonly LockContention[])[]): LockContention[] {
  const all = new Map<string, LockContention>();
  for (const one of reports.flat()) {
    const other = all.get(one.lockClass);
    all.set(one.lockClass, { ...one, taken: one.taken + (other?.taken ?? 0), waited: one.waited + (other?.waited ?? 0) });
  }
  return [...all.values()];
}

// What a step reads without a lock by design. The kernel's own steps of that kind are listed in check/accesses.ts; those of a patch say it here.

import type { Step } from '../memory/world.ts';

const marked = new WeakSet<object>();

/** Marks a step: what it reads it reads by READ_ONCE or smp_load_acquire, without a lock, and what it does with the value stands a stale one. Its
 *  reads are no data races. Answers the step. */
export function readOnce<R, W>(step: Step<R, W>): Step<R, W> {
  marked.add(step);
  return step;
}

/** Is a step marked so? */
export const readsOnce = (step: object | undefined): boolean => step !== undefined && marked.has(step);

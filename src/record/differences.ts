// Two recordings of one case: where the later one answers something else.

import { isDeepStrictEqual } from 'node:util';
import type { Case } from './cases.ts';

/** A step that answered something else. */
export interface Difference { readonly id: string; readonly step: number; readonly op: string; readonly before: unknown; readonly now: unknown }

/** How many steps of a case have results in both, and which of these differ. Fields that `before` has are compared; steps that
 *  were not carried out are not. */
export function differences(before: Case, now: Case): { readonly compared: number; readonly different: readonly Difference[] } {
  let compared = 0;
  const different: Difference[] = [];
  before.steps.forEach(({ op, res }, step) => {
    const other = now.steps[step]?.res;
    if (res === undefined || other === undefined || Object.hasOwn(res, 'skipped') || Object.hasOwn(other, 'skipped')) return;
    compared++;
    if (Object.keys(res).some((field) => !isDeepStrictEqual(res[field], other[field]))) different.push({ id: before.id, step, op, before: res, now: other });
  });
  return { compared, different };
}

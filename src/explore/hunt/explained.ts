// Which known bug of the kernel a finding is: the one whose mend makes it go away. The scenario is visited again on kernels in which one
// known bug is mended, then on one in which all are, from which mends are taken back as long as the finding stays away.

import { invariants } from '../../check/invariants/index.ts';
import type { Kernel } from '../../kernel/define.ts';
import { compile } from '../../scenario/compile.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Finding } from '../finding.ts';
import type { MendedKernels } from './mended.ts';
import { visiting, type VisitBudget } from './visit.ts';

/** What a visit is worth that has to say whether something is gone. */
const AGAIN: VisitBudget = { states: 60_000, few: 60, schedules: 1000 };
/** Races and lock orders show in samples alone, and in runs that no broken property has cut. */
const AGAIN_ANALYSED: VisitBudget = { states: 0, few: 1000, schedules: 1000 };

type What = Pick<Finding, 'kind' | 'id'>;

/** Ids of the known bugs that together are the cause: one, mostly. None: it is none of them, and news. */
export function* explaining(kernel: Kernel, mended: MendedKernels, scenario: Scenario, { kind, id }: What): Generator<void, readonly string[]> {
  const analysed = kind === 'race' || kind === 'lock-order';
  function* breaks(on: Kernel | undefined): Generator<void, boolean> {
    // What cannot be mended cannot be the explanation.
    if (on === undefined) return true;
    const { findings } = yield* visiting(on, compile(scenario, on), 1, analysed ? AGAIN_ANALYSED : AGAIN, analysed ? [] : invariants);
    return findings.some((one) => one.id === id && (one.kind === kind || !analysed));
  }
  // What a second visit does not come to again would seem mended by anything.
  if (mended.bugs.length === 0 || !(yield* breaks(kernel))) return [];
  const shows = kernel.bugs.filter((bug) => mended.bugs.includes(bug.id) && (bug.shownBy.includes(id) || (kind === 'race' && bug.race !== undefined) || (kind === 'lock-order' && bug.lockOrder !== undefined)));
  const likely = shows.map((bug) => bug.id);
  for (const bug of [...likely, ...mended.bugs.filter((one) => !likely.includes(one))]) {
    if (!(yield* breaks(mended.without([bug])))) return [bug];
  }
  let all = mended.bugs;
  if (yield* breaks(mended.without(all))) return [];
  for (const bug of all) {
    const fewer = all.filter((one) => one !== bug);
    if (!(yield* breaks(mended.without(fewer)))) all = fewer;
  }
  return all;
}

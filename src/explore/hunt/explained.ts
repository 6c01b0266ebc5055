// Which known bug of the kernel a finding is: the one whose mend makes it go away. The scenario is visited again on kernels in which one
// known bug is mended, then on one in which all are, from which mends are taken back as long as the finding stays away. Where a second visit of
// the kernel itself does not come to the finding again, runs near its schedule are played instead. What no single run shows, as a lock order
// may, is then a known bug when the kernel's list names exactly these locks, or these two steps that race.

import { invariants } from '../../check/invariants/index.ts';
import type { Kernel } from '../../kernel/define.ts';
import { compile } from '../../scenario/compile.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Finding } from '../finding.ts';
import type { MendedKernels } from './mended.ts';
import { nearby } from './nearby.ts';
import { visiting, type VisitBudget } from './visit.ts';

/** What a visit is worth that has to say whether something is gone. */
const AGAIN: VisitBudget = { states: 60_000, few: 60, schedules: 1000 };
/** Races and lock orders show in samples alone, and in runs that no broken property has cut. */
const AGAIN_ANALYSED: VisitBudget = { states: 0, few: 1000, schedules: 1000 };

/** A finding, on its shrunk scenario. */
export interface Unexplained extends Pick<Finding, 'kind' | 'id' | 'key' | 'schedule'> { readonly scenario: Scenario }

/** Runs near a schedule of which so many must break for none to mean something. */
const OFTEN = 10;

type Breaks = (on: Kernel | undefined) => Generator<void, boolean>;

/** Ids of the known bugs that together are the cause: one, mostly. None: it is none of them, and news. */
export function* explaining(kernel: Kernel, mended: MendedKernels, finding: Unexplained): Generator<void, readonly string[]> {
  const { kind, id } = finding;
  const shows = kernel.bugs.filter((bug) => bug.shownBy.includes(id) || (kind === 'race' && bug.race !== undefined) || (kind === 'lock-order' && bug.lockOrder !== undefined));
  const breaks = mended.bugs.length === 0 ? undefined : yield* test(kernel, finding);
  if (breaks === undefined) return declared(kernel, finding);
  const likely = shows.map((bug) => bug.id).filter((bug) => mended.bugs.includes(bug));
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

/** How to tell whether a kernel has the finding: one that tells so of the kernel itself. Nothing: what is not found again would seem mended by anything. */
function* test(kernel: Kernel, { kind, id, scenario, schedule }: Unexplained): Generator<void, Breaks | undefined> {
  const analysed = kind === 'race' || kind === 'lock-order';
  // What cannot be mended cannot be the explanation.
  const byVisit: Breaks = function* (on) {
    if (on === undefined) return true;
    const { findings } = yield* visiting(on, compile(scenario, on), 1, analysed ? AGAIN_ANALYSED : AGAIN, analysed ? [] : invariants);
    return findings.some((one) => one.id === id && (one.kind === kind || !analysed));
  };
  if (yield* byVisit(kernel)) return byVisit;
  if (analysed || (yield* nearby(kernel, scenario, schedule, { kind, id })) < OFTEN) return undefined;
  return function* (on) {
    return on === undefined || (yield* nearby(on, scenario, schedule, { kind, id })) > 0;
  };
}

/** Known bugs that the list says are these locks, or these two steps. */
function declared({ bugs }: Kernel, { kind, key }: Unexplained): string[] {
  const words = key.split(' ').filter((word) => !/^(?:S-\d+|data-race)$/.test(word));
  const all = (names: readonly string[] | undefined): boolean => names !== undefined && names.every((name) => words.includes(name));
  const found = bugs.filter((bug) => (kind === 'lock-order' && all(bug.lockOrder) && words.length === bug.lockOrder!.length) || (kind === 'race' && all(bug.race)));
  return found.slice(0, 1).map(({ id }) => id);
}

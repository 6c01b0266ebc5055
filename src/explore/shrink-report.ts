// The report of a shrunk finding: explained, with the test to paste.

import { findingReport } from '../check/finding-report.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { Invariant } from '../check/invariant.ts';
import type { Explanation } from '../check/explanation.ts';
import type { Kernel } from '../kernel/define.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { explain } from './explain.ts';
import { namedSchedule } from './named-schedule.ts';
import { pastedTest, type PastedTestOptions } from './pasted-test.ts';
import type { Shrunk, Size } from './shrink.ts';

export interface ShrinkReportOptions {
  readonly invariants?: readonly Invariant[];
  /** Command lines that bring it about again. */
  readonly commands?: readonly string[];
  /** How the pasted test gets the kernel; by its name when left out, as a built-in one. */
  readonly kernelName?: PastedTestOptions['kernel'] | undefined;
  /** Where that was made already. */
  readonly explanation?: Explanation;
}

/** Steps of a schedule that is written into a test. */
const LONGEST_TEST = 300;

/** The report as text. */
export function shrinkReport(kernel: Kernel, shrunk: Shrunk, { invariants = all, commands = [], kernelName = kernel.name, explanation }: ShrinkReportOptions = {}): string {
  const { broken, topology, scenario, loop, schedule } = shrunk;
  const statement = invariants.find(({ id }) => id === broken.id)?.statement;
  return findingReport({
    id: broken.id, kind: broken.kind, sentence: broken.sentence, kernel: kernel.name, scenario: scenario?.name ?? 'of the run', table: kernel.table, actors: topology.actors,
    explanation: explanation ?? explain(kernel, shrunk, { invariants }), notes: notesOf(shrunk), commands,
    ...(statement === undefined ? {} : { statement }), ...(loop === undefined ? {} : { loop }),
    // A test of hundreds of lines is of no use: the trace has them.
    ...(scenario === undefined || schedule.length > LONGEST_TEST ? {} : { test: testOf(shrunk, kernelName) ?? '' }),
  });
}

/** The test to paste; nothing where the scenario is not known. */
export function testOf({ broken, topology, schedule, loop, scenario }: Shrunk, kernel: PastedTestOptions['kernel']): string | undefined {
  if (scenario === undefined) return undefined;
  return pastedTest({ broken, kernel, loop, schedule: namedSchedule(topology, schedule), scenario: builtinScenario(scenario.name) === scenario ? scenario.name : scenario });
}

const switches = ({ switches: count }: Size): string => (count === 1 ? '1 context switch' : `${count} context switches`);

/** What shrinking has done, in parts of a sentence. */
function notesOf({ before, after, fewest, smaller }: Shrunk): string[] {
  const were: string[] = [];
  if (before.steps !== after.steps) were.push(`${before.steps} steps`);
  if (before.switches !== after.switches) were.push(switches(before));
  if (before.actors !== after.actors) were.push(`${before.actors} actors`);
  if (before.operations !== after.operations) were.push(`${before.operations} operations`);
  const left = smaller ? `, with ${after.actors} actors and ${after.operations} ${after.operations === 1 ? 'operation' : 'operations'} left of the scenario` : '';
  return [
    `${switches(after)}${fewest ? ', and none of its schedules has fewer' : ''}${left}`,
    ...(were.length === 0 ? [] : [`it was found with ${were.length < 2 ? were.join('') : `${were.slice(0, -1).join(', ')} and ${were.at(-1)!}`}`]),
  ];
}

// What a failing test says: the finding's report, made small, with what brings it about again.

import { writeFileSync } from 'node:fs';
import { kernels } from '../../machines/kernels/index.ts';
import { invariants } from '../check/invariants/index.ts';
import { UsageError } from '../cli/errors.ts';
import { COMMAND, shellWord } from '../cli/words.ts';
import type { Finding } from '../explore/finding.ts';
import { ShrinkError } from '../explore/reproduce.ts';
import { traceOfSchedule } from '../explore/schedule-trace.ts';
import { shrinking, type Shrunk } from '../explore/shrink.ts';
import { shrinkReport } from '../explore/shrink-report.ts';
import { drive, SECONDS, type Explored } from './explored.ts';
import type { ExploreOptions, Subject } from './options.ts';

/** The message for what was found: the worst as a report, the others in a line each. */
export async function failureText(subject: Subject, findings: readonly Finding[], options: ExploreOptions): Promise<string> {
  const [worst, ...others] = findings as [Finding, ...Finding[]];
  const { kernel: { kernel, text }, scenario } = subject;
  const shrunk = await small(subject, worst, options.seconds ?? SECONDS);
  const commands = commandsOf(subject, shrunk, worst, options);
  const report = shrunk === undefined
    ? `${worst.id}: ${worst.sentence}.\n\n${worst.schedule.length} steps show it, together with other schedules: it cannot be made smaller by itself.${commands.map((one) => `\n  ${one}`).join('')}`
    // A kernel that has no file is imported in the test to paste from one of its name.
    : shrinkReport(kernel, shrunk, { invariants, commands, ...(text !== undefined ? { kernelName: { from: text.file } } : kernels.includes(kernel) ? {} : { kernelName: { from: `./${kernel.name}.ts` } }) });
  return [
    `${scenario.name} does not hold on ${kernel.name}: ${findings.map(({ id, kind }) => `${id} (${kind})`).join(', ')}`, '', report.trimEnd(),
    ...(others.length === 0 ? [] : ['', 'Also found:', ...others.map(({ id, sentence }) => `  ${id}: ${sentence}`)]),
  ].join('\n');
}

async function small({ kernel: { kernel }, topology, scenario }: Subject, finding: Finding, seconds: number): Promise<Shrunk | undefined> {
  let best: Shrunk | undefined;
  try {
    const parts = shrinking(kernel, topology, finding, { scenario, invariants });
    await drive(() => {
      const { done, value } = parts.next();
      best = done === true ? value : value.best;
      return done !== true;
    }, () => 0, () => false, performance.now() + seconds * 1000);
  } catch (error) {
    if (!(error instanceof ShrinkError)) throw error;
  }
  return best;
}

/** Command lines that bring it about again, as far as scenario and kernel have names there. */
function commandsOf(subject: Subject, shrunk: Shrunk | undefined, finding: Finding, options: ExploreOptions): string[] {
  const { words, kernel, scenario } = subject;
  const commands: string[] = [];
  if (options.trace !== undefined) {
    if (kernel.text === undefined && !kernels.includes(kernel.kernel)) throw new UsageError(`a trace has the text of its kernel in it: to keep ${options.trace}, name the file of kernel '${kernel.kernel.name}' instead of giving the kernel itself`);
    writeFileSync(options.trace, traceOfSchedule(kernel.kernel, shrunk?.scenario ?? scenario, (shrunk ?? finding).schedule, { invariants, kernelText: kernel.text }));
    commands.push(`${COMMAND} replay ${shellWord(options.trace)}`);
  }
  if (words.scenario !== undefined && words.kernel !== undefined) commands.push(exploreCommand(words.scenario, words.kernel, options));
  return commands;
}

function exploreCommand(scenario: string, kernel: string, { strategy, schedules, states, depth, preemptions, seed }: ExploreOptions): string {
  const given = Object.entries({ kernel, strategy: strategy === 'auto' ? undefined : strategy, schedules, states, depth, preemptions, seed: seed === 1 ? undefined : seed });
  return `${COMMAND} explore ${shellWord(scenario)}${given.map(([name, value]) => (value === undefined ? '' : ` --${name} ${shellWord(String(value))}`)).join('')}`;
}

/** What was done, in a few words. */
export const doneText = ({ complete, states, schedules, strategy }: Explored): string => (complete ? `in every interleaving, ${states} states` : states === undefined ? `in ${schedules} schedules of strategy ${strategy}` : `in the ${states} states that were searched`);

/** The message for an exploration that says little. */
export const inconclusiveText = ({ kernel: { kernel }, scenario }: Subject, explored: Explored): string =>
  [`${scenario.name} on ${kernel.name} is inconclusive: nothing was found ${doneText(explored)}, which says little`, ...explored.inconclusive.map((one) => `  ${one}`)].join('\n');

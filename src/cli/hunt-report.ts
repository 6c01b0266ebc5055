// What a hunt has found, in words and in files.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariants } from '../check/invariants/index.ts';
import type { Cause } from '../explore/hunt/causes.ts';
import type { HuntCounts } from '../explore/hunt/hunter.ts';
import { textHash } from '../explore/known.ts';
import { traceOfSchedule } from '../explore/schedule-trace.ts';
import { makeFolders } from './destination.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { NamedKernel } from './kernels.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, labelledList, shellWord } from './output.ts';

/** It is no known bug. */
export const isNews = ({ bugs }: Cause): boolean => bugs.length === 0;

/** Name of the files of a cause. */
export const fileName = (cause: Cause): string => (isNews(cause) ? `${cause.id}-${textHash(`${cause.kind} ${cause.key}`).slice(0, 8)}` : cause.bugs.join('+'));

/** The command line that comes to a cause again. */
function command(cause: Cause, { kernel, text }: NamedKernel, seed: number, out: string | undefined): string {
  const on = ` --kernel ${shellWord(text?.file ?? kernel.name)}`;
  return out === undefined ? `${COMMAND} hunt${on} --seed ${seed} --from ${cause.first} --scenarios 1` : `${COMMAND} explore ${shellWord(join(out, `${fileName(cause)}.json`))}${on}`;
}

/** A cause as one line, when it turns up. */
export const newCause = (cause: Cause): string => labelled(isNews(cause) ? 'NEWS' : 'known', `${isNews(cause) ? cause.id : cause.bugs.join(' and ')}, by scenario ${cause.first}: ${cause.sentence}`);

/** A cause, with what the kernel's list says of it. */
export function causeLines(cause: Cause, kernel: NamedKernel, seed: number, out: string | undefined): string[] {
  const { bugs, kind, id, sentence, first, times, schedule } = cause;
  const known = kernel.kernel.bugs.filter((bug) => bugs.includes(bug.id));
  return [
    labelled(isNews(cause) ? 'NEWS' : 'known', isNews(cause) ? `${id} (${kind})` : `${bugs.join(' and ')}, shown by ${id} (${kind})`),
    ...known.map(({ breaks }) => labelled('', breaks)),
    labelled('', `${sentence}; in ${counted(schedule.length, 'step')}`),
    labelled('', `first in scenario ${first}, in ${counted(times, 'scenario')} altogether`),
    labelledCommand('', command(cause, kernel, seed, out)),
  ];
}

/** What was done. */
export const countLines = ({ searched, sampled, repeated, refused, states, schedules, steps }: HuntCounts): string[] => [
  labelledList('tried', [counted(searched + sampled, 'scenario'), `${grouped(searched)} in every interleaving`, `${grouped(sampled)} by samples`, `${grouped(repeated)} repeated and left out`, ...(refused > 0 ? [`${grouped(refused)} refused by the kernel`] : [])]),
  labelledList('', [counted(states, 'state'), counted(schedules, 'schedule'), counted(steps, 'step')]),
];

/** Writes scenario and trace of a cause into a folder. */
export function keepCause(cause: Cause, { kernel, text }: NamedKernel, out: string): void {
  const file = join(out, fileName(cause));
  try {
    makeFolders(out);
    writeFileSync(`${file}.json`, `${JSON.stringify({ ...cause.scenario, shows: cause.sentence.slice(0, 500) }, null, 2)}\n`);
    writeFileSync(`${file}.trace`, traceOfSchedule(kernel, cause.scenario, cause.schedule, { invariants, kernelText: text }));
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write into ${out}: ${systemProblem(error)}`) : error;
  }
}

// What conform says of races.

import type { JudgedLoop } from '../conform/races/search-loop.ts';
import type { JudgedSpin } from '../conform/races/spin.ts';
import type { Result } from '../conform/recording.ts';
import { modelLine, type Head } from './conform-report.ts';
import { counted, grouped, labelled } from './output.ts';

type Judged = JudgedLoop | JudgedSpin;

/** Something that a real kernel showed is out of the model's reach, or a result that never varies does. */
export const differs = (judged: Judged): boolean => judged.sets.some(({ missing }) => missing.length > 0) || (judged.kind === 'spin' && judged.broken.length > 0);

/** How much was explored. */
const explored = (judged: Judged): string => (judged.kind === 'spin' ? `${counted(judged.schedules, 'schedule')}`
  : `each vCPU with the host: ${grouped(judged.states)} states, ${judged.complete ? 'all there are' : 'not all there are'}`);

/** A result, or the results of several steps, in a line. */
function outcomeText(outcome: Result): string {
  const steps = Object.entries(outcome);
  if (steps.every(([name]) => /^\d+$/.test(name))) return steps.map(([name, one]) => `step ${Number(name) + 1} ${outcomeText(one as Result)}`).join(', ');
  const { ret: _ret, errno, exit_reason: reason, payload, ...rest } = outcome as Record<string, unknown>;
  const { flags, gpa, ...more } = (payload ?? {}) as Record<string, unknown>;
  const words = [errno, reason, flags === undefined ? undefined : `flags ${String(flags)}`, gpa === undefined ? undefined : `gpa 0x${BigInt(gpa as string | number).toString(16)}`]
    .filter((word) => word !== undefined);
  return [...words.map(String), ...Object.entries({ ...more, ...rest }).map(([name, one]) => `${name} ${JSON.stringify(one)}`)].join(' ');
}

/** The same for programs. */
export const racesJson = (judged: readonly Judged[]): object => ({
  races: judged.map((one) => ({
    id: one.race.id, sets: one.sets, ...(one.kind === 'spin' ? { schedules: one.schedules, broken: one.broken } : { states: one.states, complete: one.complete }),
  })),
});

/** All lines of the report. */
export function racesLines({ file, kernel, machine }: Head, judged: readonly Judged[]): string[] {
  const seen = judged.flatMap(({ sets }) => sets).reduce((sum, set) => sum + set.seen.length, 0);
  const missing = judged.flatMap(({ sets }) => sets).reduce((sum, set) => sum + set.missing.length, 0);
  const beyond = judged.flatMap(({ sets }) => sets).reduce((sum, set) => sum + set.beyond.length, 0);
  return [
    labelled('recorded', `${file}: ${counted(judged.length, 'race')}, ${counted(seen, 'outcome')} seen`),
    modelLine(kernel, machine),
    '',
    ...judged.flatMap((one) => [
      labelled(differs(one) ? 'differs' : 'reached', `${one.race.id} (${explored(one)})`),
      ...one.sets.flatMap((set) => [
        labelled('', `${set.of}: ${set.seen.length === 0 ? 'nothing was seen' : `${set.seen.length - set.missing.length} of ${set.seen.length} that were seen`}${set.beyond.length === 0 ? '' : `, ${set.beyond.length} more`}`),
        ...set.missing.map((outcome) => labelled('', `out of reach: ${outcomeText(outcome)}`)),
        ...set.beyond.map((outcome) => labelled('', `the model only: ${outcomeText(outcome)}`)),
      ]),
      ...(one.kind === 'spin' ? one.broken.map(({ step, expected, got }) => labelled('', `step ${step + 1}: the kernel ${JSON.stringify(expected)}, the model ${JSON.stringify(got)}`)) : []),
    ]),
    '',
    labelled('result', `${missing === 0 && !judged.some(differs) ? 'everything that was seen can be reached' : `${counted(missing, 'outcome')} that were seen cannot be reached`}; ${counted(beyond, 'outcome')} only in the model`),
  ];
}

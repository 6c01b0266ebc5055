// What conform says of races.

import type { JudgedLoop } from '../conform/races/search-loop.ts';
import type { JudgedSpin } from '../conform/races/spin.ts';
import type { Head } from './conform-report.ts';
import { counted, grouped, labelled } from './output.ts';

type Judged = JudgedLoop | JudgedSpin;

/** Something that a real kernel showed is out of the model's reach, or a result that never varies does. */
export const differs = (judged: Judged): boolean => judged.sets.some(({ missing }) => missing.length > 0) || (judged.kind === 'spin' && judged.broken.length > 0);

/** How much was explored. */
const explored = (judged: Judged): string => (judged.kind === 'spin' ? `${counted(judged.schedules, 'schedule')}`
  : `each vCPU with the host: ${grouped(judged.states)} states, ${judged.complete ? 'all there are' : 'not all there are'}`);

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
    labelled('model', `kernel ${kernel}${machine === undefined ? '' : `, built as on machine ${machine}`}`),
    '',
    ...judged.flatMap((one) => [
      labelled(differs(one) ? 'differs' : 'reached', `${one.race.id} (${explored(one)})`),
      ...one.sets.flatMap((set) => [
        labelled('', `${set.of}: ${set.seen.length === 0 ? 'nothing was seen' : `${set.seen.length - set.missing.length} of ${set.seen.length} that were seen`}${set.beyond.length === 0 ? '' : `, ${set.beyond.length} more`}`),
        ...set.missing.map((outcome) => labelled('', `out of reach: ${JSON.stringify(outcome)}`)),
        ...set.beyond.map((outcome) => labelled('', `the model only: ${JSON.stringify(outcome)}`)),
      ]),
      ...(one.kind === 'spin' ? one.broken.map(({ step, expected, got }) => labelled('', `step ${step + 1}: the kernel ${JSON.stringify(expected)}, the model ${JSON.stringify(got)}`)) : []),
    ]),
    '',
    labelled('result', `${missing === 0 && !judged.some(differs) ? 'everything that was seen can be reached' : `${counted(missing, 'outcome')} that were seen cannot be reached`}; ${counted(beyond, 'outcome')} only in the model`),
  ];
}

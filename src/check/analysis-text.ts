// What the analyses have found, as lines for people, at most 78 columns wide.

import { TEXT_WIDTH, wrap } from './columns.ts';
import { lockOrderLines } from './lock-order-text.ts';
import { raceSentence, type Race } from './races.ts';
import type { AnalysisReport } from './analysis.ts';

/** Steps with the states they were in, for a person who wants to look them up. */
export const raceLines = (race: Race): string[] => [
  ...wrap(`data race: ${raceSentence(race)}.`),
  ...wrap(`${race.earlier.actor} was in ${race.earlier.leaf}`, '    '),
  ...wrap(`${race.later.actor} was in ${race.later.leaf}`, '    '),
];

/** A title and lines under it, nothing when there are none. */
const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', title, ...lines]);
const counted = (times: number, text: string): string[] => {
  const [first = '', ...rest] = wrap(text, '', TEXT_WIDTH - 12);
  return [`${String(times).padStart(10)}  ${first}`, ...rest.map((line) => `            ${line}`)];
};

/** `windows`: how many of the race windows to list. */
export function analysisLines(report: AnalysisReport, { windows = 10 }: { windows?: number } = {}): string[] {
  const found = [...lockOrderLines(report.lockOrder), ...(report.lockOrder.cycles.length > 0 && report.races.length > 0 ? [''] : []), ...report.races.flatMap((race, k) => [...(k > 0 ? [''] : []), ...raceLines(race)])];
  return [
    ...(found.length === 0 ? ['no lock-order cycle, no data race'] : found),
    ...section(`race windows hit: ${report.windows.length}`, report.windows.slice(0, windows)
      .flatMap(({ times, layout, before, intruder, after }) => counted(times, `${layout}: ${intruder} between ${before} and ${after}`))),
    ...section('locks, times taken and times waited for:', report.contention
      .map(({ lockClass, taken, waited }) => `${String(taken).padStart(10)}  ${String(waited).padStart(8)}  ${lockClass}`)),
    ...section('tried again:', report.retries.flatMap(({ step, outcome, times }) => counted(times, `${step}: ${outcome}`))),
    ...section('transitions taken:', report.coverage.map(({ machine, taken, missed }) => `${`${taken.length} of ${taken.length + missed.length}`.padStart(12)}  ${machine}`)),
  ];
}

// What conform says of selftest facts.

import type { JudgedFact } from '../conform/facts.ts';
import type { Head } from './conform-report.ts';
import { modelLine, text } from './conform-report.ts';
import { counted, grouped, labelled } from './output.ts';

type Kind = JudgedFact['verdict']['kind'];
const count = (judged: readonly JudgedFact[], kind: Kind): number => judged.filter(({ verdict }) => verdict.kind === kind).length;

/** How often each reason, most frequent first. */
function reasonsOf(judged: readonly JudgedFact[]): { why: string; count: number }[] {
  const reasons = new Map<string, number>();
  for (const { verdict } of judged) if (verdict.kind === 'inapplicable') reasons.set(verdict.why, (reasons.get(verdict.why) ?? 0) + 1);
  return [...reasons].map(([why, times]) => ({ why, count: times })).toSorted((a, b) => b.count - a.count);
}

/** The same for programs. */
export const factsJson = (judged: readonly JudgedFact[]): object => ({
  facts: judged.length, equal: count(judged, 'equal'), different: count(judged, 'different'), inapplicable: count(judged, 'inapplicable'), elsewhere: count(judged, 'elsewhere'),
  reasons: reasonsOf(judged),
  differences: judged.flatMap(({ fact: { id, steps, expect }, verdict }) => (verdict.kind === 'different' ? [{ id, step: steps.at(-1), expect, fields: verdict.mismatches, got: verdict.got }] : [])),
});

/** All lines of the report. */
export function factsLines({ file, kernel }: Head, judged: readonly JudgedFact[]): string[] {
  const different = count(judged, 'different');
  const left = count(judged, 'inapplicable');
  return [
    labelled('asserted', `${file}: ${counted(judged.length, 'fact')}, ${grouped(count(judged, 'elsewhere'))} of them of other releases or of series that were never merged`),
    modelLine(kernel, undefined),
    '',
    labelled('judged', `${counted(judged.length - count(judged, 'elsewhere'), 'fact')}: ${grouped(count(judged, 'equal'))} hold, ${grouped(different)} do not, ${grouped(left)} not applicable`),
    ...reasonsOf(judged).map(({ why, count: times }, i) => labelled(i === 0 ? 'left out' : '', `${grouped(times)}: ${why}`)),
    ...(different === 0 ? [] : ['']),
    ...judged.flatMap(({ fact: { id, steps, source }, verdict }) => (verdict.kind !== 'different' ? [] : [
      labelled('differs', `${id}: ${JSON.stringify(steps.at(-1))}`), labelled('', `of ${source}`),
      ...verdict.mismatches.map(({ field, expected, got }) => labelled('', `${field}: the selftest ${text(expected)}, the model ${text(got)}`)),
    ])),
    '',
    labelled('result', different === 0 ? `every fact that was judged holds` : `${counted(different, 'fact')} of ${grouped(judged.length - count(judged, 'elsewhere') - left)} do not hold`),
  ];
}

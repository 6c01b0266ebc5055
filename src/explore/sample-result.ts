// From the sums of an exploration to what it says: findings in order, what makes it inconclusive, what the strategy promises.

import { notExercised } from './exercised.ts';
import { lockFindings } from './lock-findings.ts';
import { pctBound, pctSentences } from './strategies/pct.ts';
import type { FindingKind } from './finding.ts';
import type { SampleResult, SampleTotals } from './sample-types.ts';

/** Kinds of findings, the worst in front: as exit codes count. */
export const KINDS: readonly FindingKind[] = ['safety', 'leak', 'race', 'deadlock', 'lock-order', 'livelock'];

/** Part of the schedules that bounds may cut. */
const CUT = 0.05;

/** Everything that follows from the sums. */
export function resultOf(totals: SampleTotals): SampleResult {
  const findings = [...totals.found, ...lockFindings(totals.lockOrder)]
    .toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.first - b.first || (a.key < b.key ? -1 : 1));
  const { pct } = totals;
  return { ...totals, findings, inconclusive: reasons(totals), says: pct === undefined ? [] : pctSentences(pctBound(pct.n, pct.k, pct.d), pct.schedules, pct.longer) };
}

/** Why nothing found would say little. */
function reasons({ strategy, exhausted, schedules, endings, exercised, about, analysed, windows, pairs, shards, parameters, complete }: SampleTotals): string[] {
  const sentences: string[] = [];
  if (schedules === 0) return ['no schedule was executed'];
  sentences.push(...notExercised(about, exercised));
  // A schedule of a scenario without an end is as long as it is told to be: nothing was cut off.
  if (strategy === 'dpor' && !exhausted) sentences.push('depth first, it has not come to every order of conflicting steps: what it has not tried is not spread evenly');
  if (strategy === 'dpor' && endings.cut > 0) sentences.push(`${endings.cut} of ${schedules} schedules were cut after ${parameters['bound']} steps: what comes behind was not put into other orders`);
  else if (endings.cut > CUT * schedules && parameters['endless'] !== 1) {
    sentences.push(`${endings.cut} of ${schedules} schedules were cut after ${parameters['bound']} steps, more than ${CUT * 100} %`);
  }
  const both = pairs.some(({ times }) => times[0] > 0 && times[1] > 0);
  if (analysed && windows.length === 0 && !both) sentences.push('nothing raced: no race window was hit, and no two conflicting steps were seen in both orders');
  const there = shards.reduce((sum, { of }) => sum + 1 / of, 0);
  if (there < 1 - 1e-9) sentences.push(`only ${shards.length === 1 ? 'one shard' : `${shards.length} shards`} of ${shards[0]!.of} ${shards.length === 1 ? 'is' : 'are'} in it`);
  if (!complete) sentences.push('the exploration was stopped before its end');
  return sentences;
}

// What a recording amounts to: how many steps, which were not carried out and why, and where the file of cases said something else.

import type { Case } from '../record/cases.ts';
import { differences, type Difference } from '../record/differences.ts';
import type { Recorded } from '../record/sequence.ts';
import { counted, grouped, labelled } from './output.ts';

/** Differences, and cases that were ended, that are told one by one. */
const MOST_TOLD = 10;

/** Counts while cases come in. */
export class RecordReport {
  cases = 0;
  steps = 0;
  /** Cases that did not come to their end. */
  cut = 0;
  private readonly cuts: string[] = [];
  private readonly skipped = new Map<string, number>();
  private compared = 0;
  private readonly different: Difference[] = [];

  /** A case, and what became of it. */
  take(before: Case, { case: now, cut }: Recorded): void {
    this.cases++;
    this.steps += now.steps.length;
    if (cut !== undefined) {
      this.cut++;
      this.cuts.push(`${now.id}, ${cut}`);
    }
    for (const { res } of now.steps) {
      const why = res?.['skipped'];
      if (typeof why === 'string') this.skipped.set(why, (this.skipped.get(why) ?? 0) + 1);
    }
    const { compared, different } = differences(before, now);
    this.compared += compared;
    this.different.push(...different);
  }

  /** `left` is what is to be said of an interruption. */
  lines(file: string, kernel: string, left: string): string[] {
    const more = (all: number): string[] => (all > MOST_TOLD ? [labelled('', `and ${grouped(all - MOST_TOLD)} more`)] : []);
    return [
      labelled('recorded', `${counted(this.cases, 'case')}, ${counted(this.steps, 'step')}, on ${kernel}, in ${file}${left}`),
      ...[...this.skipped].map(([why, count]) => labelled('skipped', `${counted(count, 'step')}: ${why}`)),
      ...this.cuts.slice(0, MOST_TOLD).map((one) => labelled('ENDED', one)), ...more(this.cuts.length),
      ...(this.compared === 0 ? [] : [labelled('before', `${grouped(this.compared - this.different.length)} of ${counted(this.compared, 'step')} answered what they had answered before`)]),
      ...this.different.slice(0, MOST_TOLD).flatMap(({ id, step, op, before, now }) => [
        labelled('differs', `${id}, step ${step} (${op})`), labelled('', `before ${short(before)}`), labelled('', `now ${short(now)}`),
      ]), ...more(this.different.length),
    ];
  }
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

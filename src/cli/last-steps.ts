// The end of a run, as a report shows it: the last steps, out of the batches as they come.

import type { ReportedStep } from '../check/report.ts';
import type { Table } from '../kernel/table.ts';
import { ok, outcome } from '../memory/outcome.ts';
import { OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { outcomeNames } from '../trace/outcomes.ts';

/** Steps of a report at most. */
export const MOST_STEPS = 60;

export class LastSteps {
  private before: TraceBatch | undefined;
  private last: TraceBatch | undefined;
  private readonly outcomes: readonly number[];

  constructor(table: Table) {
    this.outcomes = outcomeNames(table).map((name) => outcome(name));
  }

  take(batch: TraceBatch): void {
    this.before = this.last;
    this.last = batch;
  }

  /** The last steps. */
  steps(): ReportedStep[] {
    return [this.before, this.last].flatMap((batch) => (batch === undefined ? [] : Array.from({ length: batch.count }, (_one, k) => {
      const [actor, leaf, answer] = batch.records.subarray(k * RECORD.WORDS) as unknown as [number, number, number];
      return { actor, leaf, outcome: actor === OUTSIDE_ACTOR ? ok : this.outcomes[answer]! };
    }))).slice(-MOST_STEPS);
  }
}

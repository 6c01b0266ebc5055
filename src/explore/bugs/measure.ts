// How much it takes to find a known bug: a search of everything, and a sample, each until it shows.

import type { Kernel, KnownBug } from '../../kernel/define.ts';
import type { Scenario } from '../../scenario/types.ts';
import { Trial, type TrialOptions, type Way } from '../mutants/trial.ts';
import { checksOf, isOf } from './bug.ts';

/** What `explore` does where everything fits, and what it does elsewhere. */
export const BUG_WAYS: readonly Way[] = ['exhaustive', 'portfolio'];

/** What one way came to. */
export interface BugLook {
  readonly way: Way;
  /** Id of the property that showed the bug; null: nothing did. */
  readonly foundBy: string | null;
  /** States of a search, schedules of a sample, until then or in all. */
  readonly effort: number;
}

/** A trial that looks for this bug, and passes by whatever else its scenario shows. */
export function bugTrial(kernel: Kernel, bug: KnownBug, scenario: Scenario, way: Way, options: Pick<TrialOptions, 'seed' | 'schedules' | 'states' | 'depth'> = {}): Trial {
  return new Trial(kernel, scenario, way, { ...options, checks: checksOf(bug), counts: (finding) => isOf(bug, finding) });
}

/** What a trial has come to. */
export function lookOf(trial: Trial): BugLook {
  const { way, finding, effort } = trial.result();
  return { way, foundBy: finding?.id ?? null, effort };
}

/** Looks for a bug in each way, to the end. */
export function measured(kernel: Kernel, bug: KnownBug, scenario: Scenario, seed = 1): BugLook[] {
  return BUG_WAYS.map((way) => {
    const trial = bugTrial(kernel, bug, scenario, way, { seed });
    while (trial.advance(100_000));
    return lookOf(trial);
  });
}

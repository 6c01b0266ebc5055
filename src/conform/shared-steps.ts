// Cases that begin with the same steps: these are executed once, and what follows goes on from where they have led. Nothing else differs,
// since a bench that is put back goes on as it would have gone on.

import type { Context } from './context.ts';
import { groupsBy } from './groups.ts';
import { executed } from './judge.ts';
import type { Outcome } from './outcome.ts';
import type { Step } from './recording.ts';

interface Case { readonly steps: readonly Step[] }

/**
 * Executes cases from where the context stands, which is the beginning of them all. `judged` is told of each once: what its last step came to, or the first one
 * that does not apply, behind which nothing is executed.
 */
export function executeShared<T extends Case>(cases: readonly T[], context: Context, judged: (one: T, outcome: Outcome) => void, done = 0): void {
  // What each does next, as text: steps are plain data.
  const groups = groupsBy(cases.filter(({ steps }) => steps.length > done), ({ steps }) => JSON.stringify([steps[done]!.op, steps[done]!.args]));
  const here = groups.length > 1 ? context.save() : undefined;
  groups.forEach((group, i) => {
    if (i > 0) context.restore(here!);
    const outcome = executed(group[0]!.steps[done]!, context);
    if (outcome.kind === 'inapplicable') {
      for (const one of group) judged(one, outcome);
      return;
    }
    for (const one of group) if (one.steps.length === done + 1) judged(one, outcome);
    executeShared(group, context, judged, done + 1);
  });
}

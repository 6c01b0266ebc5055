// A visit of one scenario: every interleaving where they are few, else a sample, within a budget of steps. It knows no clock: whoever has one
// stops asking for more.

import { invariants as all } from '../../check/invariants/index.ts';
import type { Invariant } from '../../check/invariant.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Finding } from '../finding.ts';
import { Sampler } from '../sample.ts';
import { goesOn } from '../goes-on.ts';
import type { SearchResult } from '../search/options.ts';
import { Search } from '../search/search.ts';

export interface VisitBudget {
  /** States up to which everything is searched; 0: it is not tried. */
  readonly states: number;
  /** Schedules of the sample that looks for races and lock order, which a search does not see; and of one where there are too many states. */
  readonly few: number;
  readonly schedules: number;
}

/** What a scenario of a hunt is worth. */
export const VISIT: VisitBudget = { states: 20_000, few: 30, schedules: 600 };

export interface Visited {
  /** Everything was searched. */
  readonly complete: boolean;
  readonly states: number;
  readonly schedules: number;
  readonly steps: number;
  readonly findings: readonly Finding[];
}

/** Steps between two turns of whoever asks. */
const PART = 2000;

/** Visits a scenario; yields now and then. `seed` is that of the sample. */
export function* visiting(kernel: Kernel, topology: Topology, seed: number, budget: VisitBudget = VISIT, invariants: readonly Invariant[] = all): Generator<void, Visited> {
  let searched: Pick<SearchResult, 'complete' | 'states' | 'transitions' | 'findings'> = { complete: false, states: 0, transitions: 0, findings: [] };
  if (budget.states > 0) {
    const search = new Search(kernel, topology, { invariants, stop: 'never', states: budget.states, graph: true });
    while (search.advance(PART)) yield;
    searched = search.result();
  }
  const { complete, states, transitions, findings } = searched;
  const sampler = new Sampler(kernel, topology, { invariants, seed, strategy: 'portfolio', schedules: complete ? budget.few : budget.schedules });
  while (sampler.advance(PART)) yield;
  const sampled = sampler.result();
  return { complete, states, schedules: sampled.schedules, steps: transitions + sampled.steps, findings: together([...findings, ...sampled.findings.filter((one) => one.kind !== 'livelock' || goesOn(kernel, topology, one))]) };
}

/** The first finding of each key. */
function together(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const one of findings) if (!byKey.has(one.key)) byKey.set(one.key, one);
  return [...byKey.values()];
}

/** The same to its end. */
export function visit(kernel: Kernel, topology: Topology, seed: number, budget?: VisitBudget): Visited {
  const parts = visiting(kernel, topology, seed, budget);
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}

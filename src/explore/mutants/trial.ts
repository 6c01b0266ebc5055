// One try at a mutant: an exploration of its scenario in one way, until it shows something that the kernel it was cut from does not show, or
// until its bounds are reached. It uses no clock: who has a time limit calls `advance` for some steps at a time.

import { invariants } from '../../check/invariants/index.ts';
import type { Invariant } from '../../check/invariant.ts';
import { compile } from '../../scenario/compile.ts';
import { Sampler } from '../sample.ts';
import { exhaustive } from '../search/exhaustive.ts';
import { Search } from '../search/search.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Finding } from '../finding.ts';

/** Ways of looking for a mutant: everything, or samples of schedules by one strategy or by all in turn. */
export const WAYS = ['exhaustive', 'portfolio', 'random', 'pct', 'pos'] as const;
export type Way = (typeof WAYS)[number];

export interface TrialOptions {
  readonly seed?: number | undefined;
  /** Schedules of a sample at most. */
  readonly schedules?: number | undefined;
  /** States of a search at most. */
  readonly states?: number | undefined;
  /** Depth for PCT. */
  readonly depth?: number | undefined;
  /** Keys of findings that do not count: the kernel shows them without the mistake. */
  readonly known?: ReadonlySet<string> | undefined;
  /** What is checked: all invariants when left out. */
  readonly checks?: readonly Invariant[] | undefined;
  /** Which findings are what is looked for: any that is not known when left out. */
  readonly counts?: ((finding: Finding) => boolean) | undefined;
}

export interface TrialResult {
  readonly way: Way;
  /** What it showed first; nothing when it survived. */
  readonly finding: Finding | undefined;
  /** States of a search, schedules of a sample, until then or in all. */
  readonly effort: number;
  /** Everything was searched, or all schedules were tried that were asked for; else it was stopped. */
  readonly complete: boolean;
}

/** What holds when nobody says. */
export const TRIAL = { schedules: 2000, states: 400_000, depth: 3 } as const;
/** Steps between two looks whether something was found. */
const SLICE = 256;

export class Trial {
  readonly way: Way;
  private readonly known: ReadonlySet<string>;
  private readonly search: Search | undefined;
  private readonly sampler: Sampler | undefined;
  private readonly counts: ((finding: Finding) => boolean) | undefined;
  private more = true;
  private seen = 0;

  constructor(kernel: Kernel, scenario: Scenario, way: Way, options: TrialOptions = {}) {
    const { seed = 1, schedules = TRIAL.schedules, states = TRIAL.states, depth = TRIAL.depth, known = new Set(), checks = invariants, counts } = options;
    this.way = way;
    this.known = known;
    this.counts = counts;
    const topology = compile(scenario, kernel);
    if (way === 'exhaustive') this.search = new Search(kernel, topology, { invariants: checks, states, graph: true, fair: scenario.about ?? [], known, stop: counts === undefined ? 'first' : 'never' });
    else this.sampler = new Sampler(kernel, topology, { invariants: checks, strategy: way, seed, schedules, depth, recheck: 0 });
  }

  /** Explores on for about so many steps. False when there is nothing more to do. */
  advance(steps: number): boolean {
    const { search, sampler } = this;
    if (search !== undefined && this.counts === undefined) this.more = this.more && search.advance(steps);
    else if (search !== undefined) for (let left = steps; left > 0 && this.more; left -= SLICE) this.more = search.advance(SLICE) && !this.shows(search);
    else for (let left = steps; left > 0 && this.more; left -= SLICE) this.more = sampler!.advance(SLICE) && (sampler!.progress().findings <= this.known.size || this.first() === undefined);
    return this.more;
  }

  /** States, or schedules, so far. */
  effort(): number {
    return this.search?.progress().states ?? this.sampler!.progress().schedules;
  }

  /** What came out so far. */
  result(): TrialResult {
    const { way, search } = this;
    if (search !== undefined) {
      const { findings, states, complete } = search.result();
      const finding = findings.find(this.counts ?? (() => true));
      return { way, finding, effort: states, complete: complete || finding !== undefined };
    }
    const finding = this.first();
    return { way, finding, effort: finding?.first ?? this.sampler!.progress().schedules, complete: finding !== undefined || !this.more };
  }

  /** Has a search come to what is looked for? */
  private shows(search: Search): boolean {
    const { findings } = search.progress();
    if (findings === this.seen) return false;
    this.seen = findings;
    return search.result().findings.some(this.counts!);
  }

  /** Of everything that counts, what came first. */
  private first(): (Finding & { readonly first: number }) | undefined {
    return this.sampler!.result().findings.filter((one) => !this.known.has(one.key) && (this.counts === undefined || this.counts(one))).toSorted((a, b) => a.first - b.first)[0];
  }
}

/** Keys of everything that a kernel shows in a scenario when it is explored in this way to the bounds. */
export function knownKeys(kernel: Kernel, scenario: Scenario, way: Way, { seed = 1, schedules = TRIAL.schedules, states = TRIAL.states, depth = TRIAL.depth }: TrialOptions = {}): ReadonlySet<string> {
  const topology = compile(scenario, kernel);
  if (way === 'exhaustive') return new Set(exhaustive(kernel, topology, { invariants, states, graph: true, fair: scenario.about ?? [], stop: 'never' }).findings.map(({ key }) => key));
  const sampler = new Sampler(kernel, topology, { invariants, strategy: way, seed, schedules, depth, recheck: 0 });
  while (sampler.advance(1_000_000));
  return new Set(sampler.result().findings.map(({ key }) => key));
}

// Explores a scenario for a test: every interleaving where that fits, samples elsewhere, as long as it may take. As `faultline explore`
// does, without a word on the terminal.

import { invariants } from '../check/invariants/index.ts';
import { DEFAULTS, STRATEGIES } from '../cli/explore-defaults.ts';
import { UsageError } from '../cli/errors.ts';
import { nearest } from '../kernel/nearest.ts';
import { defaultMode, estimate, type Estimate } from '../explore/estimate.ts';
import type { Finding } from '../explore/finding.ts';
import { KINDS, resultOf } from '../explore/sample-result.ts';
import { Sampler } from '../explore/sample.ts';
import { Search } from '../explore/search/search.ts';
import type { ExploreOptions, Subject } from './options.ts';

/** What an exploration has come to. */
export interface Explored {
  /** `exhaustive`, or the strategy of the samples. */
  readonly strategy: string;
  /** Everything was searched. */
  readonly complete: boolean;
  /** Of a search. */
  readonly states?: number;
  /** Of samples. */
  readonly schedules?: number;
  /** The worst kind in front. */
  readonly findings: readonly Finding[];
  /** Why finding nothing says little, each a sentence. */
  readonly inconclusive: readonly string[];
}

/** What holds when a test says nothing. */
export const SECONDS = 3;
/** Steps between two looks at the clock; milliseconds after which others have their turn. */
const PART = 1000, TURN_MS = 20;
/** States up to which the whole graph is kept, with which livelocks are decided. */
const GRAPH_STATES = 400_000;

/** Explores; `enough` may end it early, and is asked whenever something was found. */
export async function exploreFor(subject: Subject, options: ExploreOptions, enough: (findings: readonly Finding[]) => boolean = () => false): Promise<Explored> {
  const { strategy = 'auto', states = DEFAULTS.states, schedules } = options;
  const seconds = options.seconds ?? (schedules === undefined && options.states === undefined ? SECONDS : Infinity);
  if (!STRATEGIES.includes(strategy)) throw new UsageError(`there is no strategy '${strategy}'${nearest(strategy, STRATEGIES) || `; there is ${STRATEGIES.join(', ')}`}`);
  if (!(seconds > 0)) throw new UsageError(`'seconds' is a number above 0, not ${seconds}`);
  const ends = performance.now() + seconds * 1000;
  const { kernel: { kernel }, topology } = subject;
  const guess = strategy === 'auto' || strategy === 'exhaustive' ? estimate(kernel, topology, states) : undefined;
  const chosen = strategy === 'auto' ? (schedules !== undefined ? 'portfolio' : defaultMode(guess!)) : strategy;
  return chosen === 'exhaustive' ? searched(subject, options, guess!, ends, seconds, enough) : sampled(subject, chosen, options, ends, enough);
}

async function searched({ kernel: { kernel }, topology, scenario }: Subject, { states }: ExploreOptions, guess: Estimate, ends: number, seconds: number, enough: (findings: readonly Finding[]) => boolean): Promise<Explored> {
  const graph = states === undefined && guess.states <= GRAPH_STATES;
  const search = new Search(kernel, topology, {
    invariants, stop: 'never', megabytes: DEFAULTS.megabytes, ...(states === undefined ? {} : { states }), ...(graph ? { graph: true, fair: scenario.about ?? [] } : { symmetry: true }),
  });
  const inTime = await drive((steps) => search.advance(steps), () => search.progress().findings, () => enough(search.result().findings), ends);
  const result = search.result();
  const why = inTime ? result.cut === 'states' ? `it was cut at its limit of ${states} states` : `it was cut at its limit of ${DEFAULTS.megabytes} MB` : `its ${seconds} seconds were over behind ${result.states} states; give it more with 'seconds'`;
  return { strategy: 'exhaustive', complete: result.complete, states: result.states, findings: worstFirst(result.findings), inconclusive: result.complete ? [] : [why] };
}

async function sampled({ kernel: { kernel }, topology, scenario }: Subject, strategy: string, { seed = 1, schedules, depth, preemptions }: ExploreOptions, ends: number, enough: (findings: readonly Finding[]) => boolean): Promise<Explored> {
  const sampler = new Sampler(kernel, topology, {
    strategy, seed, invariants, about: scenario.about ?? [], depth, preemptions, schedules: schedules ?? (strategy === 'preemptions' ? undefined : DEFAULTS.schedules),
  });
  const inTime = await drive((steps) => sampler.advance(steps), () => sampler.progress().findings, () => enough(sampler.result().findings), ends);
  const result = resultOf(sampler.totals());
  // A sample that nobody has given a size ends when its time is over: that is no reason.
  const inconclusive = inTime || schedules !== undefined ? result.inconclusive : result.inconclusive.filter((one) => !one.includes('stopped before its end'));
  return { strategy, complete: false, schedules: result.schedules, findings: worstFirst(result.findings), inconclusive };
}

const worstFirst = (findings: readonly Finding[]): readonly Finding[] => findings.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));

/** Lets an engine work in parts; false when its time was over before it was. */
export async function drive(advance: (steps: number) => boolean, found: () => number, enough: () => boolean, ends: number): Promise<boolean> {
  let turned = performance.now();
  let known = 0;
  while (advance(PART)) {
    const now = performance.now();
    if (found() > known) {
      known = found();
      if (enough()) return true;
    }
    if (now >= ends) return false;
    if (now - turned < TURN_MS) continue;
    await new Promise<void>((resolve) => { setImmediate(resolve); });
    turned = performance.now();
  }
  return true;
}

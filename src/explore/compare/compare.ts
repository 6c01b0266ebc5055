// Two kernels on one scenario: what only one of them does. Where both are searched to their ends, that is decided; where they are sampled, what
// one has shown the other is looked through once more for. Behaviours are what userspace, guests and hardware see, actor by actor, in
// order, and together when everybody rests; with them count what is broken, retries of kernel code and the order of locks. Names of states are notes.

import { invariants as all } from '../../check/invariants/index.ts';
import type { Invariant } from '../../check/invariant.ts';
import type { Kernel } from '../../kernel/define.ts';
import { SetupError } from '../../runtime/setup.ts';
import { compile } from '../../scenario/compile.ts';
import { ScenarioError } from '../../scenario/errors.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Finding } from '../finding.ts';
import { ShrinkError } from '../reproduce.ts';
import { Sampler } from '../sample.ts';
import type { Schedule } from '../schedule.ts';
import { Search } from '../search/search.ts';
import { shrink } from '../shrink.ts';
import { gathering, type Note, type Seen } from './gathered.ts';
import { Histories } from './histories.ts';
import { observed } from './observed.ts';

export interface CompareBudget {
  /** States of a kernel, with what was seen on the way to them, up to which everything is searched. */
  readonly states: number;
  /** Schedules of a sample; 0: what does not fit is left out. */
  readonly schedules: number;
  readonly seed: number;
}

/** Something that one kernel does and the other does not. */
export interface Difference {
  /** Place of the kernel that does it: 0 or 1. */
  readonly only: 0 | 1;
  readonly what: Seen['what'] | 'broken' | 'refused';
  readonly text: string;
  /** A shortest schedule of that kernel that shows it; none for names of states and what is refused. */
  readonly schedule?: Schedule;
}

export interface Compared {
  /** Both were searched to their ends. */
  readonly complete: boolean;
  /** It has too many states, and no sample was wanted: nothing is known. */
  readonly skipped: boolean;
  readonly states: readonly [number, number];
  /** What counts. */
  readonly differences: readonly Difference[];
  /** States that only one of them reaches, by name. */
  readonly notes: readonly Difference[];
}

/** Steps between two turns, and of shrinking what a sample has shown. */
const PART = 2000, SHRINK_STEPS = 150_000;
/** Endings of a kind at most: behaviours that differ bring many. */
const ENDINGS = 3;

/** One kernel on the scenario. */
interface Side {
  readonly kernel: Kernel;
  /** The same, remembering what is seen. */
  readonly remembering: Kernel;
  readonly topology: Topology;
  readonly plain: Topology;
  readonly complete: boolean;
  readonly states: number;
  readonly seen: ReadonlyMap<string, Seen>;
  /** What is broken: by kind and property. */
  readonly broken: ReadonlyMap<string, Finding>;
}

type Tried<T> = { readonly done: T } | { readonly refused: string };

/** Explores one kernel. */
function* side(kernel: Kernel, scenario: Scenario, histories: Histories, budget: CompareBudget): Generator<void, Tried<Side>> {
  const remembering = observed(kernel, histories);
  let topology: Topology;
  const seen = new Map<string, Seen>();
  const note: Note = (key, what) => {
    if (!seen.has(key)) seen.set(key, what());
    return undefined;
  };
  try {
    topology = compile(scenario, remembering);
    const plain = compile(scenario, kernel);
    const checks = gathering(remembering, topology.actors.map(({ name }) => name), histories, note);
    const search = new Search(remembering, topology, { invariants: checks, stop: 'never', states: budget.states });
    while (search.advance(PART)) yield;
    const { complete, states } = search.result();
    const findings: Finding[] = [];
    if (complete) {
      const judged = new Search(kernel, plain, { invariants: all, stop: 'never' });
      while (judged.advance(PART)) yield;
      findings.push(...judged.result().findings);
    } else if (budget.schedules > 0) {
      const sampler = new Sampler(remembering, topology, { ...sampling(budget), invariants: checks, analysed: false });
      while (sampler.advance(PART)) yield;
      const judged = new Sampler(kernel, plain, { ...sampling(budget), invariants: all, analysed: false });
      while (judged.advance(PART)) yield;
      findings.push(...judged.result().findings.filter(({ kind }) => kind !== 'livelock'));
    }
    const broken = new Map<string, Finding>();
    for (const one of findings) if (!broken.has(`${one.kind} ${one.id}`)) broken.set(`${one.kind} ${one.id}`, one);
    return { done: { kernel, remembering, topology, plain, complete, states, seen, broken } };
  } catch (error) {
    if (error instanceof ScenarioError || error instanceof SetupError) return { refused: error.message };
    throw error;
  }
}

const sampling = ({ schedules, seed }: CompareBudget) => ({ strategy: 'portfolio', schedules, seed } as const);

/** Checks that complain when the thing of this key happens. */
const looking = ({ remembering, topology }: Side, histories: Histories, wanted: string): Invariant[] =>
  gathering(remembering, topology.actors.map(({ name }) => name), histories, (key) => (key === wanted ? wanted : undefined));

/** A shortest schedule that shows the thing of this key; of a sample, one that was made small. Nothing: it does not happen. */
function* witness(of: Side, histories: Histories, key: string, exact: boolean, budget: CompareBudget): Generator<void, Schedule | undefined> {
  const invariants = looking(of, histories, key);
  if (exact) {
    // Level by level: the first is a shortest. Deadlocks on the way are not what is looked for.
    const search = new Search(of.remembering, of.topology, { invariants, order: 'bfs', stop: 'never' });
    const found = (): Finding | undefined => search.result().findings.find(({ kind }) => kind === 'safety' || kind === 'leak');
    for (let more = true; more && found() === undefined; more = search.advance(PART)) yield;
    return found()?.schedule;
  }
  const sampler = new Sampler(of.remembering, of.topology, { ...sampling(budget), invariants, analysed: false });
  const found = (): Finding | undefined => sampler.totals().found.find(({ kind, sentence }) => kind === 'safety' && sentence === key);
  for (let more = true; more;) {
    more = sampler.advance(20 * PART) && found() === undefined;
    yield;
  }
  const finding = found();
  return finding === undefined ? undefined : shrunk(of.remembering, of.topology, finding, invariants);
}

/** The schedule of a finding, made small where it can be. */
function shrunk(kernel: Kernel, topology: Topology, finding: Finding, invariants: readonly Invariant[]): Schedule {
  try {
    return shrink(kernel, topology, finding, { invariants, budget: SHRINK_STEPS }).schedule;
  } catch (error) {
    if (error instanceof ShrinkError) return finding.schedule;
    throw error;
  }
}

/** What a thing is, in words. */
function textOf({ what, text, history, histories: ends }: Seen, histories: Histories): string {
  const sequence = (number: number): string => histories.list(number).join('; ');
  if (what === 'behaviour') return `${text}: ${sequence(history!)}`;
  if (what === 'ending') return `together: ${ends!.map(([actor, number]) => `${actor}: ${sequence(number)}`).join(' | ') || 'nobody sees anything'}`;
  return text;
}

/** Keys of what only `own` does, as few as say it: of behaviours those that begin as one of the other's. */
function onlyIn(own: Side, other: Side): string[] {
  const missing = [...own.seen].filter(([key]) => !other.seen.has(key));
  const behaviours = missing.filter(([, { what, before }]) => what === 'behaviour' && (before!.endsWith(' 0') || other.seen.has(before!)));
  const endings = behaviours.length > 0 ? [] : missing.filter(([, { what }]) => what === 'ending').slice(0, ENDINGS);
  return [...behaviours, ...endings, ...missing.filter(([, { what }]) => what === 'retry' || what === 'lock order')].map(([key]) => key);
}

/** Compares two kernels on a scenario; yields now and then. */
export function* comparing(kernels: readonly [Kernel, Kernel], scenario: Scenario, budget: CompareBudget): Generator<void, Compared> {
  const histories = new Histories();
  const tried = [yield* side(kernels[0], scenario, histories, budget), yield* side(kernels[1], scenario, histories, budget)] as const;
  const refusals = tried.flatMap((one, n): Difference[] => ('refused' in one ? [{ only: n as 0 | 1, what: 'refused', text: one.refused }] : []));
  const nothing = { complete: true, skipped: false, states: [0, 0] as const, notes: [] };
  // What both refuse is no difference, and nothing to compare.
  if (refusals.length > 0) return { ...nothing, skipped: refusals.length === 2, differences: refusals.length === 2 ? [] : refusals };
  const [a, b] = tried.map((one) => (one as { done: Side }).done) as [Side, Side];
  const complete = a.complete && b.complete;
  const states = [a.states, b.states] as const;
  if (!complete && budget.schedules === 0) return { complete, skipped: true, states, differences: [], notes: [] };
  const differences: Difference[] = [];
  const notes: Difference[] = [];
  for (const only of [0, 1] as const) {
    const [own, other] = only === 0 ? [a, b] : [b, a];
    for (const key of onlyIn(own, other)) {
      // Behind a sample, absence is looked into: with other schedules, and more of them.
      const more = { ...budget, schedules: 4 * budget.schedules, seed: budget.seed + 1 };
      if (!other.complete && (yield* witness(other, histories, key, false, more)) !== undefined) continue;
      const { what } = own.seen.get(key)!;
      const schedule = yield* witness(own, histories, key, own.complete, budget);
      differences.push({ only, what, text: textOf(own.seen.get(key)!, histories), ...(schedule === undefined ? {} : { schedule }) });
    }
    for (const [key, finding] of own.broken) {
      if (other.broken.has(key)) continue;
      differences.push({ only, what: 'broken', text: `${finding.id} (${finding.kind}): ${finding.sentence}`, schedule: shrunk(own.kernel, own.plain, finding, all) });
      yield;
    }
    for (const [key, seen] of own.seen) if (seen.what === 'state' && !other.seen.has(key)) notes.push({ only, what: 'state', text: seen.text });
  }
  return { complete, skipped: false, states, differences, notes };
}

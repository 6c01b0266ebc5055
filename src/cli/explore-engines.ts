// The two ways of exploring, with one face: what was done, what was found, what keeps it from saying more.

import { invariants } from '../check/invariants/index.ts';
import { machineCoverage } from '../explore/coverage.ts';
import type { Estimate } from '../explore/estimate.ts';
import { notExercised, vacuous } from '../explore/exercised.ts';
import type { Finding, FindingKind } from '../explore/finding.ts';
import { SamplePool } from '../explore/pool.ts';
import { resultOf } from '../explore/sample-result.ts';
import { Sampler, type SampleProgress } from '../explore/sample.ts';
import { strategyKind } from '../explore/strategies/index.ts';
import type { SampleOptions, SampleResult, SampleTotals } from '../explore/sample-types.ts';
import type { PointOfNoReturn } from '../explore/search/no-return.ts';
import { Search } from '../explore/search/search.ts';
import type { SearchResult } from '../explore/search/options.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Coverage } from './coverage-text.ts';
import { drive, rate, type Drive, type StatusLine } from './explore-drive.ts';
import { DEFAULTS, type ExploreArguments } from './explore-options.ts';
import type { Interruption } from './interruption.ts';
import type { NamedKernel } from './kernels.ts';
import { grouped, labelled, labelledList } from './output.ts';

/** What is explored. */
export interface Subject { readonly kernel: NamedKernel; readonly scenario: Scenario; readonly topology: Topology }

export interface Explored {
  /** Lines that say what was done. */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  /** Everything was searched: what was not found is not there. */
  readonly complete: boolean;
  /** Why finding nothing would say little, each a sentence. */
  readonly inconclusive: readonly string[];
  readonly ended: Drive;
  /** For programs. */
  readonly json: object;
  /** Of a finding, where everything was searched with its graph: could it still be avoided behind each step? */
  readonly avoidable?: ((finding: Finding) => PointOfNoReturn | undefined) | undefined;
  /** For `--coverage`. */
  readonly coverage: Coverage;
  /** Sums of a sample: what a part consists of. */
  readonly totals?: SampleTotals | undefined;
}

/** States up to which the whole graph of states is kept: with it livelocks are decided, and points of no return. */
const GRAPH_STATES = 400_000;

/** Every interleaving. */
export async function searchAll({ kernel, topology, scenario }: Subject, given: ExploreArguments, guess: Estimate | undefined, seconds: number, interruption: Interruption, status: StatusLine): Promise<Explored> {
  const graph = given.states === undefined && given.exact !== true && given.reduction !== true && guess !== undefined && guess.states <= GRAPH_STATES;
  const search = new Search(kernel.kernel, topology, {
    invariants, stop: 'never', order: given.order, megabytes: given.memory ?? DEFAULTS.megabytes,
    ...(given.exact === true ? { exact: true } : {}), ...(given.states === undefined ? {} : { states: given.states }),
    ...(graph ? { graph: true } : { symmetry: given.symmetry, reduction: given.reduction === true }),
  });
  const folds = graph ? [] : [...(given.symmetry && !search.result().notes.some((note) => note.startsWith('no symmetry')) ? ['those of interchangeable vCPUs'] : []), ...(given.reduction === true ? ['interleavings of independent steps'] : [])];
  const began = performance.now();
  const ended = await drive((steps) => search.advance(steps), seconds, interruption, status, () => {
    const { states, transitions, frontier, findings, megabytes } = search.progress();
    // Folding and reduction leave fewer states than were estimated.
    const share = guess === undefined || guess.states === Infinity ? [] : [`of ${guess.exact ? '' : 'some '}${grouped(guess.exact ? guess.states : Number(guess.states.toPrecision(1)))}${graph ? '' : ' at most'} (${Math.min(99, Math.floor((100 * states) / guess.states))} %)`];
    return [`${grouped(states)} distinct states`, ...share, `${grouped(transitions)} steps`, rate(states, began, 'states'), `frontier ${grouped(frontier)}`, `${grouped(megabytes)} MB`, `${findings} found so far`];
  });
  const result = search.result();
  const took = (performance.now() - began) / 1000;
  const left = Math.max(1, seconds - took);
  const beside = ended === 'done' ? await sampleBeside({ kernel, topology, scenario }, given, left, interruption, status) : undefined;
  const searched = { ...result.evaluated, 'L-04': result.states, 'L-07': result.terminals.count };
  const { about = [] } = scenario;
  const empty = result.complete ? vacuous(about, searched) : [];
  const exercised = { ...searched, ...(beside === undefined ? {} : { 'S-17': beside.exercised['S-17']! }), ...liveness(graph && result.complete, beside) };
  const coverage = { machines: machineCoverage({ table: kernel.kernel.table, topology }, result.coverage), pairs: beside?.pairs ?? [], exhaustive: result.complete && given.reduction !== true && result.findings.length === 0 };
  return {
    lines: [...searchLines(result, graph, folds, took), ...machinesLine(coverage), ...empty.map((id) => labelled('', `${id} holds because nothing in any interleaving could have broken it: on this kernel the scenario does not put it to the test`)), ...(beside === undefined ? [] : besideLines(beside))],
    findings: [...result.findings, ...(beside?.findings ?? []).filter(({ kind }) => BESIDE.includes(kind))], complete: result.complete, ended, coverage,
    inconclusive: [...(result.complete ? [] : [whyCut(result, given, seconds, ended)]), ...notExercised(about.filter((id) => !empty.includes(id)), exercised)],
    json: {
      strategy: 'exhaustive', states: result.states, transitions: result.transitions, complete: result.complete, cut: result.cut ?? null, deadlocks: result.deadlocks, terminals: result.terminals, collision: result.collision, notes: result.notes,
      exercised, ...(beside === undefined ? {} : { sampled: { schedules: beside.schedules, windows: beside.windows.length } }),
    },
    ...(graph && result.complete ? { avoidable: (finding) => (BESIDE.includes(finding.kind) ? undefined : search.pointOfNoReturn(finding)) } : {}),
  };
}

/** Kinds that no single state shows: a search finds them only by the schedules that are sampled beside it. */
const BESIDE: readonly FindingKind[] = ['race', 'lock-order'];
const BESIDE_SCHEDULES = 200;

/** Schedules for the analyses of whole schedules: lock order, data races, and which conflicting steps came in both orders. */
async function sampleBeside({ kernel, topology }: Subject, { seed }: ExploreArguments, seconds: number, interruption: Interruption, status: StatusLine): Promise<SampleResult | undefined> {
  const sampler = new Sampler(kernel.kernel, topology, { strategy: 'random', schedules: BESIDE_SCHEDULES, seed, recheck: 0, invariants });
  await drive((steps) => sampler.advance(steps), seconds, interruption, status, () => [`${grouped(sampler.progress().schedules)} schedules for lock order and data races`]);
  const result = sampler.result();
  return result.analysed ? result : undefined;
}

/** Whether everything ends, where that is decided: by the graph of all states, else by schedules that were sampled. */
const liveness = (decided: boolean, beside: SampleResult | undefined): Record<string, number> =>
  Object.fromEntries(['L-01', 'L-03', 'L-06'].map((id) => [id, decided ? 1 : beside?.endings.finished ?? 0]));

function whyCut({ cut }: SearchResult, { states, memory }: ExploreArguments, seconds: number, ended: Drive): string {
  if (ended === 'interrupted') return 'it was interrupted';
  switch (cut) {
    case 'states': return `it was cut at its limit of ${grouped(states ?? 0)} states; raise it with --states`;
    case 'memory': return `it was cut at its limit of ${memory ?? DEFAULTS.megabytes} MB; raise it with --memory`;
    case 'depth': return 'some schedules were cut at the limit of their depth';
    default: return `its ${seconds} seconds were over; raise them with --seconds`;
  }
}

function searchLines({ states, transitions, complete, terminals, collision, notes }: SearchResult, graph: boolean, folds: readonly string[], seconds: number): string[] {
  return [
    labelledList('searched', [`${grouped(states)} states`, `${grouped(transitions)} transitions`, `${grouped(terminals.count)} ends`, `${grouped(Math.round(transitions / Math.max(0.001, seconds)))} steps a second`]),
    labelled('', `${complete ? 'all there are' : 'not all there are'}${folds.length === 0 ? '' : `, ${folds.join(' and ')} once`}; ${collision === 0 ? 'no two could be taken for one' : `odds that two were taken for one: ${collision.toExponential(0)}`}`),
    ...(graph && complete ? [labelled('', 'livelocks are decided: from every state some progress can be reached, or a finding says from which not')] : []),
    ...notes.map((note) => labelled('', note)),
  ];
}

/** How much of each machine was seen, in a line. */
const machinesLine = ({ machines, exhaustive }: Coverage): string[] => (machines.length === 0 ? [] : [
  labelledList('exercised', machines.map(({ machine, outcomes }, i) => `${i === 0 ? 'outcomes: ' : ''}${machine} ${outcomes.seen.length} of ${outcomes.seen.length + outcomes.notSeen.length}`)),
  ...(exhaustive ? [labelled('', 'the others are impossible here')] : []),
]);

const racedLine = ({ windows, pairs }: SampleResult): string[] => [
  `${grouped(windows.length)} distinct race windows hit`, `${grouped(pairs.filter(({ times }) => times[0] > 0 && times[1] > 0).length)} of ${grouped(pairs.length)} pairs of conflicting steps in both orders`,
];

const besideLines = (beside: SampleResult): string[] => [
  labelled('sampled', `${grouped(beside.schedules)} schedules beside it, for lock order and data races, which no single state shows`), labelledList('raced', racedLine(beside)),
];

/** A sample of schedules. */
export async function sample({ kernel, topology, scenario }: Subject, strategy: string, given: ExploreArguments, seconds: number, interruption: Interruption, status: StatusLine): Promise<Explored> {
  const { endless, divisible } = strategyKind(strategy);
  // What cannot be divided is one job's.
  const jobs = divisible === false ? 1 : given.jobs;
  const options: SampleOptions = {
    strategy, seed: given.seed, invariants, about: scenario.about ?? [], bound: given.bound, depth: given.depth, preemptions: given.preemptions, shard: given.shard,
    schedules: given.schedules ?? (endless ? DEFAULTS.schedules : undefined),
  };
  const { totals, ended } = jobs > 1 ? await sampleOnThreads({ kernel, topology, options, jobs }, seconds, interruption, status) : await sampleHere({ kernel, topology, options }, seconds, interruption, status);
  const result = resultOf(totals);
  return {
    coverage: sampleCoverage(result), lines: sampleLines(result, jobs), findings: result.findings, complete: strategy === 'dpor' && result.exhausted && result.endings.cut === 0, ended, totals,
    inconclusive: ended === 'done' || given.schedules !== undefined ? result.inconclusive : result.inconclusive.filter((one) => !one.includes('stopped before its end')),
    json: { strategy, schedules: result.schedules, steps: result.steps, endings: result.endings, windows: result.windows.length, exhausted: result.exhausted, says: result.says, inconclusive: result.inconclusive, rechecked: result.rechecked, exercised: result.exercised },
  };
}

/** How far a sample is. */
const sampled = ({ schedules, steps, of, findings, windows }: SampleProgress, began: number): string[] => [
  `${grouped(schedules)}${of === Infinity ? '' : ` of ${grouped(of)}`} schedules`, `${grouped(steps)} steps`, rate(schedules, began, 'schedules'), `${grouped(windows)} race windows`, `${findings} found so far`,
];

interface Sampling { readonly kernel: NamedKernel; readonly topology: Topology; readonly options: SampleOptions }

async function sampleHere({ kernel, topology, options }: Sampling, seconds: number, interruption: Interruption, status: StatusLine): Promise<{ totals: SampleTotals; ended: Drive }> {
  const sampler = new Sampler(kernel.kernel, topology, options);
  const began = performance.now();
  const ended = await drive((steps) => sampler.advance(steps), seconds, interruption, status, () => {
    return sampled(sampler.progress(), began);
  });
  return { totals: sampler.totals(), ended };
}

async function sampleOnThreads({ kernel, topology, options, jobs }: Sampling & { jobs: number }, seconds: number, interruption: Interruption, status: StatusLine): Promise<{ totals: SampleTotals; ended: Drive }> {
  let ended: Drive = 'done';
  const began = performance.now();
  const pool = new SamplePool({
    kernel: kernel.kernel, topology, options, jobs, ...(kernel.text === undefined ? {} : { kernelText: kernel.text }),
    progress: (progress) => status.show([...sampled(progress, began), `${jobs} jobs`, ...(seconds > 1e9 ? [] : [`at most ${grouped(Math.max(0, Math.ceil(seconds - (performance.now() - began) / 1000)))} s to go`])]),
  });
  const stop = (why: Drive) => (): void => {
    ended = why;
    pool.stop();
  };
  interruption.stops(stop('interrupted'));
  const clock = setTimeout(stop('seconds'), Math.min(seconds * 1000, 0x7fffffff));
  try {
    return { totals: await pool.run(), get ended() { return ended; } };
  } finally {
    clearTimeout(clock);
    status.clear();
  }
}

/** What a sample has done, as lines. */
export function sampleLines(result: SampleResult, jobs: number): string[] {
  const { schedules, steps, endings, says, rechecked, exhausted, analysed, parameters } = result;
  const endless = parameters['endless'] === 1;
  return [
    labelledList('sampled', [`${grouped(schedules)} schedules${exhausted && result.strategy !== 'dpor' ? ', all there are within its bound' : ''}`, `${grouped(steps)} steps`, `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`, `${grouped(rechecked)} executed twice and compared`]),
    labelledList('ended', [`${grouped(endings.finished)} by themselves`, `${grouped(endings.broken)} broken`, `${grouped(endings.deadlock)} in a deadlock`, `${grouped(endings.cut)} ${endless ? 'at their length' : 'cut'}`]),
    ...(exhausted && result.strategy === 'dpor' && endings.cut === 0 ? [labelled('', 'complete: every order of conflicting steps was executed (all Mazurkiewicz traces)')] : []),
    ...(endless ? [labelled('', `the scenario has no end: of each schedule the first ${grouped(parameters['bound']!)} steps were judged; what comes later was not, nor what is left behind at an end`)] : []),
    ...(analysed ? [labelledList('raced', racedLine(result))] : []),
    ...machinesLine(sampleCoverage(result)),
    ...says.map((one) => labelled('', one)),
  ];
}

/** What a sample has covered. */
export const sampleCoverage = ({ machines, pairs }: SampleResult): Coverage => ({ machines, pairs, exhaustive: false });

// What an exploration comes to: what was done, what was found, what keeps it from saying more. And samples of schedules; the exhaustive
// search is in explore-search.ts.

import { invariants } from '../check/invariants/index.ts';
import type { Finding } from '../explore/finding.ts';
import { SamplePool } from '../explore/pool.ts';
import { resultOf } from '../explore/sample-result.ts';
import { Sampler, type SampleProgress } from '../explore/sample.ts';
import { strategyKind } from '../explore/strategies/index.ts';
import type { SampleOptions, SampleResult, SampleTotals } from '../explore/sample-types.ts';
import type { PointOfNoReturn } from '../explore/search/no-return.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Coverage } from './coverage-text.ts';
import { drive, rate, toGo, type Drive, type StatusLine } from './explore-drive.ts';
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
  /** File that the search was kept in, to go on with it. */
  readonly checkpoint?: string;
  /** For programs. */
  readonly json: object;
  /** Of a finding, where everything was searched with its graph: could it still be avoided behind each step? */
  readonly avoidable?: ((finding: Finding) => PointOfNoReturn | undefined) | undefined;
  /** For `--coverage`. */
  readonly coverage: Coverage;
  /** Sums of a sample: what a part consists of. */
  readonly totals?: SampleTotals | undefined;
}

/** How much of each machine was seen, in a line. */
export const machinesLine = ({ machines, exhaustive }: Coverage): string[] => (machines.length === 0 ? [] : [
  labelledList('exercised', machines.map(({ machine, outcomes }, i) => `${i === 0 ? 'outcomes: ' : ''}${machine} ${outcomes.seen.length} of ${outcomes.seen.length + outcomes.notSeen.length}`)),
  ...(exhaustive ? [labelled('', 'the others are impossible here')] : []),
]);

/** Windows and pairs of a sample, as parts of a line. */
export const racedLine = ({ windows, pairs }: SampleResult): string[] => [
  `${grouped(windows.length)} distinct race windows hit`, `${grouped(pairs.filter(({ times }) => times[0] > 0 && times[1] > 0).length)} of ${grouped(pairs.length)} pairs of conflicting steps in both orders`,
];

/** A sample of schedules. */
export async function sample({ kernel, topology, scenario }: Subject, strategy: string, given: ExploreArguments, seconds: number, interruption: Interruption, status: StatusLine): Promise<Explored> {
  const { endless, divisible } = strategyKind(strategy);
  // What cannot be divided is one job's.
  const jobs = divisible === false ? 1 : given.jobs ?? DEFAULTS.jobs;
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
  const ends = performance.now() + seconds * 1000;
  const began = performance.now();
  const sampler = new Sampler(kernel.kernel, topology, { ...options, isOver: () => interruption.asked || performance.now() >= ends });
  const ended = await drive((steps) => sampler.advance(steps), (ends - performance.now()) / 1000, interruption, status, () => {
    return sampled(sampler.progress(), began);
  });
  return { totals: sampler.totals(), ended };
}

async function sampleOnThreads({ kernel, topology, options, jobs }: Sampling & { jobs: number }, seconds: number, interruption: Interruption, status: StatusLine): Promise<{ totals: SampleTotals; ended: Drive }> {
  let ended: Drive = 'done';
  const began = performance.now();
  const pool = new SamplePool({
    kernel: kernel.kernel, topology, options, jobs, ...(kernel.text === undefined ? {} : { kernelText: kernel.text }),
    progress: (progress) => status.show([...sampled(progress, began), `${jobs} jobs`, ...toGo(began + seconds * 1000)]),
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

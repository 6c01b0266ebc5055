// Every interleaving: the exhaustive search as the command runs it, by one job or several, with checkpoints.

import { invariants } from '../check/invariants/index.ts';
import { isOfFairLoops } from '../explore/fair-schedule.ts';
import { machineCoverage } from '../explore/coverage.ts';
import { notExercised, vacuous } from '../explore/exercised.ts';
import type { Estimate } from '../explore/estimate.ts';
import { oneJobOnly, SearchPool } from '../explore/search-pool.ts';
import { fairOf } from '../explore/search/fair.ts';
import { Search } from '../explore/search/search.ts';
import type { SearchOptions, SearchProgress, SearchResult } from '../explore/search/options.ts';
import { blamingFile, CheckpointFile, type Kept } from './checkpoint-file.ts';
import { drive, EVERY_MS, rate, toGo, type Drive, type StatusLine } from './explore-drive.ts';
import { machinesLine, type Explored, type Subject } from './explore-engines.ts';
import { DEFAULTS, type ExploreArguments } from './explore-options.ts';
import type { Interruption } from './interruption.ts';
import type { NamedKernel } from './kernels.ts';
import { grouped, labelled, labelledList } from './output.ts';
import { BESIDE, besideLines, liveness, sampleBeside } from './sample-beside.ts';

/** States up to which the whole graph of states is kept: with it livelocks are decided, and points of no return. */
const GRAPH_STATES = 400_000;
/** The same where the scenario is about a property that fair cycles may break, which only the graph shows. */
const FAIR_STATES = 2_000_000;
/** States from which on starting threads is worth while, when nobody says how many. */
const MANY_STATES = 300_000;
/** Milliseconds between two checkpoints. */
const KEEP_MS = 300_000;

/** How a search is driven. */
interface Driving {
  readonly seconds: number; readonly interruption: Interruption; readonly status: StatusLine; readonly checkpoint: CheckpointFile | undefined;
  readonly guess: Estimate | undefined; readonly graph: boolean; readonly began: number;
}

/** Every interleaving, or those that `kept` has left. */
export async function searchAll(subject: Subject, given: ExploreArguments, guess: Estimate | undefined, kept: Kept | undefined, seconds: number, interruption: Interruption, status: StatusLine): Promise<Explored> {
  const { kernel, topology, scenario } = subject;
  const { about = [] } = scenario;
  const fair = fairOf(about).map(({ id }) => id);
  const options = optionsOf(kernel, given, fair, guess, kept);
  const why = oneJobOnly(options);
  const jobs = why !== undefined ? 1 : given.jobs ?? (kept === undefined && guess !== undefined && guess.states < MANY_STATES ? 1 : DEFAULTS.jobs);
  const checkpoint = given.checkpoint === undefined ? undefined : new CheckpointFile(given.checkpoint);
  const began = performance.now();
  const driving = { seconds, interruption, status, checkpoint, guess, graph: options.graph === true, began };
  const search = blamingFile(kept?.file ?? '', () => (jobs > 1 ? poolOf(subject, options, jobs, kept)
    : kept === undefined ? new Search(kernel.kernel, topology, options) : Search.resume(kept.bytes, kernel.kernel, topology, options)));
  try {
    const before = search.progress().transitions;
    const ended = search instanceof SearchPool ? await driveJobs(search, jobs, driving) : await driveOne(search, driving);
    const result = search.result();
    if (result.complete) checkpoint?.remove();
    else checkpoint?.write(search.save());
    const took = (performance.now() - began) / 1000;
    const graph = options.graph === true;
    const folds = graph ? [] : foldsOf(result, options);
    const notes = why === undefined || (given.jobs ?? 1) === 1 ? [] : [`one job, not ${given.jobs}: ${why}`];
    const left = Math.max(1, seconds - took);
    const beside = result.complete || ended === 'done' ? await sampleBeside(subject, given, left, interruption, status) : undefined;
    const searched = { ...result.evaluated, 'L-04': result.states, 'L-07': result.terminals.count };
    const empty = result.complete ? vacuous(about, searched) : [];
    const exercised = { ...searched, ...(beside === undefined ? {} : { 'S-17': beside.exercised['S-17']! }), ...liveness(graph && result.complete, beside) };
    const coverage = { machines: machineCoverage({ table: kernel.kernel.table, topology }, result.coverage), pairs: beside?.pairs ?? [], exhaustive: result.complete && options.reduction !== true && result.findings.length === 0 };
    return {
      lines: [
        ...searchLines(result, { graph, fair, folds, jobs, rate: (result.transitions - before) / Math.max(0.001, took), resumed: kept?.head.states }), ...notes.map((note) => labelled('', note)),
        ...machinesLine(coverage), ...empty.map((id) => labelled('', `${id} holds because nothing in any interleaving could have broken it: on this kernel the scenario does not put it to the test`)),
        ...(beside === undefined ? [] : besideLines(beside)), ...(checkpoint?.written === true ? [labelled('checkpoint', `${checkpoint.file}: --resume goes on with it`)] : []),
      ],
      findings: [...result.findings, ...(beside?.findings ?? []).filter(({ kind }) => BESIDE.includes(kind))], complete: result.complete, ended: result.complete ? 'done' : ended, coverage,
      inconclusive: [...(result.complete ? [] : [whyCut(result, given, seconds, ended)]), ...notExercised(about.filter((id) => !empty.includes(id)), exercised)],
      ...(checkpoint?.written === true ? { checkpoint: checkpoint.file } : {}),
      json: {
        strategy: 'exhaustive', jobs, states: result.states, transitions: result.transitions, complete: result.complete, cut: result.cut ?? null, deadlocks: result.deadlocks, terminals: result.terminals,
        collision: result.collision, notes: [...result.notes, ...notes], checkpoint: checkpoint?.written === true ? checkpoint.file : null,
        exercised, ...(beside === undefined ? {} : { sampled: { schedules: beside.schedules, windows: beside.windows.length } }),
      },
      ...(graph && result.complete ? { avoidable: (finding) => (BESIDE.includes(finding.kind) || isOfFairLoops(finding.id) ? undefined : search.pointOfNoReturn(finding)) } : {}),
    };
  } finally {
    if (search instanceof SearchPool) await search.close();
  }
}

/** What was counted once. */
function foldsOf({ notes }: SearchResult, { symmetry, reduction }: SearchOptions): string[] {
  const alike = ['actors', 'pages'].filter((what) => symmetry === true && !notes.some((note) => note.startsWith(`no symmetry of ${what}`)));
  return [...(alike.length > 0 ? [`those of interchangeable ${alike.join(' and ')}`] : []), ...(reduction === true ? ['interleavings of independent steps'] : [])];
}

/** How to search. What was begun goes on in the way in which it was begun. */
function optionsOf({ fingerprint }: NamedKernel, given: ExploreArguments, fair: readonly string[], guess: Estimate | undefined, kept: Kept | undefined): SearchOptions {
  const was = (what: string): boolean => kept?.head.is[what] === 'true';
  const graph = kept === undefined ? given.states === undefined && given.exact !== true && given.reduction !== true && guess !== undefined && fitsGraph(guess.states, fair) : was('graph');
  return {
    invariants, stop: 'never', order: kept?.head.is['order'] === 'bfs' ? 'bfs' : given.order, megabytes: given.megabytes ?? DEFAULTS.megabytes, sources: fingerprint,
    ...(given.exact === true || was('exact') ? { exact: true } : {}), ...(given.states === undefined ? {} : { states: given.states }),
    ...(graph ? { graph: true, fair } : { symmetry: given.symmetry && (kept === undefined || was('symmetry')), reduction: given.reduction === true || was('reduction') }),
  };
}

/** Is the whole graph kept? A guess that says 'without end' may have met a loop, which is what is looked for. */
const fitsGraph = (states: number, fair: readonly string[]): boolean => states <= (fair.length > 0 ? FAIR_STATES : GRAPH_STATES) || (states === Infinity && fair.length > 0);

function poolOf({ kernel, topology }: Subject, options: SearchOptions, jobs: number, kept: Kept | undefined): SearchPool {
  return new SearchPool({ kernel: kernel.kernel, topology, options, jobs, ...(kernel.text === undefined ? {} : { kernelText: kernel.text }), ...(kept === undefined ? {} : { resume: kept.bytes }) });
}

/** How far a search is. Folding and reduction leave fewer states than were estimated. */
function said({ states, transitions, frontier, findings, megabytes }: SearchProgress, { guess, graph, began }: Pick<Driving, 'guess' | 'graph' | 'began'>): string[] {
  const share = guess === undefined || guess.states === Infinity ? [] : [`of ${guess.exact ? '' : 'some '}${grouped(guess.exact ? guess.states : Number(guess.states.toPrecision(1)))}${graph ? '' : ' at most'} (${Math.min(99, Math.floor((100 * states) / guess.states))} %)`];
  return [`${grouped(states)} distinct states`, ...share, `${grouped(transitions)} steps`, rate(states, began, 'states'), `frontier ${grouped(frontier)}`, `${grouped(megabytes)} MB`, `${findings} found so far`];
}

function driveOne(search: Search, driving: Driving): Promise<Drive> {
  const { seconds, interruption, status, checkpoint } = driving;
  let kept = performance.now();
  return drive((steps) => {
    if (checkpoint !== undefined && performance.now() - kept > KEEP_MS) {
      checkpoint.write(search.save());
      kept = performance.now();
    }
    return search.advance(steps);
  }, seconds, interruption, status, () => said(search.progress(), driving));
}

async function driveJobs(pool: SearchPool, jobs: number, driving: Driving): Promise<Drive> {
  const { seconds, interruption, status, checkpoint } = driving;
  let ended: Drive = 'done';
  const stop = (why: Drive) => (): void => {
    ended = why;
    pool.stop();
  };
  const ends = performance.now() + seconds * 1000;
  interruption.stops(stop('interrupted'));
  const clock = setTimeout(stop('seconds'), Math.min(seconds * 1000, 0x7fffffff));
  const picture = setInterval(() => status.show([...said(pool.progress(), driving), `${jobs} jobs`, ...toGo(ends)]), EVERY_MS);
  const keeping = checkpoint === undefined ? undefined : setInterval(() => pool.stop(), KEEP_MS);
  // What Ctrl-C, the clock and checkpoints have changed meanwhile.
  const isOver = (): boolean => ended !== 'done';
  try {
    while (!isOver() && await pool.run()) if (!isOver()) checkpoint?.write(pool.save());
    return ended;
  } finally {
    clearTimeout(clock);
    clearInterval(picture);
    clearInterval(keeping);
    status.clear();
  }
}

function whyCut({ cut }: SearchResult, { states, megabytes }: ExploreArguments, seconds: number, ended: Drive): string {
  if (ended === 'interrupted') return 'it was interrupted';
  switch (cut) {
    case 'states': return `it was cut at its limit of ${grouped(states ?? 0)} states; raise it with --states`;
    case 'memory': return `it was cut at its limit of ${megabytes ?? DEFAULTS.megabytes} MB; raise it with --megabytes`;
    case 'depth': return 'some schedules were cut at the limit of their depth';
    default: return `its ${seconds} seconds were over; raise them with --seconds`;
  }
}

interface How { readonly graph: boolean; readonly fair: readonly string[]; readonly folds: readonly string[]; readonly jobs: number; readonly rate: number; readonly resumed: number | undefined }

function searchLines({ states, transitions, complete, terminals, collision, notes }: SearchResult, { graph, fair, folds, jobs, rate, resumed }: How): string[] {
  return [
    labelledList('searched', [`${grouped(states)} states`, `${grouped(transitions)} transitions`, `${grouped(terminals.count)} ends`, `${grouped(Math.round(rate))} steps a second`, ...(jobs === 1 ? [] : [`${jobs} jobs`])]),
    ...(resumed === undefined ? [] : [labelled('', `${grouped(resumed)} of these states were in the checkpoint`)]),
    labelled('', `${complete ? 'all there are' : 'not all there are'}${folds.length === 0 ? '' : `, ${folds.join(' and ')} once`}; ${collision === 0 ? 'no two could be taken for one' : `odds that two were taken for one: ${collision.toExponential(0)}`}`),
    ...(graph && complete ? [labelled('', 'livelocks are decided: from every state some progress can be reached, or a finding says from which not')] : []),
    ...(graph && complete && fair.length > 0 ? [labelled('', `${fair.join(' and ')}: a loop in which everybody has turns, and what somebody has begun does not end, is looked for as well`)] : []),
    ...notes.map((note) => labelled('', note)),
  ];
}

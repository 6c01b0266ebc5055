// What bench/bugs.ts has measured, as a page: docs/evaluation.md.

import type { Way } from '../src/explore/mutants/trial.ts';

export interface Strategy { readonly name: string; readonly way: Way; readonly depth?: number }

/** What is compared; plain random is the baseline. */
export const STRATEGIES: readonly Strategy[] = [
  { name: 'random', way: 'random' }, { name: 'PCT 2', way: 'pct', depth: 2 }, { name: 'PCT 3', way: 'pct', depth: 3 }, { name: 'POS', way: 'pos' },
  { name: 'portfolio', way: 'portfolio' }, { name: 'exhaustive', way: 'exhaustive' },
];

/** One run: what it found first, schedules or states until then, seconds. */
export interface Looked { readonly id: string | undefined; readonly effort: number; readonly complete: boolean; readonly seconds: number }
/** A bug, a mistake made on purpose or one that a kernel is known to have, and for each strategy a run a seed. */
export interface Bug { readonly id: string; readonly kernel: string; readonly scenario: string; readonly does: string; readonly runs: readonly (readonly Looked[])[]; /** What finds it when nobody says how: beside a search of everything `explore` takes a random sample, for what no single state shows. */ readonly mode: 'exhaustive' | 'portfolio' | 'random' }
/** Something with nothing to find. */
export interface Harmless { readonly name: string; readonly schedules: number; readonly reported: readonly string[] }

export interface Measured {
  readonly seeds: number;
  readonly limits: { readonly schedules: number; readonly states: number; readonly seconds: number };
  readonly harmlessSchedules: number;
  readonly bugs: readonly Bug[];
  readonly known: readonly Bug[];
  readonly harmless: readonly Harmless[];
  readonly seconds: number;
}

/** Known bugs of one id are those of several kernels. */
const nameOf = ({ id, kernel }: Bug): string => (/^[MNA]\d/.test(id) ? id : `${id} of ${kernel}`);
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const time = (seconds: number): string => (seconds < 0.095 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(1)} s`);
const found = (runs: readonly Looked[]): readonly Looked[] => runs.filter(({ id }) => id !== undefined);
const percent = (part: number, of: number): string => (of === 0 ? 'none' : `${((100 * part) / of).toFixed(0)} %`);

/** `5/5, 32, 12 ms`: found in so many runs, median schedules or states until then, median seconds. */
function cell(runs: readonly Looked[]): string {
  const hits = found(runs);
  const rate = runs.length === 1 ? (hits.length === 1 ? 'found' : runs[0]!.complete ? 'not there' : 'cut') : `${hits.length}/${runs.length}`;
  if (hits.length === 0) return `${rate}, ${grouped(median(runs.map(({ effort }) => effort)))}, ${time(median(runs.map(({ seconds }) => seconds)))}`;
  return `${rate}, ${grouped(median(hits.map(({ effort }) => effort)))}, ${time(median(hits.map(({ seconds }) => seconds)))}`;
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const heading = (...cells: readonly string[]): string[] => [row(...cells), row(...cells.map(() => '---'))];

function bugTable(bugs: readonly Bug[]): string[] {
  return [
    ...heading('bug', 'kernel', 'scenario', ...STRATEGIES.map(({ name }) => name)),
    ...bugs.map(({ id, kernel, scenario, runs }) => row(id, kernel, scenario, ...runs.map(cell))),
  ];
}

/** Of one strategy over all bugs. */
function summary(bugs: readonly Bug[], k: number): string {
  const all = bugs.flatMap(({ runs }) => runs[k]!);
  const hits = found(all);
  const always = bugs.filter(({ runs }) => runs[k]!.every(({ id }) => id !== undefined)).length;
  const never = bugs.filter(({ runs }) => found(runs[k]!).length === 0).map(nameOf);
  return row(STRATEGIES[k]!.name, percent(hits.length, all.length), `${always} of ${bugs.length}`, hits.length === 0 ? '' : grouped(median(hits.map(({ effort }) => effort))),
    hits.length === 0 ? '' : time(median(hits.map(({ seconds }) => seconds))), hits.length === 0 ? '' : time(Math.max(...hits.map(({ seconds }) => seconds))), never.length === 0 ? 'none' : never.join(', '));
}

const summaries = (bugs: readonly Bug[]): string[] => [
  ...heading('strategy', 'runs that find', 'found in every run', 'median effort', 'median time', 'longest time', 'never found'), ...STRATEGIES.map((_one, k) => summary(bugs, k)),
];

/** What `explore` does when nobody says. */
function byDefault(bugs: readonly Bug[]): string[] {
  const of = ({ runs, mode }: Bug): readonly Looked[] => runs[STRATEGIES.findIndex(({ way }) => way === mode)]!;
  const all = bugs.flatMap(of);
  const missed = bugs.filter((bug) => of(bug).some(({ id }) => id === undefined)).map(nameOf);
  const hits = found(all).map(({ seconds }) => seconds);
  if (hits.length === 0) return ['`explore` without a strategy finds none of them.'];
  return [
    `\`explore\` without a strategy searches everything where that fits, which is so for ${bugs.filter(({ mode }) => mode !== 'portfolio').length} of ${bugs.length}, and samples elsewhere. It finds`,
    `${bugs.length - missed.length} of ${bugs.length} under every seed${missed.length === 0 ? '' : ` (not: ${missed.join(', ')})`}; the median time until then is ${time(median(hits))}, the longest ${time(Math.max(...hits))}.`,
  ];
}

function nothing(harmless: readonly Harmless[]): string[] {
  const bad = harmless.filter(({ reported }) => reported.length > 0);
  const schedules = harmless.reduce((sum, one) => sum + one.schedules, 0);
  return [
    `Nothing is to be found in the mutants that do no harm, in the two halves of N04, and in the kernels whose known bugs are mended in every scenario above: ${harmless.length} cases,`,
    `${grouped(schedules)} schedules by all strategies, and a search of each. ${bad.length === 0 ? 'Nothing was reported.' : `Reported: ${bad.map(({ name, reported }) => `${name} (${reported.join(', ')})`).join('; ')}.`}`,
  ];
}

/** The whole page. */
export function evaluation({ seeds, limits, harmlessSchedules, bugs, known, harmless, seconds }: Measured): string {
  const catalogue = bugs.filter(({ id }) => !id.startsWith('N'));
  const rare = bugs.filter(({ id }) => id.startsWith('N'));
  const all = [...bugs, ...known];
  const nobody = all.filter(({ runs }) => runs.every((one) => found(one).length === 0)).map(nameOf);
  const samplesOnly = all.filter(({ runs }) => found(runs.at(-1)!).length === 0 && runs.slice(0, -1).some((one) => found(one).length > 0)).map(nameOf);
  const searchOnly = all.filter(({ runs }) => found(runs.at(-1)!).length > 0 && runs.slice(0, -1).every((one) => found(one).length === 0)).map(nameOf);
  const list = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.join(', '));
  return [
    '# How well bugs are found', '',
    'This page is written by `npm run bench:bugs` (`-- --seeds 50` for more seeds); do not edit it.', '',
    '## Method', '',
    'A bug is one small mistake made in a kernel whose known bugs are mended, mostly `v6.8-fixed`, in a small scenario in which it can show; `faultline mutants --list`',
    'says what each of the catalogue does, and `test/kernels/mutants/rare.ts` has the rarer ones. Or it is one that a kernel of the list is known to have, in the scenario',
    'that the list names (`faultline bugs`). A strategy explores until something is found: of a mistake whatever property notices it, of a known bug one that its row names.',
    `A run has at most ${grouped(limits.schedules)} schedules, or ${grouped(limits.states)} states, and ${limits.seconds} seconds of processor time. Each sampling strategy runs under seeds 1 to ${seeds};`,
    'the exhaustive search has no seed, and runs once, depth first. Plain random, which picks whoever can step with equal odds, is the baseline. PCT 2 and PCT 3 look',
    'for bugs of depth 2 and 3; the portfolio is random, PCT 3 and POS in turns. Times are processor time, trial schedules and the making of the world included;',
    `they are of one machine, on which other work went on, and say no more than their ratios. The whole bench took ${(seconds / 60).toFixed(0)} minutes of it.`, '',
    'A cell says in how many runs the bug was found, the median of schedules (or states) until then, and of the time. Where it was not found: how much was tried.', '',
    ...(catalogue.length === 0 ? [] : ['## Mutants of the catalogue', '', 'Those with an A are not of the specification: they are there so that every property has something to notice.', '', ...summaries(catalogue), '', ...byDefault(catalogue), '', ...bugTable(catalogue), '']),
    ...(rare.length === 0 ? [] : ['## Rarer ones', '',
    'Several ordering constraints (N01 to N03, N05, N06, N09), two mistakes that are harmless one by one (N04), three vCPUs (N07, N08), and mistakes of the fault path and',
    'of memslots that the catalogue has not (N10 to N12).', '', ...summaries(rare), '', ...byDefault(rare), '', ...bugTable(rare), '',
    ...heading('bug', 'what it does'), ...rare.map(({ id, does }) => row(id, does)), '']),
    ...(known.length === 0 ? [] : [
      '## Known bugs of the kernels', '', 'Each on every kernel that has it.', '', ...summaries(known), '', ...byDefault(known), '', ...bugTable(known), '',
    ]),
    '## What nobody finds', '',
    `Found by no strategy: ${list(nobody)}. By samples and not by the search, which is cut at its bounds: ${list(samplesOnly)}. By the search alone: ${list(searchOnly)}.`, '',
    '## What must not be found', '', ...nothing(harmless), `Samples had ${grouped(harmlessSchedules)} schedules each.`, '',
  ].join('\n');
}

// npm run bench:explore: how fast interleavings are explored, side by side with Spin on the same protocol (bench/peers). Every figure comes
// from a process of its own; all times are processor time; prints medians over rounds, and ratios with what is wanted.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missingForSpin, Verifier } from './peers/spin.ts';
import type { Bug, Variant } from './peers/protocol.ts';

const [rounds = '5', sizes = '3,2'] = process.argv.slice(2);
const [vcpus, invalidators] = sizes.split(',').map(Number) as [number, number];
const script = fileURLToPath(new URL('./peers/measure.js', import.meta.url));
const measured = (...args: readonly (string | number)[]): number[] => execFileSync(process.execPath, [script, ...args.map(String)], { encoding: 'utf8' }).trim().split(' ').map(Number);
const searched = (variant: Variant, judged = false): number[] => measured('search', vcpus, invalidators, JSON.stringify(variant), ...(judged ? ['judged'] : []));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Mistakes that a search ends with. What UNBALANCED does, retrying for ever, only a search for loops finds. */
const bugs: readonly Bug[] = ['no-recheck', 'no-flush', 'inverted'];
/** Runs of Spin that are timed together where one takes a few milliseconds. */
const SHORT = 20;
/** A smaller table and stack for these, whose allocation would be most of the time. */
const SMALL = ['-w18', '-m10000'];
/** vCPUs and invalidators of a search that lasts some seconds: each thread warms up for itself. */
const LONG = [4, 1] as const;
/** Steps of a short schedule. */
const BOUND = 40;
const STATES = 1, TRANSITIONS = 2, FOUND = 3, WHOLE = 4;

// What is measured, and how. A search answers seconds, states, transitions, whether it has found something, and the seconds of the whole
// way from the source on; a walk answers rates.
const parts: Record<string, () => readonly number[]> = {
  full: () => searched({}),
  'no job': () => measured('search', ...LONG, '{}'),
  'one job': () => measured('jobs', ...LONG, 1),
  'two jobs': () => measured('jobs', ...LONG, 2),
  'two apart': () => measured('apart', ...LONG),
  symmetric: () => measured('search', vcpus, invalidators, JSON.stringify({ anyOrder: true }), 'judged', 'symmetry'),
  folded: () => measured('search', vcpus, invalidators, JSON.stringify({ anyOrder: true }), 'judged', 'symmetry', 'reduction'),
  judged: () => searched({}, true),
  walk: () => measured('walk', vcpus, invalidators),
  schedules: () => measured('schedules', vcpus, invalidators, BOUND).toReversed(),
  SC01: () => measured('checked', 'SC01'),
  ...Object.fromEntries(bugs.map((bug) => [bug, () => searched({ bug }, true)])),
};
const missing = missingForSpin();
const verifiers: Verifier[] = [];
const verifier = (part: string, variant: Variant, runs: number, reduce: boolean): void => {
  const made = new Verifier(vcpus, invalidators, variant, { reduce });
  verifiers.push(made);
  const result = made.run(false);
  if ((result.errors > 0) !== (variant.bug !== undefined)) throw new Error(`Spin has found ${result.errors} errors in '${part}'`);
  parts[part] = () => [made.cpuSeconds(runs, ...(runs > 1 ? SMALL : [])), result.states, result.transitions, result.errors, made.made];
};

try {
  if (missing === undefined) {
    verifier('spin', {}, 1, false);
    verifier('spin, reduced', {}, 1, true);
    for (const bug of bugs) verifier(`spin, ${bug}`, { bug }, SHORT, false);
  }
  const taken: Record<string, (readonly number[])[]> = {};
  for (let round = 0; round < Number(rounds); round++) for (const [part, measure] of Object.entries(parts)) (taken[part] ??= []).push(measure());
  report((part, which = 0) => median(taken[part]!.map((numbers) => numbers[which]!)));
} finally {
  for (const made of verifiers) made.remove();
}

function line(label: string, value: string, wanted = ''): void {
  process.stdout.write(`  ${label.padEnd(36)} ${value.padStart(16)}${wanted === '' ? '' : `  wanted ${wanted}`}\n`);
}

function report(of: (part: string, which?: number) => number): void {
  const [states, transitions] = [of('full', STATES), of('full', TRANSITIONS)];
  const count = (n: number): string => n.toLocaleString('en');
  const rate = (n: number): string => (n >= 1e6 ? `${(n / 1e6).toFixed(2)} M/s` : `${(n / 1e3).toFixed(0)} k/s`);
  const time = (seconds: number): string => (seconds >= 0.1 ? `${seconds.toFixed(2)} s` : `${(seconds * 1e3).toFixed(1)} ms`);
  const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;
  const out = (text: string): void => { process.stdout.write(`${text}\n`); };

  out(`fault against punch, ${vcpus} vCPUs, ${invalidators} invalidators, no reduction, median of ${rounds}`);
  line('states', count(states), vcpus === 3 && invalidators === 2 ? '1,679,317' : '');
  line('transitions', count(transitions), vcpus === 3 && invalidators === 2 ? '5,897,614' : '');
  line('time', time(of('full')));
  line('states a second', rate(states / of('full')));
  const perSecond = (part: string): number => of(part, STATES) / of(part);
  line('the same, accesses judged', rate(states / of('judged')));
  line('with symmetry, judged: states', count(of('symmetric', STATES)));
  line('with symmetry, judged: time', time(of('symmetric')));
  line('with reduction too: states', count(of('folded', STATES)), missing === undefined ? `at most ${count(Math.floor(of('spin', STATES) / 10))}` : '');
  line('with reduction too: time', time(of('folded')));
  if (missing === undefined) line('with reduction too: time / Spin', times(of('folded'), of('spin')), 'at most 0.20 x');
  if (missing === undefined) {
    const spin = of('spin', STATES);
    if (spin !== states) throw new Error(`Spin has ${spin} states, the search ${states}`);
    line('Spin: states', count(spin), 'the same');
    line('Spin: time', time(of('spin')));
    line('Spin: states a second', rate(spin / of('spin')));
    line('Spin, reduced: states', count(of('spin, reduced', STATES)));
    line('Spin, reduced: time', time(of('spin, reduced')));
    line('states a second, judged / Spin', times(of('spin'), of('judged')));
    line('states a second / Spin', times(of('spin'), of('full')), 'at least 1.30 x');
    line('time / Spin', times(of('full'), of('spin')));
  }
  out(`jobs, on ${LONG[0]} vCPUs, ${LONG[1]} invalidator: states a processor second of all threads`);
  for (const part of ['one job', 'two jobs']) if (of(part, STATES) !== of('no job', STATES)) throw new Error(`'${part}' has ${of(part, STATES)} states, not ${of('no job', STATES)}`);
  line('states', count(of('no job', STATES)));
  line('--jobs 1', rate(perSecond('no job')));
  line('--jobs 2', rate(perSecond('two jobs')));
  line('  / --jobs 1', times(perSecond('two jobs'), perSecond('no job')), 'at least 0.90 x');
  line('  / two searches at the same time', times(perSecond('two jobs'), perSecond('two apart')));
  line('  / one thread with the shared table', times(perSecond('two jobs'), perSecond('one job')), 'at least 0.90 x');
  out('time to a seeded mistake, warm-up included');
  for (const bug of bugs) {
    if (of(bug, FOUND) !== 1) throw new Error(`the search has not found '${bug}'`);
    line(bug, `${time(of(bug))}, ${count(of(bug, STATES))} st.`);
    if (missing !== undefined) continue;
    line('  Spin', `${time(of(`spin, ${bug}`))}, ${count(of(`spin, ${bug}`, STATES))} st.`);
    line('  time / Spin', times(of(bug), of(`spin, ${bug}`)));
    line('  from the source on / Spin', times(of(bug, WHOLE), of(`spin, ${bug}`, WHOLE) + of(`spin, ${bug}`)));
  }
  out('random walks');
  line('steps, whole schedules, no checks', rate(of('walk')), '10 M/s');
  line(`schedules of ${BOUND} steps, no checks`, rate(of('schedules')), '100 k/s');
  line("steps, v6.8's SC01, all invariants", rate(of('SC01')), '1.5 M/s');
  if (missing !== undefined) out(`Without Spin, ratios are left out: ${missing}.`);
}

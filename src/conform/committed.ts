// The recordings that are committed, each with the kernel that is held against it: all of them judged, and the figure that comes of it.

import { join } from 'node:path';
import { builtinKernel } from '../../machines/kernels/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { judgeFacts } from './facts.ts';
import { judge } from './judge.ts';
import { loadEntries, usualMachine } from './load.ts';
import { judgeLoop } from './races/search-loop.ts';
import { judgeSpin } from './races/spin.ts';
import { releaseOf } from './ranges.ts';

/** A file, judged by a kernel: steps of recordings, facts, or outcomes of races. */
export interface Row {
  readonly file: string;
  readonly kernel: string;
  readonly of: 'steps' | 'facts' | 'outcomes';
  readonly cases: number;
  readonly judged: number;
  readonly equal: number;
  readonly different: number;
  readonly inapplicable: number;
  /** Facts of other releases; outcomes that only the model has. */
  readonly beside: number;
}

/** Files and kernels, in the order of the table. */
export const COMMITTED: readonly (readonly [file: string, kernel: string])[] = [
  ['kernel-6.18-handmade.jsonl.gz', 'v6.18'], ['kernel-6.18-random.jsonl.gz', 'v6.18'],
  ['kernel-7.3-named.jsonl.gz', 'mainline'], ['kernel-7.3-content.jsonl.gz', 'mainline'], ['kernel-7.3-random.jsonl.gz', 'mainline'],
  ['kernel-7.3-races.jsonl.gz', 'mainline'],
  ['selftests.json.gz', 'v6.8'], ['selftests.json.gz', 'v6.12'], ['selftests.json.gz', 'v6.18'], ['selftests.json.gz', 'mainline'],
  ['selftests.json.gz', 'conversions-2026'],
];

/** Judges one of them, in `folder`. Throws RecordingError, or the system's error where there is no such file. */
export const judgeCommitted = (folder: string, file: string, kernelName: string): Row => judgeFile(folder, file, builtinKernel(kernelName)!);

/** Judges a file by a kernel, which is built as its side file says. Throws as judgeCommitted does. */
export function judgeFile(folder: string, file: string, kernel: Kernel): Row {
  const path = join(folder, file);
  const all = loadEntries(path);
  const { machine } = usualMachine(path, kernel, all.form);
  const head = { file, kernel: kernel.name, cases: all.entries.length };
  if (all.form === 'recordings') {
    const verdicts = judge(all.entries, kernel, machine).flatMap((one) => one.verdicts);
    const count = (kind: string): number => verdicts.filter((one) => one.kind === kind).length;
    return { ...head, of: 'steps', judged: verdicts.length, equal: count('equal'), different: count('different'), inapplicable: count('inapplicable'), beside: 0 };
  }
  if (all.form === 'facts') {
    const verdicts = judgeFacts(all.entries, kernel, machine, releaseOf(kernel, builtinKernel)!).map(({ verdict }) => verdict);
    const count = (kind: string): number => verdicts.filter((one) => one.kind === kind).length;
    const beside = count('elsewhere');
    return { ...head, of: 'facts', judged: verdicts.length - beside, equal: count('equal'), different: count('different'), inapplicable: count('inapplicable'), beside };
  }
  const judged = all.entries.map((race) => (race.loop === undefined ? judgeSpin(race, kernel, machine) : judgeLoop(race, kernel, machine, path)));
  const sets = judged.flatMap((one) => one.sets);
  const seen = sets.reduce((sum, set) => sum + set.seen.length, 0);
  const missing = sets.reduce((sum, set) => sum + set.missing.length, 0);
  return { ...head, of: 'outcomes', judged: seen, equal: seen - missing, different: missing, inapplicable: 0, beside: sets.reduce((sum, set) => sum + set.beyond.length, 0) };
}

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const sum = (rows: readonly Row[], of: Row['of'], field: 'judged' | 'equal' | 'different' | 'inapplicable' | 'beside'): number =>
  rows.filter((row) => row.of === of).reduce((total, row) => total + row[field], 0);

/** The figure of the README. */
export function figureOf(rows: readonly Row[]): string {
  const facts = rows.filter(({ of, kernel }) => of === 'facts' && kernel === 'mainline');
  return wrapped(`Of ${grouped(sum(rows, 'steps', 'judged'))} steps that real kernels 6.18.44 and 7.3.4 were recorded doing, the model does ${grouped(sum(rows, 'steps', 'equal'))} the same, `
    + `${grouped(sum(rows, 'steps', 'different'))} otherwise, and leaves ${grouped(sum(rows, 'steps', 'inapplicable'))} out; it reaches ${grouped(sum(rows, 'outcomes', 'equal'))} of `
    + `${grouped(sum(rows, 'outcomes', 'judged'))} outcomes of races, and ${grouped(sum(facts, 'facts', 'equal'))} of ${grouped(sum(facts, 'facts', 'judged'))} facts of mainline's selftests hold.`);
}

/** Columns of prose. */
const COLUMNS = 150;

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

/** The table of docs/conformance.md. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| \`${row.file}\` | ${row.kernel} | ${grouped(row.cases)} | ${grouped(row.judged)} ${row.of} | ${grouped(row.equal)} | ${grouped(row.different)} | ${grouped(row.inapplicable)} | ${grouped(row.beside)} |`);
  return ['| file | kernel | entries | judged | equal | different | not applicable | beside |', '|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}

// faultline diff: where two traces part, and whether they come together again.

import { isDeepStrictEqual } from 'node:util';
import { diffTraces, type DiffStep, type Ending, type TraceDiff } from '../runtime/trace-diff.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT } from './errors.ts';
import { blamingKernel } from './kernels.ts';
import { counted, grouped, labelled, line, wrapped } from './output.ts';
import { openReplayable, type OpenTrace } from './traces.ts';
import { valueText, wordName } from './why-text.ts';

interface Options { readonly json?: boolean; readonly trust?: boolean }

/** The command `diff`. */
export const diff: CommandDefinition = (program, done) => {
  program.command('diff')
    .description('say where two traces part: the first step that differs, and what memory has then')
    .argument('<a>', 'a trace file')
    .argument('<b>', 'another one, of the same kernel and scenario or not')
    .option('--json', 'say the result as JSON')
    .option('--trust', 'run the text of a kernel that came with a trace')
    .addHelpText('after', note('Exits with 0 when both are the same, with 1 when they differ.'))
    .addHelpText('after', examples('faultline diff before.trace after.trace', 'faultline diff a.trace b.trace --json'))
    .action(async (a: string, b: string, options: Options) => done(await diffFiles(a, b, options)));
};

async function diffFiles(nameA: string, nameB: string, { json = false, trust = false }: Options): Promise<number> {
  const [a, b] = [openReplayable(nameA, trust), openReplayable(nameB, trust)];
  const header = headerDifferences(a, b);
  const result = await blamingKernel(a, () => blamingKernel(b, () => diffTraces(a, b)));
  if (json) await line(JSON.stringify({ a: nameA, b: nameB, header, ...result, last: result.last ?? null }, null, 2));
  else for (const one of textOf(a, b, header, result)) await line(one);
  return result.same ? EXIT.HELD : EXIT.SAFETY;
}

interface HeaderDifference { readonly what: string; readonly a: string; readonly b: string }

/** What the headers say differently, but for what follows from that. */
function headerDifferences(a: OpenTrace, b: OpenTrace): HeaderDifference[] {
  const rows: HeaderDifference[] = [];
  const row = (what: string, one: string, other: string): void => { if (one !== other) rows.push({ what, a: one, b: other }); };
  row('kernel', a.kernel.name, b.kernel.name);
  if (a.kernel.name === b.kernel.name) row('text of the kernel', a.fingerprint, b.fingerprint);
  row('scenario', a.scenario.name, b.scenario.name);
  const at = a.scenario.name === b.scenario.name ? firstDifference(a.scenario, b.scenario, '') : undefined;
  if (at !== undefined) row(`scenario, ${at.path}`, at.a, at.b);
  row('runtime', a.source.header.runtime, b.source.header.runtime);
  row('seed', String(a.source.header.seed), String(b.source.header.seed));
  return rows;
}

/** The first member in which two values differ. */
function firstDifference(a: unknown, b: unknown, path: string): { path: string; a: string; b: string } | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && Array.isArray(a) === Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], Array.isArray(a) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
  }
  const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60));
  return { path, a: shown(a), b: shown(b) };
}

/** Width of the labels, and of each of two columns. */
const LABEL = 11, COLUMN = 32;
/** Words that are listed. */
const MOST = 20;

/** `label      text of A                        text of B`, each in lines of its own column. */
function beside(label: string, a: string, b: string): string[] {
  const [left, right] = [wrapped(a, COLUMN), wrapped(b, COLUMN)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_one, k) =>
    `${(k === 0 ? label : '').padEnd(LABEL)}${(left[k] ?? '').padEnd(COLUMN + 2)}${right[k] ?? ''}`.trimEnd());
}

function textOf(a: OpenTrace, b: OpenTrace, header: readonly HeaderDifference[], { same, common, last, next, memory, together, atEnds, followed, ends }: TraceDiff): string[] {
  const steps = same ? [] : [
    labelled('same', common === 0 ? 'no step: they differ from the first on' : `${counted(common, 'step')}, to step ${grouped(common)}: ${last!.actor}, ${stepOf(last!)}`),
    ...(next.a === undefined && next.b === undefined ? [] : ['', ...stepRows(next.a, next.b, ends)]),
    ...(next.a === undefined && next.b === undefined ? [] : ['', ...memoryLines(memory)]),
  ];
  return [
    ...beside('trace', `A: ${a.source.name}`, `B: ${b.source.name}`),
    ...header.flatMap(({ what, a: one, b: other }) => (what.length < LABEL ? beside(what, one, other) : [labelled('', `${what}:`), ...beside('', one, other)])),
    ...beside('end', endText(ends.a), endText(ends.b)),
    ...steps,
    ...(together === undefined ? [] : [labelled('together', `behind step ${grouped(together.a)} of A and step ${grouped(together.b)} of B memory is the same again, but for counters that only grow; ${
      together.parts === undefined ? 'from there on both do the same' : `they part again at step ${grouped(together.parts.a)} of A and step ${grouped(together.parts.b)} of B`}`)]),
    ...(atEnds === undefined ? [] : [labelled('together', `at their ends ${atEnds === 0 ? 'both have the same memory' : `they differ in ${counted(atEnds, 'word')}`}; the kernels have other states, so before that it is not told`)]),
    ...(same || together !== undefined || atEnds !== undefined || memory.not !== undefined || next.a === undefined || next.b === undefined ? [] : [labelled('together', followed === undefined ? 'never again' : `not within ${counted(followed, 'step')}`)]),
    '',
    labelled('result', same ? `the same: ${counted(common, 'step')}, and the same end` : next.a === undefined && next.b === undefined ? 'they have the same steps, and end differently' : `they differ from step ${grouped(common + 1)} on`),
  ];
}

const endText = ({ why, steps, violation }: Ending): string => `${violation === undefined ? why : `BROKEN: ${violation}`}, behind step ${grouped(steps)}`;
const stepOf = ({ name, outcome }: DiffStep): string => `${name}${outcome === 'ok' ? '' : `: ${outcome}`}`;

/** The two steps that differ, member by member. */
function stepRows(a: DiffStep | undefined, b: DiffStep | undefined, ends: TraceDiff['ends']): string[] {
  const row = (label: string, of: (step: DiffStep) => string): string[] => (a !== undefined && b !== undefined && of(a) === '' && of(b) === '' ? [] : beside(label, a === undefined ? '' : of(a), b === undefined ? '' : of(b)));
  return [
    ...beside('', a === undefined ? `A has ended: ${endText(ends.a)}` : `A, step ${grouped(a.step)}`, b === undefined ? `B has ended: ${endText(ends.b)}` : `B, step ${grouped(b.step)}`),
    ...row('actor', ({ actor }) => actor), ...row('state', ({ state }) => state), ...row('step', ({ name }) => name), ...row('outcome', ({ outcome }) => outcome),
    ...row('choice', ({ choice, choices }) => (choice === undefined ? '' : `${choice + 1} of ${choices}`)), ...row('leads to', ({ to }) => to),
    ...row('came in', ({ injection }) => (injection === undefined ? '' : JSON.stringify(injection))),
  ];
}

function memoryLines({ words, count, not }: TraceDiff['memory']): string[] {
  if (not !== undefined) return [labelled('memory', `not compared: ${not}`)];
  if (count === 0) return [labelled('memory', 'the same behind these steps, but for where the actors are')];
  const shown = words.slice(0, MOST);
  return [
    labelled('memory', `${counted(count, 'word')} ${count === 1 ? 'differs' : 'differ'} behind these steps, in A and in B:`),
    ...shown.flatMap((word) => wrapped(`${wordName(word)}: ${valueText(word.a, word.aText)} and ${valueText(word.b, word.bText)}`, 74).map((one, k) => `${k === 0 ? '  ' : '      '}${one}`)),
    ...(count > shown.length ? [`  and ${counted(count - shown.length, 'word')} more`] : []),
  ];
}

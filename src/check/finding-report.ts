// The report of a finding: one sentence of what is broken, the shortest schedule that shows it, the two steps whose order decides, the
// reordering that makes it pass, who waits for whom, the commands that repeat it, a test to paste. Plain text of at most 78 columns
// (the test excepted: a name can be longer), made to be pasted into a mail. Pure.

import { columnText, TEXT_WIDTH, wrap, type ColumnRow } from './columns.ts';
import { commandLines, stepRows, stepText, type ReportOptions } from './report.ts';
import { lockOrderLines } from './lock-order-text.ts';
import type { Explanation, ExplainedStep, ExplainedWait, RacingPair, Reordering } from './explanation.ts';
import type { Table } from '../kernel/table.ts';

export interface FindingReportOptions {
  readonly id: string;
  readonly sentence: string;
  /** What sort of finding: it decides how the first sentence begins. */
  readonly kind: 'safety' | 'leak' | 'race' | 'deadlock' | 'lock-order' | 'livelock';
  readonly kernel: string;
  readonly scenario: string;
  /** Livelock: steps in front of the loop. */
  readonly loop?: number;
  readonly table: Table;
  readonly actors: ReportOptions['actors'];
  readonly explanation: Explanation;
  /** The whole statement of the property. */
  readonly statement?: string;
  /** How large the run is, what it was made from, whether there is a smaller one: a sentence each. */
  readonly notes?: readonly string[];
  /** Command lines that repeat it. */
  readonly commands?: readonly string[];
  /** A test that shows it. */
  readonly test?: string;
  readonly width?: number;
}

const WHAT = { safety: 'broken', leak: 'broken', race: 'data race', deadlock: 'deadlock', 'lock-order': 'possible deadlock', livelock: 'livelock' } as const;
const FIRST = 'A', SECOND = 'B';
/** Steps of a schedule that are shown, and how many of a longer one: its last. */
const MOST_ROWS = 300, LAST_ROWS = 60;
/** Rows of the passing schedule in front of what was moved, and behind it. */
const AROUND = 3;
/** Rows of what was moved at most. */
const LONGEST = 12;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const list = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`);

/** The report as text. */
export function findingReport(options: FindingReportOptions): string {
  const { id, sentence, kind, table, actors, explanation, width = TEXT_WIDTH } = options;
  const { steps, pair, reordering, waits, cycle } = explanation;
  const heading = `${id === WHAT[kind] || id === 'data-race' ? '' : `${id} `}${WHAT[kind]}`;
  const lines = wrap(`${heading}: ${sentence}.`, '', width);
  if (options.statement !== undefined) lines.push('', ...wrap(options.statement, '  ', width));
  lines.push('', ...wrap(`kernel ${options.kernel}, scenario ${options.scenario}, ${counted(steps.length, 'step')}${(options.notes ?? []).map((note) => `; ${note}`).join('')}`, '', width), '');
  const rows = rowsOf(options);
  const hidden = rows.length > MOST_ROWS ? rows.length - LAST_ROWS : 0;
  if (hidden > 0) lines.push(...wrap(`Steps 1 to ${hidden} are left out here; 'show' has them.`, '', width), '');
  lines.push(...columnText(actors.map(({ name }) => name), rows.slice(hidden), width));
  if (options.loop !== undefined) lines.push('', ...wrap(`Steps ${options.loop + 1} to ${steps.length} lead back to where they began, and can go on so for ever.`, '', width));
  if (cycle !== undefined) lines.push('', ...lockOrderLines({ cycles: [cycle], classes: [], edges: [], nestings: [] }));
  if (waits.length > 0) lines.push('', 'Who waits for whom:', ...waits.flatMap((wait) => waitLines(wait, width)));
  if (pair !== undefined) lines.push('', ...pairLines(pair, kind, width));
  if (reordering !== undefined) lines.push('', ...reorderingLines(reordering, table, actors, steps.length, width));
  if ((options.commands ?? []).length > 0) lines.push('', 'To repeat it:', ...options.commands!.flatMap((command) => commandLines(command, width)));
  if (options.test !== undefined) lines.push('', 'A test to paste:', '', ...options.test.trimEnd().split('\n'));
  return `${lines.join('\n')}\n`;
}

/** The schedule; the pair has its letters, the step that breaks it its mark, who waits at the end a note. */
function rowsOf({ table, actors, explanation: { steps, pair, waits } }: FindingReportOptions): ColumnRow[] {
  const rows = stepRows(table, actors, steps, 1).map((row, k): ColumnRow => {
    const letter = pair === undefined ? undefined : k + 1 === pair.first.at ? FIRST : k + 1 === pair.second.at ? SECOND : undefined;
    return letter === undefined ? row : { ...row, label: `${letter} ${k + 1}` };
  });
  for (const { actor, object } of waits) {
    // Who waits for the answer of a call is said below.
    if (object === `mailbox(${actor})`) continue;
    const column = actors.findIndex(({ name }) => name === actor);
    const last = rows.findLastIndex((row) => row.column === column);
    if (last >= 0) rows[last] = { ...rows[last]!, notes: [...rows[last]!.notes ?? [], `waits: ${object}`] };
  }
  return rows;
}

function waitLines({ actor, step, leaf, object, holders }: ExplainedWait, width: number): string[] {
  const by = holders.map(({ actor: holder, since }) => `${holder}${since === undefined ? '' : since === 0 ? ', which has it since before the run' : `, which has it since step ${since}`}`);
  const first = wrap(`${actor} waits for ${object}${by.length === 0 ? '' : ` of ${list(by)}`}`, '    ', width);
  return [...first.map((line, k) => (k === 0 ? line.slice(2) : line)), ...wrap(`in ${leaf} (${step})`, '    ', width)];
}

function pairLines({ first, second, objects, ordered, missing }: RacingPair, kind: FindingReportOptions['kind'], width: number): string[] {
  const one = (letter: string, { at, actor, step, leaf, wrote, holds }: ExplainedStep): string[] => {
    const what = `${letter}  step ${at}: ${actor} ${wrote ? 'writes' : 'reads'} ${list(objects)} in ${step} (${leaf}), holding ${holds.length === 0 ? 'no lock' : list(holds)}`;
    return wrap(what, '     ', width).map((line, k) => (k === 0 ? line.slice(3) : line));
  };
  const order = ordered
    ? 'Locks or messages put B behind A once A is first; nothing says which of them is.'
    : `Nothing orders them, no lock, message or reference${missing.length === 0 ? '.' : `: ${list(missing)} ${missing.length === 1 ? 'is' : 'are'} held on one side only.`}`;
  return [
    kind === 'race' ? 'The two accesses:' : 'It fails because A comes before B:',
    ...one(FIRST, first), ...one(SECOND, second), ...wrap(order, '  ', width),
  ];
}

function reorderingLines({ actor, from, to, moved, place, step, steps, ended }: Reordering, table: Table, actors: ReportOptions['actors'], before: number, width: number): string[] {
  const what = moved === 1 ? `step ${from}` : `the ${moved} steps ${from} to ${to}`;
  // Behind a step of the failing run it stands earlier by what is no longer in front of that.
  const begin = place === 'behind' ? step - moved + 1 : step;
  const marked = place === 'until' ? 1 : moved;
  const first = Math.max(1, begin - AROUND);
  const shown = steps.slice(first - 1, begin - 1 + Math.min(marked, LONGEST) + AROUND);
  const rows = stepRows(table, actors, shown, first).map((row, k): ColumnRow => ({ ...row, marked: first + k >= begin && first + k < begin + marked }));
  const next = steps[step - 1];
  const where = place === 'until' ? `${moved === 1 ? 'waits' : 'wait'} until ${actors[next!.actor - 1]!.name} has gone on with ${stepText(table, next!)}`
    : `${moved === 1 ? 'is' : 'are'} moved ${place === 'before' ? 'in front of' : 'behind'} step ${step}, and nothing else`;
  const left = steps.length - (first - 1) - shown.length;
  const rest = left > 0 ? `and ${counted(left, 'more step')}` : 'and no more';
  return [
    ...wrap(`It passes when ${what} of ${actor} ${where}:`, '', width), '',
    ...columnText(actors.map(({ name }) => name), rows, width),
    '', ...wrap(`… ${rest}, ${ended ? 'to the end' : `until it was cut, ${steps.length - before} steps later`}: nothing is broken.`, '', width),
  ];
}

// The report of a broken property: one sentence, the schedule that shows it with one column per actor, the command that
// repeats it. Plain text of at most 78 columns, so that it can be pasted into a mail. Pure.

import { ok, outcomeName } from '../memory/outcome.ts';
import { columnText, TEXT_WIDTH, wrap, type ColumnRow } from './columns.ts';
import type { Table } from '../kernel/table.ts';
import type { Violation } from './violation.ts';

/** A step of the run, as `RunWorld.last` and a trace have it. */
export interface ReportedStep {
  /** 0: something came in from outside. */
  readonly actor: number;
  /** Leaf that the actor was in; of what came in, the number of its receiver. */
  readonly leaf: number;
  readonly outcome: number;
  readonly choice?: number;
  readonly choices?: number;
}

export interface ReportOptions {
  readonly violation: Violation;
  readonly kernel: string;
  readonly scenario: string;
  readonly table: Table;
  /** Names of the actors; actor n is the one at n - 1. */
  readonly actors: readonly { readonly name: string }[];
  /** The run up to the violating step, or as much of its end as is known. */
  readonly steps: readonly ReportedStep[];
  /** Number of the violating step in the run, counted from 1; all steps are given when left out. */
  readonly at?: number;
  /** Steps to print at most. */
  readonly most?: number;
  /** The whole statement of the property. */
  readonly statement?: string;
  /** Command lines that repeat it. */
  readonly commands?: readonly string[];
  readonly width?: number;
}

/** Head of the column of what came in. */
export const OUTSIDE_HEAD = 'outside';

/** Text of what came in: for whom. */
export const injectedText = (actors: ReportOptions['actors'], receiver: number): string => `to ${actors[receiver - 1]?.name ?? receiver}`;

/** Text of one step: its name, its outcome if it says something, its choice. */
export function stepText(table: Table, step: ReportedStep): string {
  const { step: name } = table.leaves[step.leaf]!;
  const result = step.outcome === ok ? name : `${name}: ${outcomeName(step.outcome)}`;
  return (step.choices ?? 0) > 1 ? `${result} (${step.choice! + 1} of ${step.choices})` : result;
}

/** Rows of a schedule for `columnText`, numbered from `first`; the last one marked. What came in has a column behind those of the actors. */
export function stepRows(table: Table, actors: ReportOptions['actors'], steps: readonly ReportedStep[], first: number): ColumnRow[] {
  return steps.map((step, k) => ({
    ...(step.actor === 0 ? { column: actors.length, text: injectedText(actors, step.leaf) } : { column: step.actor - 1, text: stepText(table, step) }),
    label: String(first + k), marked: k === steps.length - 1,
  }));
}

/** A command line broken behind spaces, as a shell takes it; one with a quoted word stays on its line. */
export function commandLines(command: string, width: number): string[] {
  if (command.includes("'")) return [`  ${command}`];
  const lines = wrap(command, '    ', width - 2);
  return lines.map((line, k) => (k + 1 < lines.length ? `${line} \\` : line).replace(/^ {4}/, k === 0 ? '  ' : '    '));
}

/** The report of a violation. */
export function reportText(options: ReportOptions): string {
  const { violation, steps, table, width = TEXT_WIDTH } = options;
  const at = options.at ?? steps.length;
  const shown = steps.slice(-(options.most ?? 60));
  const left = at - shown.length;
  const result = wrap(`${violation.id} broken: ${violation.sentence}.`, '', width);
  if (options.statement !== undefined) result.push('', ...wrap(options.statement, '  ', width));
  result.push('', ...wrap(`kernel ${options.kernel}, scenario ${options.scenario}, step ${at}${left > 0 ? `; the ${left} steps before are left out` : ''}`, '', width), '');
  result.push(...columnText([...options.actors.map((actor) => actor.name), OUTSIDE_HEAD], stepRows(table, options.actors, shown, left + 1), width));
  if ((options.commands ?? []).length > 0) {
    result.push('', 'To repeat it:');
    for (const command of options.commands!) result.push(...commandLines(command, width));
  }
  return `${result.join('\n')}\n`;
}

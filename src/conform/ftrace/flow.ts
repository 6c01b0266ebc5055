// The entries of a trace as a flow of actions: functions are entered and left, one inside the other in each task, and events happen.

import { FtraceError } from './errors.ts';
import type { Ftrace, TraceRecord } from './record.ts';

/** Something that the traced kernel did at one moment. */
export interface Action {
  readonly kind: 'event' | 'enter' | 'leave';
  readonly task: string;
  /** Line of the file. A `call` is one line and two actions. */
  readonly line: number;
  readonly name: string;
  readonly fields: string;
  readonly ret: bigint | undefined;
  /** Of `enter`: number of the `leave` in the flow; of `leave`: of its `enter`. -1: the trace does not have it. */
  partner: number;
  /** Number of the action in which the innermost function around it was entered; -1: none. */
  readonly parent: number;
}

/** A call that is one line, and has not returned yet. */
interface Short { readonly at: number; readonly until: number; readonly cpu: number; readonly record: TraceRecord }

/**
 * Puts the returns of calls that are one line where they belong: behind everything that happened before them on other CPUs, and before
 * whatever comes next on their own CPU or in their own task. The order of lines counts, not their times, so that a trace whose lines were
 * moved is judged as it stands.
 */
export function flowOf({ file, records }: Ftrace): Action[] {
  const actions: Action[] = [];
  const open = new Map<string, number[]>();
  let short: Short[] = [];
  const stackOf = (task: string): number[] => {
    const stack = open.get(task) ?? [];
    open.set(task, stack);
    return stack;
  };
  const add = (kind: Action['kind'], { task, line, name, fields, ret }: TraceRecord, partner: number, parent: number): number =>
    actions.push({ kind, task, line, name, fields, ret, partner, parent }) - 1;
  const leave = (record: TraceRecord): void => {
    const stack = stackOf(record.task);
    const entered = stack.pop();
    if (entered === undefined) {
      // It was entered before the trace began.
      add('leave', record, -1, -1);
      return;
    }
    const { name, line } = actions[entered]!;
    if (record.name !== '' && record.name !== name) throw new FtraceError(file, record.line, `ends '${record.name}', but the function that is open in ${record.task} is '${name}' (line ${line})`);
    actions[entered]!.partner = add('leave', { ...record, name }, entered, stack.at(-1) ?? -1);
  };
  const endShort = (which: (one: Short) => boolean): void => {
    const due = short.filter(which).toSorted((a, b) => a.until - b.until || b.at - a.at);
    if (due.length === 0) return;
    short = short.filter((one) => !which(one));
    for (const { record } of due) leave(record);
  };
  for (const record of records) {
    endShort(({ until, cpu, record: { task } }) => until < record.time || cpu === record.cpu || task === record.task);
    const stack = stackOf(record.task);
    const parent = stack.at(-1) ?? -1;
    if (record.kind === 'leave') leave(record);
    else if (record.kind === 'event') add('event', record, -1, parent);
    else {
      const at = add('enter', { ...record, ret: undefined }, -1, parent);
      stack.push(at);
      if (record.kind === 'call') short.push({ at, until: record.time + record.took, cpu: record.cpu, record });
    }
  }
  endShort(() => true);
  return actions;
}

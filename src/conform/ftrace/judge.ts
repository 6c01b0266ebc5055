// Judges a kernel trace: reads it, makes the system of its case, and says whether what it shows is a behaviour of the model.

import type { Kernel } from '../../kernel/define.ts';
import type { Machine } from '../config.ts';
import type { Recording } from '../recording.ts';
import { accept, type Judgement } from './accept.ts';
import { flowOf, type Action } from './flow.ts';
import { functions } from './functions.ts';
import { systemOf } from './lower.ts';
import { plainName } from './names.ts';
import { readFtrace } from './read.ts';
import type { Ftrace } from './record.ts';
import type { TracedSystem } from './system.ts';
import { tasksOf } from './tasks.ts';

/** A task of the trace, and whose steps it shows. */
export interface BoundTask { readonly task: string; readonly does: string }

export interface JudgedTrace extends Omit<Judgement, 'passedOver' | 'rejection'> {
  readonly trace: Ftrace;
  readonly tasks: readonly BoundTask[];
  /** Entries that stand for something in the model, of those before the rejected one. */
  readonly mapped: number;
  /** Entries that stand for nothing in it: how many, by reason, the most frequent first. */
  readonly unmapped: readonly (readonly [reason: string, count: number])[];
  readonly rejection?: {
    /** Line of the first entry that no behaviour has. */
    readonly line: number;
    readonly what: string;
    readonly allowed: readonly string[];
    readonly reasons: readonly string[];
  };
}

/**
 * Judges the trace in `text`, of the file of this name, whose case is `recording`. `traced`: the functions that were traced, one a line;
 * all of the table when it is left out. Throws FtraceError and LoweringError.
 */
export function judgeTrace(file: string, text: string, kernel: Kernel, recording: Pick<Recording, 'steps'>, machine: Machine, traced?: string): JudgedTrace {
  const trace = readFtrace(file, text);
  const flow = flowOf(trace);
  const system = systemOf(kernel, recording, machine);
  const { passedOver, rejection, ...judgement } = accept(system, flow, tracedRows(trace, traced));
  // An entry counts once, by what it begins with.
  const first = new Map<number, string>();
  passedOver.forEach((reason, i) => { if (!first.has(flow[i]!.line)) first.set(flow[i]!.line, reason); });
  const counts = new Map<string, number>();
  for (const reason of first.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const mapped = counts.get('') ?? 0;
  counts.delete('');
  return {
    ...judgement, trace, tasks: boundTasks(flow, system), mapped, unmapped: [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    ...(rejection === undefined ? {} : { rejection: { line: flow[rejection.action]!.line, what: described(flow[rejection.action]!), allowed: rejection.allowed, reasons: rejection.reasons } }),
  };
}

/** Rows of the functions that the trace would show. */
function tracedRows({ form }: Ftrace, traced: string | undefined): Set<number> {
  if (form === 'events') return new Set();
  const names = traced === undefined ? undefined : new Set(traced.split(/\s+/).map(plainName));
  return new Set(functions.flatMap((row, i) => (names === undefined || row.names.some((name) => names.has(name)) ? [i] : [])));
}

function boundTasks(flow: readonly Action[], system: TracedSystem): BoundTask[] {
  const { names } = tasksOf(flow, system);
  const spins = system.told.filter(({ spin }) => spin === 'start');
  return names.map((task, i) => ({ task: task === '' ? 'no task' : task, does: i === 0 ? 'carries out the steps' : `runs vCPU ${system.vcpuIds[spins[i - 1]!.vcpu]} beside them` }));
}

/** An action in words. */
function described({ kind, task, name, fields, ret }: Action): string {
  if (kind === 'event') return `${name} by ${task}: ${fields}`;
  return kind === 'enter' ? `${task} enters ${name}` : `${task} returns from ${name}${ret === undefined ? '' : ` with ${ret}`}`;
}

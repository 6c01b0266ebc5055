// faultline conform --ftrace: is what a real kernel's trace shows a behaviour of the model?

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { judgeTrace, type JudgedTrace } from '../conform/ftrace/judge.ts';
import { LoweringError } from '../conform/ftrace/lower.ts';
import { loadEntries, loadText } from '../conform/load.ts';
import type { Machine } from '../conform/config.ts';
import type { Recording } from '../conform/recording.ts';
import { EXIT, UsageError } from './errors.ts';
import type { NamedKernel } from './kernels.ts';
import { counted, grouped, labelled, line } from './output.ts';

export interface FtraceOptions {
  /** File with the steps of the case; else the one beside the trace. */
  readonly steps?: string;
  /** Entry of that file. */
  readonly id?: string;
  /** File with the names of the traced functions; else `functions.txt` beside the trace, else all of the table. */
  readonly functions?: string;
  readonly json?: boolean;
}

/** Judges a trace, says what came of it, answers the exit code. */
export async function conformFtrace(file: string, { kernel }: NamedKernel, machine: Machine, options: FtraceOptions): Promise<number> {
  const stepsFile = options.steps ?? stepsBeside(file);
  const recording = caseOf(stepsFile, options.id);
  const functionsFile = options.functions ?? [join(dirname(file), 'functions.txt')].find((one) => existsSync(one));
  const judged = judgedTrace();
  function judgedTrace(): JudgedTrace {
    try {
      return judgeTrace(file, loadText(file), kernel, recording, machine, functionsFile === undefined ? undefined : loadText(functionsFile));
    } catch (error) {
      throw error instanceof LoweringError ? new UsageError(`${stepsFile}, ${error.message}: a trace of it cannot be judged`) : error;
    }
  }
  if (options.json === true) await line(JSON.stringify(jsonOf(file, kernel.name, stepsFile, recording, judged), null, 2));
  else for (const one of reportLines(file, kernel.name, stepsFile, recording, judged)) await line(one);
  return judged.verdict === 'accepted' ? EXIT.HELD : EXIT.SAFETY;
}

/** `x.steps.jsonl` beside `x.fgraph.txt` or `x.events.txt`, compressed or not. */
function stepsBeside(file: string): string {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file or folder`);
  const stem = file.replace(/\.gz$/, '').replace(/(?:\.(?:events|fgraph|trace))?\.txt$|\.[^./\\]*$/, '');
  const beside = [`${stem}.steps.jsonl`, `${stem}.steps.jsonl.gz`];
  const found = beside.find((one) => existsSync(one));
  if (found === undefined) throw new UsageError(`${file}: the steps of its case are not beside it (${beside[0]}); name their file with --steps`);
  return found;
}

function caseOf(file: string, id: string | undefined): Recording {
  const { form, entries } = loadEntries(file);
  if (form !== 'recordings') throw new UsageError(`${file} has ${form}; a trace is held against the steps of a recording`);
  if (id !== undefined) {
    const found = entries.find((one) => one.id === id);
    if (found === undefined) throw new UsageError(`${file} has no entry '${id}'; it has ${entries.slice(0, 8).map((one) => one.id).join(', ')}${entries.length > 8 ? ', …' : ''}`);
    return found;
  }
  if (entries.length > 1) throw new UsageError(`${file} has ${entries.length} entries; say with --id which one was traced`);
  return entries[0]!;
}

const jsonOf = (file: string, kernel: string, steps: string, { id }: Recording, { trace, tasks, mapped, unmapped, verdict, complete, states, rejection }: JudgedTrace): object => ({
  file, kernel, steps, case: id, form: trace.form, entries: trace.records.length, tasks, mapped, unmapped: Object.fromEntries(unmapped), states, verdict,
  ...(rejection === undefined ? {} : { complete, rejection }),
});

function reportLines(file: string, kernel: string, steps: string, { id, steps: list }: Recording, judged: JudgedTrace): string[] {
  const { trace, tasks, mapped, unmapped, verdict, complete, states, rejection } = judged;
  const total = mapped + unmapped.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    labelled('trace', `${file}: ${trace.form}, ${counted(trace.records.length, 'line')}`),
    labelled('case', `${id}, ${counted(list.length, 'step')}, from ${steps}`),
    ...tasks.map(({ task, does }, i) => labelled(i === 0 ? 'tasks' : '', `${task} ${does}`)),
    labelled('mapped', `${grouped(mapped)} of ${counted(total, 'line')}${rejection === undefined ? '' : ' before the rejected one'}`),
    ...unmapped.map(([reason, count], i) => labelled(i === 0 ? 'not mapped' : '', `${grouped(count)}: ${reason}`)),
    labelled('searched', counted(states, 'state')),
  ];
  if (verdict === 'accepted') return [...lines, labelled('result', `ACCEPTED: what the trace shows is a behaviour of ${kernel}`)];
  const { line: at, what, allowed, reasons } = rejection!;
  return [
    ...lines,
    labelled('result', `REJECTED at line ${grouped(at)}: ${what}`),
    labelled('accepted', at === 1 ? 'nothing before it' : `everything before line ${grouped(at)} is a behaviour of ${kernel}`),
    ...(allowed.length === 0 ? [labelled('allowed', 'nothing of this task')] : allowed.map((one, i) => labelled(i === 0 ? 'allowed' : '', one))),
    ...reasons.map((one, i) => labelled(i === 0 ? 'because' : '', one)),
    ...(complete ? [] : [labelled('note', 'the search ended at its bound without coming further; not every order of hidden steps was tried')]),
  ];
}

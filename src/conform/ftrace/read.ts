// From the text of a kernel trace to its entries. Nothing is passed over in silence: a line that is neither an entry nor one of the known
// marks is an error, and so is a trace with holes, of which nobody could say whether it is a behaviour.

import { FtraceError, quoted } from './errors.ts';
import { readEventLine } from './event-line.ts';
import { isGraphMark, readGraphLine } from './graph-line.ts';
import type { Ftrace, TraceRecord } from './record.ts';

/** Larger files are not read: a trace of that size cannot be searched either. */
const LARGEST = 64 * 2 ** 20;
/** Characters of a line. */
const LONGEST = 4096;

const LOST = /\[?LOST\s+(\d+)?\s*EVENTS\]?|\b(\d+) events? (?:lost|overrun)/i;

/** Which form a line speaks for; nothing when it could be of either. */
function formOf(text: string): Ftrace['form'] | undefined {
  const tracer = /^#\s*tracer:\s*(\S+)/.exec(text);
  if (tracer !== null) return tracer[1] === 'function_graph' ? 'function graph' : tracer[1] === 'nop' ? 'events' : undefined;
  if (readEventLine(text, 0) !== undefined) return 'events';
  return readGraphLine(text, 0) === undefined ? undefined : 'function graph';
}

/** Says why a line of a function graph is not understood. */
function graphProblem(text: string): string {
  if (/\d\)\s.*\|/.test(text)) return `${quoted(text)} lacks the time or the task; record with the options funcgraph-abstime and funcgraph-proc`;
  return `${quoted(text)} is no line of a function graph (time | cpu) task-pid | duration | function)`;
}

/** Reads a trace in the kernel's text form. Throws FtraceError. */
export function readFtrace(file: string, text: string): Ftrace {
  if (text.length > LARGEST) throw new FtraceError(file, 0, `has ${Math.round(text.length / 2 ** 20)} MB; at most ${LARGEST / 2 ** 20} MB are read: trace a shorter time, or fewer functions`);
  const lines = text.split(/\r?\n/);
  let spoken: Ftrace['form'] | undefined;
  for (const [i, line] of lines.entries()) {
    if (line.length > LONGEST) throw new FtraceError(file, i + 1, `has ${line.length} characters, which no line of a kernel trace has`);
    spoken ??= formOf(line);
  }
  if (spoken === undefined) throw new FtraceError(file, 0, 'has no line of a kernel trace; expected is what tracefs has in its file trace, of the tracer function_graph or of events alone');
  const records: TraceRecord[] = [];
  let otherLines = 0;
  for (const [i, line] of lines.entries()) {
    const number = i + 1;
    const lost = LOST.exec(line);
    if (lost !== null) {
      throw new FtraceError(file, number, `${lost[1] ?? lost[2] ?? 'some'} events were lost here, so the trace cannot be judged; record it again with a larger buffer (buffer_size_kb)`);
    }
    if (line.trim() === '' || line.startsWith('#') || (spoken === 'function graph' && isGraphMark(line))) {
      otherLines++;
      continue;
    }
    const record = spoken === 'events' ? readEventLine(line, number) : readGraphLine(line, number);
    if (record === undefined) {
      throw new FtraceError(file, number, spoken === 'events' ? `${quoted(line)} is no line of a trace of events (task-pid [cpu] flags time: event: fields)` : graphProblem(line));
    }
    if (record === 'body') throw new FtraceError(file, number, `what stands behind the last bar is neither a function, nor its end, nor an event: ${quoted(line.slice(line.lastIndexOf('|') + 1))}`);
    records.push(record);
  }
  if (records.length === 0) throw new FtraceError(file, 0, 'has no entries');
  return { file, form: spoken, records, otherLines };
}

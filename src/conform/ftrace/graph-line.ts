// A line of a function graph: `time | cpu) task-pid | duration | function`, with trace events as comments between them.

import { microseconds } from './event-line.ts';
import type { TraceRecord } from './record.ts';

/** Time, CPU, task, perhaps flags, perhaps a duration with its mark, and the body. */
const GRAPH_LINE = /^\s*(\d+)\.(\d{1,9})\s*\|\s*(\d+)\)\s+(\S.*?)-(\d+)\s*\|(?:\s*[.\w#]{4,8}\s*\|)?\s*(?:[$@*#!+]\s*)?(?:(\d+(?:\.\d+)?)\s*us)?\s*\|\s*(.*?)\s*$/;

/** What stands in the place of a function. */
const EVENT = /^\/\*\s*([A-Za-z_][\w.]*):\s?(.*?)\s*\*\/$/;
const NAME = '[A-Za-z_][\\w.]*';
const RETURNED = '(?:\\s*/\\*\\s*(?:NAME)?\\s*(?:ret\\s*)?(?:=\\s*(\\S+?))?\\s*\\*/)?';
const ENTER = new RegExp(`^(${NAME})(?:\\s*\\[\\w+\\])?\\(.*\\)\\s*\\{(?:\\s*/\\*.*\\*/)?$`);
const CALL = new RegExp(`^(${NAME})(?:\\s*\\[\\w+\\])?\\(.*?\\);${RETURNED.replace('NAME', NAME)}$`);
const LEAVE = new RegExp(`^\\}${RETURNED.replace('(?:NAME)', `(${NAME})`)}$`);

/** A return value in hexadecimal or decimal, as a signed number of 64 bits. */
function returned(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^-?(0x[\da-fA-F]{1,16}|\d{1,20})$/.test(text)) return undefined;
  return BigInt.asIntN(64, text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
}

/** The entry that a line holds; nothing when the line has not this form, and 'body' when only its last part has not. */
export function readGraphLine(text: string, line: number): TraceRecord | 'body' | undefined {
  const match = GRAPH_LINE.exec(text);
  if (match === null) return undefined;
  const [, seconds, decimals, cpu, task, pid, took, body] = match as unknown as (string | undefined)[];
  const common = { line, task: `${task}-${pid}`, cpu: Number(cpu), time: microseconds(seconds!, decimals!) };
  const record = (kind: TraceRecord['kind'], name: string, more: Partial<TraceRecord> = {}): TraceRecord =>
    ({ ...common, kind, name, fields: '', ret: undefined, took: 0, ...more });
  const event = EVENT.exec(body!);
  if (event !== null) return record('event', event[1]!, { fields: event[2]! });
  const enter = ENTER.exec(body!);
  if (enter !== null) return record('enter', enter[1]!);
  const call = CALL.exec(body!);
  if (call !== null) return record('call', call[1]!, { ret: returned(call[2]), took: Number(took ?? 0) });
  const leave = LEAVE.exec(body!);
  if (leave !== null) return record('leave', leave[1] ?? '', { ret: returned(leave[2]) });
  return 'body';
}

/** Lines of a function graph that are no entry: rules and names of a task switch, arrows of interrupts. */
export const isGraphMark = (text: string): boolean => /^\s*-{10,}\s*$|^\s*\d+\)\s+\S.*-\d+\s+=>\s+\S.*-\d+\s*$|={6,}>|<={6,}/.test(text);

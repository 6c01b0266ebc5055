// A line of a trace of events, as the kernel's own text has it (`task-pid [cpu] flags time: event: fields`), and as trace-cmd reports it.

import type { TraceRecord } from './record.ts';

/** Task and pid; perhaps the thread group; the CPU; perhaps flags of interrupts and preemption; seconds; the event and what it says. */
const EVENT_LINE = /^\s*(\S.*?)-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[(\d+)\]\s+(?:[^\s:]{4,8}\s+)?(\d+)\.(\d{1,9}):\s+([A-Za-z_][\w.]*):\s?(.*)$/;

/** Seconds and their decimals, in microseconds. */
export const microseconds = (seconds: string, decimals: string): number => Number(seconds) * 1e6 + Number(decimals.padEnd(9, '0')) / 1e3;

/** The event that a line tells of; nothing when the line has not this form. */
export function readEventLine(text: string, line: number): TraceRecord | undefined {
  const match = EVENT_LINE.exec(text);
  if (match === null) return undefined;
  const [, task, pid, cpu, seconds, decimals, name, fields] = match as unknown as string[];
  return {
    line, task: `${task}-${pid}`, cpu: Number(cpu), time: microseconds(seconds!, decimals!), kind: 'event', name: name!, fields: fields!.trim(),
    ret: undefined, took: 0,
  };
}

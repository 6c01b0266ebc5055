// What a record can be wrong about by itself: numbers that are in no table, although all checksums are right.

import { RECORD } from './batch.ts';
import { TraceError } from './errors.ts';
import type { TraceSource } from './source.ts';

/** A step that says what cannot be. */
export const malformedStep = (source: TraceSource, step: number, sentence: string): TraceError =>
  new TraceError('malformed', `is malformed at step ${step}: ${sentence}`).of(source.name);

/** Throws a TraceError unless state and outcome of the record at word `at` are in the tables of the header. */
export function checkRecord(source: TraceSource, records: Uint16Array, at: number, step: number): void {
  const { leaves, outcomes } = source.header;
  const leaf = records[at + RECORD.LEAF]!;
  const outcome = records[at + RECORD.OUTCOME]!;
  if (leaf >= leaves) throw malformedStep(source, step, `there is no state number ${leaf}; the kernel has ${leaves}, counted from 0`);
  if (outcome >= outcomes.length) throw malformedStep(source, step, `there is no outcome number ${outcome}; the kernel has ${outcomes.length}, counted from 0`);
}

// What a record can be wrong about by itself: numbers that are in no table, although all checksums are right.

import { NO_CHOICE, RECORD } from './batch.ts';
import { TraceError } from './errors.ts';
import type { TraceSource } from './source.ts';

/** A step that says what cannot be. */
export const malformedStep = (source: TraceSource, step: number, sentence: string): TraceError =>
  new TraceError('malformed', `is malformed at step ${step}: ${sentence}`).of(source.name);

/** Throws a TraceError unless the record at word `at` is what an injection into an actor looks like. */
export function checkInjectionRecord(source: TraceSource, records: Uint16Array, at: number, step: number, actor: number): void {
  const [receiver, outcome, choice] = records.subarray(at + RECORD.LEAF, at + RECORD.WORDS) as unknown as [number, number, number];
  if (receiver === actor && outcome === 0 && choice === NO_CHOICE) return;
  throw malformedStep(source, step, `it is an injection into actor ${actor} and says receiver ${receiver}, outcome ${outcome}, choice ${choice}`);
}

/** Throws a TraceError unless state and outcome of the record at word `at` are in the tables of the header. */
export function checkRecord(source: TraceSource, records: Uint16Array, at: number, step: number): void {
  const { leaves, outcomes } = source.header;
  const leaf = records[at + RECORD.LEAF]!;
  const outcome = records[at + RECORD.OUTCOME]!;
  if (leaf >= leaves) throw malformedStep(source, step, `there is no state number ${leaf}; the kernel has ${leaves}, counted from 0`);
  if (outcome >= outcomes.length) throw malformedStep(source, step, `there is no outcome number ${outcome}; the kernel has ${outcomes.length}, counted from 0`);
}

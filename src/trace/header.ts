// The JSON parts of a trace: header in front, footer at the end.

import * as v from 'valibot';
import type { Injection } from '../memory/injection.ts';
import { TraceError } from './errors.ts';

/** Version of the file format that is written; older ones down to 1 are read, newer ones refused. */
export const FORMAT = 2;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(200));

const headerSchema = v.object({
  format: count,
  /** Version of the package that wrote it. */
  faultline: name,
  runtime: name,
  kernel: name,
  /** A person's own kernel: the file it was read from, and its whole text. */
  kernelText: v.optional(v.object({ file: v.string(), text: v.string() })),
  /** The scenario in full, as its language has it; read it with the loader of scenarios, which checks it. */
  scenario: v.record(v.string(), v.unknown()),
  seed: v.pipe(v.number(), v.integer()),
  /** Hash of the layouts, machines and steps that the kernel uses, and of what makes a world of a scenario. */
  fingerprint: name,
  /** Leaf states of the kernel's table. */
  leaves: count,
  /** Names of outcomes; records have their places in this list. */
  outcomes: v.array(name),
  /** Hash of memory before the first step. */
  start: name,
});

/** What stands before the steps. */
export type TraceHeader = Readonly<v.InferOutput<typeof headerSchema>>;

/** Why a run ended. `steps` and `seconds` are limits that it met; `failed`: a step broke the rules, behind the last one that is kept. */
export const ENDS = ['finished', 'deadlock', 'violation', 'steps', 'seconds', 'interrupted', 'failed'] as const;

const footerSchema = v.object({
  why: v.picklist(ENDS),
  steps: count,
  /** Hash of memory behind the last step; empty when the run failed. */
  hash: name,
  violation: v.optional(v.object({ id: name, sentence: v.string() })),
  /** What an exploration has found in this schedule: what its replay must find again. `loop`: steps in front of a livelock's loop. */
  finding: v.optional(v.object({ kind: v.picklist(['safety', 'leak', 'race', 'deadlock', 'lock-order', 'livelock']), id: name, key: v.string(), sentence: v.string(), loop: v.optional(count) })),
});

/** What stands behind the steps, if the run came to an end in order. */
export type TraceFooter = Readonly<v.InferOutput<typeof footerSchema>>;

const word = v.pipe(v.number(), v.integer(), v.minValue(-(2 ** 31)), v.maxValue(2 ** 31 - 1));
const words = v.pipe(v.array(word), v.maxLength(1 << 16));
const injectionsSchema = v.array(v.strictObject({
  actor: v.pipe(count, v.minValue(1), v.maxValue(0xffff)), type: v.pipe(word, v.minValue(1)), payload: words,
  code: v.optional(v.strictObject({ at: count, words })),
}));

function parse<S extends v.GenericSchema>(schema: S, json: string, what: string, offset: number): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new TraceError('malformed', `has a ${what} that is not JSON (byte ${offset})`, offset);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new TraceError('malformed', `has a ${what} in which '${v.getDotPath(issue) ?? what}' is wrong: ${issue.message} (byte ${offset})`, offset);
}

/** Reads the JSON of a chunk's injections; throws a TraceError as the others do. */
export const parseInjections = (json: string, offset: number): readonly Injection[] => parse(injectionsSchema, json, 'list of injections', offset) as readonly Injection[];

/** Reads the JSON of a header, or footer, that begins at `offset` of the file; throws a TraceError that says what is wrong with it. */
export const parseHeader = (json: string, offset: number): TraceHeader => parse(headerSchema, json, 'header', offset);
export function parseFooter(json: string, offset: number): TraceFooter {
  const footer = parse(footerSchema, json, 'footer', offset);
  if ((footer.why === 'violation') === (footer.violation !== undefined)) return footer;
  throw new TraceError('malformed', `has a footer that ${footer.violation === undefined ? 'does not say what was violated' : `ends with '${footer.why}' and names a violation`} (byte ${offset})`, offset);
}

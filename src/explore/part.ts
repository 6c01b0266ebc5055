// A part of an exploration as plain JSON: what one shard has come to, and what it was a shard of. Parts are put together by `mergeParts`,
// which refuses what does not belong together, in one sentence that names the file and the field.

import * as v from 'valibot';
import { mergeWindows } from '../check/windows.ts';
import { hashState, hashText } from '../memory/hash.ts';
import { fingerprintOf } from '../trace/fingerprint.ts';
import { mergeMachineCoverage, mergePairs } from './coverage.ts';
import { mergeShown } from './lock-findings.ts';
import { KINDS, resultOf } from './sample-result.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Shard } from './strategies/context.ts';
import type { SampledFinding, SampleResult, SampleTotals } from './sample-types.ts';

/** What a file of a part is, and what else it may be one day. */
const FORMAT = 'faultline explore part', VERSION = 1;

export interface Part extends SampleTotals {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly kernel: string;
  /** Of the kernel's sources, as in a trace. */
  readonly fingerprint: string;
  readonly scenario: string;
  /** Hash of what the scenario was compiled to. */
  readonly topology: string;
}

/** Parts that do not belong together, or what is no part at all. */
export class PartError extends Error {
  override name = 'PartError';
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();
const decision = v.object({ actor: count, choice: v.pipe(v.number(), v.integer(), v.minValue(-1)) });
const schedule = v.array(decision);
const witness = v.object({ actor: text, leaf: text, step: text, at: count, object: text });
const mode = v.picklist(['shared', 'exclusive']);
const edge = { from: text, fromMode: mode, to: text, toMode: mode, held: witness, wanted: witness };
const shown = { first: count, by: text, schedule };
const seen = v.object({ seen: v.array(text), notSeen: v.array(text) });

/** What a part looks like. */
export const partSchema = v.object({
  format: v.literal(FORMAT), version: v.literal(VERSION), kernel: text, fingerprint: text, scenario: text, topology: text,
  strategy: text, seed: v.pipe(v.number(), v.integer()), parameters: v.record(text, v.number()), shards: v.pipe(v.array(v.object({ index: count, of: v.pipe(count, v.minValue(1)) })), v.minLength(1)),
  schedules: count, steps: count, longest: count, endings: v.object({ finished: count, deadlock: count, broken: count, cut: count }),
  complete: v.boolean(), exhausted: v.boolean(), digest: v.tuple([v.number(), v.number()]),
  found: v.array(v.object({ kind: v.picklist(KINDS), id: text, sentence: text, schedule, loop: v.optional(count), key: text, times: count, first: count, by: text })),
  lockOrder: v.object({
    classes: v.array(v.object({ name: text, kind: v.picklist(['mutex', 'rwsem', 'rwlock', 'section']), writers: v.boolean() })),
    edges: v.array(v.object({ ...shown, edge: v.object(edge) })),
    nestings: v.array(v.object({ ...shown, edge: v.object({ ...edge, nested: v.picklist(['ascending', 'descending', 'same']) }) })),
  }),
  exercised: v.record(text, count), analysed: v.boolean(),
  windows: v.array(v.object({ layout: text, before: text, intruder: text, after: text, times: count })),
  machines: v.array(v.object({ machine: text, states: seen, outcomes: seen })),
  pairs: v.array(v.object({ layout: text, steps: v.tuple([text, text]), times: v.tuple([count, count]) })),
  pct: v.optional(v.object({ n: count, k: count, d: count, schedules: count, longer: count })),
  rechecked: count, about: v.array(text),
});

/** The sums of a sampler as a part. `text` is that of a kernel of a person's own. */
export function partOf(totals: SampleTotals, kernel: Kernel, topology: Topology, scenario: string, kernelText?: string): Part {
  return { format: FORMAT, version: VERSION, kernel: kernel.name, fingerprint: fingerprintOf(kernel, kernelText), scenario, topology: hashOfText(JSON.stringify(topology)), ...totals };
}

function hashOfText(long: string): string {
  const words = new Int32Array(long.length);
  for (let k = 0; k < long.length; k++) words[k] = long.charCodeAt(k) + 1;
  return hashText(hashState(words, words.length));
}

/** A part as a file has it; a PartError, with the place, if it is none. */
export function readPart(file: string, json: string): Part {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new PartError(`${file} is not JSON; give what an exploration wrote with --shard and --out`);
  }
  const result = v.safeParse(partSchema, value);
  if (result.success) return result.output as Part;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'the whole';
  throw new PartError(`${file} is no part of an exploration: ${path}: ${issue.message}; give what an exploration wrote with --shard and --out`);
}

/** A part and where it is from. */
export interface NamedPart { readonly file: string; readonly part: Part }

const SAME = ['kernel', 'fingerprint', 'scenario', 'topology', 'strategy', 'seed', 'analysed'] as const;

function checkTogether(parts: readonly NamedPart[]): void {
  const [first] = parts;
  if (first === undefined) throw new PartError('there is no part to merge; name files of parts');
  for (const { file, part } of parts) {
    const differs = (field: string, there: unknown, here: unknown): never => {
      throw new PartError(`${file}: '${field}' is ${JSON.stringify(there)}, but ${first.file} has ${JSON.stringify(here)}: they are parts of different explorations; merge parts of one`);
    };
    for (const field of SAME) if (part[field] !== first.part[field]) differs(field, part[field], first.part[field]);
    for (const field of new Set([...Object.keys(part.parameters), ...Object.keys(first.part.parameters)])) {
      if (part.parameters[field] !== first.part.parameters[field]) differs(`parameters.${field}`, part.parameters[field], first.part.parameters[field]);
    }
    if (part.about.join() !== first.part.about.join()) differs('about', part.about, first.part.about);
  }
  const taken: { shard: Shard; file: string }[] = [];
  for (const { file, part } of parts) {
    for (const shard of part.shards) {
      const other = taken.find((one) => overlap(one.shard, shard));
      if (other !== undefined) throw new PartError(`${file}: 'shards' has ${nameOf(shard)}, whose schedules ${nameOf(other.shard)} of ${other.file} has too; merge each shard once`);
      taken.push({ shard, file });
    }
  }
}

const nameOf = ({ index, of }: Shard): string => `${index + 1}/${of}`;

/** Is there a schedule that both take? */
function overlap(a: Shard, b: Shard): boolean {
  let [x, y] = [a.of, b.of];
  while (y !== 0) [x, y] = [y, x % y];
  return (a.index - b.index) % x === 0;
}

/** Parts of one exploration as one part, which may be merged again. The order of parts does not matter. */
export function mergeParts(parts: readonly NamedPart[]): Part {
  checkTogether(parts);
  const all = parts.map(({ part }) => part).toSorted((a, b) => a.shards[0]!.index - b.shards[0]!.index || a.shards[0]!.of - b.shards[0]!.of);
  const [first] = all as [Part];
  const sum = (of: (part: Part) => number): number => all.reduce((total, part) => total + of(part), 0);
  const pcts = all.flatMap(({ pct }) => (pct === undefined ? [] : [pct]));
  return {
    ...first,
    shards: all.flatMap(({ shards }) => shards).toSorted((a, b) => a.index - b.index || a.of - b.of),
    schedules: sum(({ schedules }) => schedules), steps: sum(({ steps }) => steps), longest: Math.max(...all.map(({ longest }) => longest)),
    endings: {
      finished: sum(({ endings }) => endings.finished), deadlock: sum(({ endings }) => endings.deadlock),
      broken: sum(({ endings }) => endings.broken), cut: sum(({ endings }) => endings.cut),
    },
    complete: all.every(({ complete }) => complete), exhausted: all.every(({ exhausted }) => exhausted),
    digest: [sum(({ digest }) => digest[0]) | 0, sum(({ digest }) => digest[1]) | 0],
    found: mergeFound(all.flatMap(({ found }) => found)),
    lockOrder: mergeShown(all.map(({ lockOrder }) => lockOrder)),
    exercised: Object.fromEntries(Object.keys(first.exercised).map((id) => [id, sum(({ exercised }) => exercised[id] ?? 0)])),
    windows: mergeWindows(all.map(({ windows }) => windows)),
    machines: mergeMachineCoverage(all.map(({ machines }) => machines)),
    pairs: mergePairs(all.map(({ pairs }) => pairs)),
    ...(pcts.length === 0 ? {} : { pct: { ...pcts[0]!, schedules: pcts.reduce((total, pct) => total + pct.schedules, 0), longer: pcts.reduce((total, pct) => total + pct.longer, 0) } }),
    rechecked: sum(({ rechecked }) => rechecked),
  };
}

/** Each finding once, as the earliest schedule has it. */
function mergeFound(all: readonly SampledFinding[]): SampledFinding[] {
  const merged = new Map<string, SampledFinding>();
  for (const one of all.toSorted((a, b) => a.first - b.first)) {
    const known = merged.get(one.key);
    merged.set(one.key, known === undefined ? one : { ...known, times: known.times + one.times });
  }
  return [...merged.values()];
}

/** What parts come to, read as one exploration. */
export const resultOfPart = (part: Part): SampleResult => resultOf(part);

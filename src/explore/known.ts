// Findings that are known: a file of ids and hashes of shrunk schedules. What is in it becomes a note, so that CI fails only on news.

import * as v from 'valibot';
import type { Kernel } from '../kernel/define.ts';
import { hashText, mix } from '../memory/hash.ts';
import { outcomeName } from '../memory/outcome.ts';
import { nearest } from '../kernel/nearest.ts';
import { Player } from './player.ts';
import type { Explained } from './explain.ts';
import type { Finding } from './finding.ts';

/** A finding that is known. */
export interface KnownFinding {
  /** Id of the property: S-11. */
  readonly id: string;
  /** Of its shrunk schedule. */
  readonly hash: string;
  /** What a person has to say of it. */
  readonly note?: string | undefined;
}

/** A file of known findings is not one. */
export class KnownError extends Error {
  override name = 'KnownError';
}

const schema = v.strictObject({
  known: v.array(v.strictObject({
    id: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(200)),
    hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'must be sixteen hexadecimal digits, as a report prints them')),
    note: v.optional(v.pipe(v.string(), v.maxLength(2000))),
  })),
});

/** Reads the text of a file; `name` is what errors call it. */
export function readKnown(text: string, name: string): readonly KnownFinding[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KnownError(`${name} is not JSON; it is { "known": [{ "id": "S-11", "hash": "…" }] }`);
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output.known;
  const [issue] = result.issues;
  const at = v.getDotPath(issue) ?? '';
  const isStrange = issue.type === 'strict_object' && issue.expected === 'never';
  const member = at.split('.').at(-1)!;
  const sentence = isStrange ? `is not a member that a known finding has${nearest(member, ['known', 'id', 'hash', 'note'])}` : issue.message;
  throw new KnownError(`${name}${at === '' ? '' : `, ${at}`}: ${sentence}`);
}

/** The entry that a finding is, if it is known. */
export const knownAs = (known: readonly KnownFinding[], id: string, hash: string): KnownFinding | undefined => known.find((one) => one.id === id && one.hash === hash);

/** Hash of a shrunk schedule, made of what is broken and of the names of actors, steps, outcomes and choices: numbers of leaves and actors,
 *  which other sources and other scenarios have others of, are not in it. */
export function shrunkHash(kernel: Kernel, { broken, topology, schedule }: Explained): string {
  const player = new Player(kernel, topology, { invariants: [] });
  const { steps } = player.play(schedule, { strict: true });
  const lines = steps.map(({ actor, leaf, outcome, choice }) => `${topology.actors[actor - 1]!.name} ${player.world.table.leaves[leaf]!.step} ${outcomeName(outcome)}${choice < 0 ? '' : ` ${choice}`}`);
  return textHash([`${broken.kind} ${broken.key}`, ...lines].join('\n'));
}

/** Of a finding that was not made small: of what is broken alone. */
export const keyHash = ({ kind, key }: Pick<Finding, 'kind' | 'key'>): string => textHash(`${kind} ${key}`);

/** 64 bits of a text. */
export function textHash(text: string): string {
  let low = 0;
  let high = 1;
  for (let k = 0; k < text.length; k++) {
    low = mix(low ^ text.charCodeAt(k));
    high = mix(high ^ (text.charCodeAt(k) + 0x10000));
  }
  return hashText([low, high]);
}

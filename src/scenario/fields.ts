// The small schemas that the scenario's schema is made of. Every refusal is a clause of its own: what must be there, and what is.

import * as v from 'valibot';
import { nearest } from '../kernel/nearest.ts';
import { shown } from './errors.ts';
import { LIMITS } from './limits.ts';

export type Schema = v.GenericSchema;
type Said = v.BaseIssue<unknown>;

const must = (what: string) => (issue: Said): string => `must be ${what}, not ${shown(issue.input)}`;

/** A whole number from `least` to `most`; the limit's name, if it has one, is part of the refusal. */
export function whole(least: number, most: number, description: string, limit?: keyof typeof LIMITS): Schema {
  const message = must(`a whole number from ${least} to ${most}${limit === undefined ? '' : ` (limit '${limit}')`}`);
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message), v.description(description));
}

/** A 64-bit value. */
export function u64(description: string): Schema {
  const message = must("a whole number or 64-bit text such as '0x1000'");
  return v.pipe(
    v.union([v.pipe(v.number(), v.safeInteger(message)), v.pipe(v.string(), v.regex(/^-?(?:0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/, message))], message),
    v.description(description),
  );
}

/** True or false. */
export function flag(description: string): Schema {
  return v.pipe(v.boolean(must('true or false')), v.description(description));
}

/** This value and no other. */
export function only(value: string | true, description: string): Schema {
  return v.pipe(v.literal(value, must(JSON.stringify(value))), v.description(description));
}

/** One of these words; `kind` stands for them in a refusal when they are many. */
export function word(words: readonly string[], description: string, kind = alternatives(words)): Schema {
  const message = (issue: Said): string =>
    `must be ${kind}, not ${shown(issue.input)}${typeof issue.input === 'string' && issue.input.length <= LIMITS.name ? nearest(issue.input, words) : ''}`;
  return v.pipe(v.picklist(words, message), v.description(description));
}

/** A name that programs refer to. */
export function name(description: string): Schema {
  const message = must(`a name: a letter, then letters, digits, '-' or '_', ${LIMITS.name} at most`);
  return v.pipe(v.string(message), v.regex(/^[A-Za-z][A-Za-z0-9_-]*$/, message), v.maxLength(LIMITS.name, message), v.description(description));
}

/** Any text of bounded length. */
export function text(description: string): Schema {
  const message = must(`text of at most ${LIMITS.text} letters`);
  return v.pipe(v.string(message), v.maxLength(LIMITS.text, message), v.description(description));
}

/** A number or a name. */
export function numberOrName(description: string): Schema {
  return v.pipe(v.union([whole(0, LIMITS.vcpus - 1, 'its number'), name('its name')], must('a number or a name')), v.description(description));
}

/** A list of `least` or more. */
export function list(item: Schema, description: string, least: number, most: number, limit: keyof typeof LIMITS): Schema {
  const message = must('a list');
  return v.pipe(
    v.array(item, message),
    v.minLength(least, () => 'must not be empty'),
    v.maxLength(most, (issue) => `has ${issue.received} members; the limit '${limit}' is ${most}`),
    v.description(description),
  );
}

/** What stands where an object is expected and is a list: valibot takes lists for objects. */
const LIST: unique symbol = Symbol('a list');

/** An object with exactly these members; `optional(…)` ones may be missing. */
export function object(entries: Record<string, Schema>, description: string) {
  const keys = Object.keys(entries);
  const strict = v.strictObject(entries, (issue: Said) => {
    if (issue.expected === 'never') {
      const key = String(issue.input);
      return `has no member ${shown(key)}${key.length <= LIMITS.name ? nearest(key, keys) : ''}`;
    }
    if (issue.path !== undefined) return `is missing: ${descriptionOf(entries[String(issue.path.at(-1)?.key)]!)}`;
    return `must be an object, not ${shown(issue.input)}`;
  });
  type Run = (dataset: { value: unknown }, config: unknown) => unknown;
  const run = (strict['~run'] as Run).bind(strict);
  const refusesLists: Run = (dataset, config) => run(Array.isArray(dataset.value) ? { value: LIST } : dataset, config);
  return v.pipe({ ...strict, '~run': refusesLists as never } as typeof strict, v.description(description));
}

const descriptionOf = (schema: Schema): string => v.getDescription(schema as never) ?? 'a value';

/** A member that may be left out. */
export const optional = (schema: Schema): Schema => v.optional(schema);

/** `'a'`, `'a' or 'b'`, `'a', 'b' or 'c'`. */
function alternatives(words: readonly string[]): string {
  const quoted = words.map((one) => `'${one}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)!}`;
}

// Reading a file of cases: one JSON object a line, each a sequence of steps. Whatever is wrong is told with file, line and place.

import { gunzipSync } from 'node:zlib';
import { nearest } from '../kernel/nearest.ts';
import { at, shown } from '../scenario/errors.ts';
import { isHandle, operations, words, type ArgumentForm } from './vocabulary.ts';

/** A value of an argument as it stands in the file. */
export type Value = number | string | boolean | readonly Value[] | { readonly [name: string]: Value };

/** One step: what is done, and in a recording what the kernel answered. */
export interface Step {
  readonly op: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly res?: Readonly<Record<string, unknown>>;
}

/** A sequence of steps by one process, on a fresh system. */
export interface Case {
  readonly id: string;
  readonly steps: readonly Step[];
  /** `tags`, `note` and whatever else the line says. */
  readonly [more: string]: unknown;
}

/** Something is wrong in a file of cases; the message is whole. */
export class CaseError extends Error {
  override name = 'CaseError';

  constructor(file: string, line: number, where: string, problem: string) {
    super(`${file}, line ${line}: ${where === '' ? '' : `${where}: `}${problem}`);
  }
}

type Complain = (where: string, problem: string) => never;

/** Steps that one case may have, and cases that one file may have. */
const MOST_STEPS = 100_000, MOST_CASES = 1_000_000;

/** The text of a file of cases, which may be compressed with gzip. */
export const textOfCases = (bytes: Uint8Array): string => new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

/** The cases of a text; throws a CaseError that names `file`. */
export function readCases(text: string, file: string): Case[] {
  const ids = new Map<string, number>();
  const cases: Case[] = [];
  text.split('\n').forEach((content, i) => {
    if (content.trim() === '') return;
    const complain: Complain = (where, problem) => { throw new CaseError(file, i + 1, where, problem); };
    const one = caseOf(parsed(content, complain), complain);
    const before = ids.get(one.id);
    if (before !== undefined) complain('id', `'${one.id}' is the case in line ${before}, too; ids are told apart`);
    ids.set(one.id, i + 1);
    if (cases.push(one) > MOST_CASES) complain('', `a file has at most ${MOST_CASES} cases`);
  });
  if (cases.length === 0) throw new CaseError(file, 1, '', 'there is no case; a case is one line of JSON, { "id", "steps" }');
  return cases;
}

function parsed(content: string, complain: Complain): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    return complain('', `not JSON: ${(error as Error).message}`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function caseOf(value: unknown, complain: Complain): Case {
  if (!isObject(value)) return complain('', `a case is an object with id and steps, not ${shown(value)}`);
  const { id, steps } = value;
  if (typeof id !== 'string' || id === '') return complain('id', `a case has a name, not ${shown(id)}`);
  if (!Array.isArray(steps)) return complain('steps', `a case has a list of steps, not ${shown(steps)}`);
  if (steps.length > MOST_STEPS) return complain('steps', `a case has at most ${MOST_STEPS} steps, not ${steps.length}`);
  if (value['loop'] !== undefined || steps.some((one) => isObject(one) && one['any_of'] !== undefined)) {
    return complain('', `'${id}' is a race, not a sequence: what it answers depends on timing, and it is not replayed`);
  }
  const made = new Set(['kvm']);
  steps.forEach((one, i) => checkStep(one, at('steps', i), made, complain));
  return value as unknown as Case;
}

function checkStep(value: unknown, where: string, made: Set<string>, complain: Complain): void {
  if (!isObject(value)) return complain(where, `a step is an object with op and args, not ${shown(value)}`);
  const { op, args } = value;
  if (typeof op !== 'string' || !Object.hasOwn(operations, op)) return complain(at(where, 'op'), `there is no operation ${shown(op)}${nearest(String(op), Object.keys(operations))}`);
  if (!isObject(args)) return complain(at(where, 'args'), `${op} has an object of arguments, not ${shown(args)}`);
  const { needs, may } = operations[op]!;
  for (const name of Object.keys(needs)) if (args[name] === undefined) complain(at(where, 'args'), `${op} needs '${name}'`);
  for (const [name, one] of Object.entries(args)) {
    const form = needs[name] ?? may[name];
    const place = at(at(where, 'args'), name);
    if (form === undefined) complain(place, `${op} has no argument '${name}'${nearest(name, [...Object.keys(needs), ...Object.keys(may)])}`);
    else if (form === 'step') checkInner(one, place, made, complain);
    else checkArgument(one, form, `${op}.${name}`, made, (problem) => complain(place, problem));
  }
  if (typeof args['as'] === 'string') made.add(args['as']);
}

/** A step of a child process; what it makes is its own. */
function checkInner(value: unknown, where: string, made: Set<string>, complain: Complain): void {
  if (isObject(value) && (value['op'] === 'child' || String(value['op']).startsWith('fork_'))) complain(where, 'a child process has no child processes');
  checkStep(value, where, new Set(made), complain);
}

function checkArgument(value: unknown, form: Exclude<ArgumentForm, 'step'>, name: string, made: ReadonlySet<string>, complain: (problem: string) => void): void {
  const handle = (text: unknown, what: string): void => {
    if (typeof text !== 'string' || !isHandle(text)) complain(`it is ${what}, not ${shown(text)}`);
    else if (!made.has(text)) complain(`no step before has made '${text}'${nearest(text, made)}`);
  };
  switch (form) {
    case 'number': if (integer(value) === undefined) complain(`it is ${INTEGER}, not ${shown(value)}`); break;
    case 'numbers': if (!Array.isArray(value) || value.length > 6 || value.some((one) => integer(one) === undefined)) complain(`it is a list of at most 6 numbers, not ${shown(value)}`); break;
    case 'file': if (typeof value !== 'number' || !(Number.isSafeInteger(value) && value < 0 && value >= -(2 ** 31))) handle(value, 'the name of a file, or a negative number'); break;
    case 'map': handle(value, 'the name of a mapping'); break;
    case 'vcpu': handle(value, 'the name of a vCPU'); break;
    case 'as': if (typeof value !== 'string' || !isHandle(value) || value === 'kvm') complain(`a name is a small letter with up to 14 small letters and digits behind it, not ${shown(value)}`); break;
    case 'word': if (typeof value !== 'string' || !(words[name]?.includes(value) ?? /^[A-Za-z_]{1,30}$/.test(value))) complain(`it is ${words[name]?.join(', ') ?? 'a word'}, not ${shown(value)}`); break;
    case 'bool': if (typeof value !== 'boolean') complain(`it is true or false, not ${shown(value)}`); break;
    case 'address': {
      if (integer(value) !== undefined) break;
      const [, base, past] = /^([^+]*)(?:\+(\d{1,15}))?$/.exec(typeof value === 'string' ? value : '') ?? [];
      if (base === undefined || (String(value).includes('+') && past === undefined)) complain(`it is a number, the name of a mapping, or name+bytes, not ${shown(value)}`);
      else handle(base, 'a number, the name of a mapping, or name+bytes');
    }
  }
}

const INTEGER = "a whole number, beyond 2^53 - 1 a text like '0x8000000000000000'";

/** A whole number of 64 bits, signed or not; undefined for anything else. */
export function integer(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value) ? BigInt(value) : undefined;
}

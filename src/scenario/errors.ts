// A mistake in a scenario: what, where, and what may have been meant. Never a defect of the laboratory.

import { nearest } from '../kernel/nearest.ts';

export class ScenarioError extends Error {
  override name = 'ScenarioError';
  /** Where in the scenario: `threads[0].program[3].fd`; empty for the whole. */
  readonly path: string;
  /** What may help: `did you mean 'A'?`, or which names there are; empty when there is nothing to say. */
  readonly hint: string;

  /** `problem` is a clause: "there is no file 'B'". `hint` is what `nearest` answers. */
  constructor(path: string, problem: string, hint = '') {
    super(`${path === '' ? 'scenario' : path}: ${problem}${hint}`);
    this.path = path;
    this.hint = hint.replace(/^; /, '');
  }
}

/** Complains that `name` is none of `names`. */
export function unknownName(path: string, what: string, name: string, names: Iterable<string>): ScenarioError {
  const known = [...names];
  const close = nearest(name, known);
  return new ScenarioError(path, `there is no ${what} ${shown(name)}`, close !== '' ? close : known.length === 0 ? '; the scenario has none' : known.length > 8 ? '' : `; there is ${known.join(', ')}`);
}

/** A value as a message shows it: short, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 37)}…'` : `'${value}'`;
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'symbol' ? value.description ?? 'a symbol' : String(value).slice(0, 40);
}

/** Path of member `key` of `path`. */
export const at = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

/** What somebody's own code threw, in a line: anything can be thrown. */
export function problemOf(error: unknown): string {
  try {
    const message = (error as Partial<Error> | null | undefined)?.message;
    return typeof message === 'string' ? message.split('\n')[0]!.slice(0, 300) : `it throws ${shown(error)}`;
  } catch {
    return 'what it throws cannot be read';
  }
}

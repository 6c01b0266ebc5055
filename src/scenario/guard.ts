// Looks at what somebody gave as a scenario before anything recursive does: nested too deep, too large, circular.

import { at, ScenarioError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** Lists and objects inside each other that the deepest legal scenario has: two for each loop or mix (its list, the op; a branch
 *  two more), and those around a program. */
const MOST_DEEP = 8 + 4 * LIMITS.nesting;

/** Throws a ScenarioError unless `input` is small enough, and not too deep, to be checked by the schema. */
export function guard(input: unknown): void {
  const work: { value: unknown; depth: number; path: string }[] = [{ value: input, depth: 0, path: '' }];
  let nodes = 0;
  for (let one = work.pop(); one !== undefined; one = work.pop()) {
    const { value, depth, path } = one;
    if (++nodes > LIMITS.nodes) throw new ScenarioError('', `it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
    if (typeof value === 'string' && value.length > LIMITS.text) throw new ScenarioError(path, `a text of ${value.length} letters; the limit 'text' is ${LIMITS.text}`);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MOST_DEEP) throw new ScenarioError(shorten(path), `nested too deep; the limit 'nesting' is ${LIMITS.nesting} loops and mixes inside each other`);
    // The array's length is asked first, so that a list of 10^9 holes costs nothing.
    if (Array.isArray(value) && value.length > LIMITS.nodes) throw new ScenarioError(path, `a list of ${value.length}; it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) work.push({ value: (value as Record<string | number, unknown>)[key], depth: depth + 1, path: at(path, typeof key === 'string' && key.length > LIMITS.name ? `${key.slice(0, LIMITS.name)}…` : key) });
    if (work.length > LIMITS.nodes) throw new ScenarioError('', `it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
  }
}

const shorten = (path: string): string => (path.length > 60 ? `${path.slice(0, 60)}…` : path);

// Looks at what somebody gave as a scenario before anything recursive does: nested too deep, too large, circular. It is copied
// meanwhile, so that what the schema sees later is plain data, which cannot throw or change.

import { at, problemOf, ScenarioError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** Lists and objects inside each other that the deepest legal scenario has: two for each loop or mix (its list, the op; a branch
 *  two more), and those around a program. */
const MOST_DEEP = 8 + 4 * LIMITS.nesting;

interface Work { readonly value: unknown; readonly depth: number; readonly path: string; readonly into: object; readonly key: string | number }

/** A plain copy of `input`; throws a ScenarioError unless it is small enough, and not too deep, to be checked by the schema, and can
 *  be read at all. A bigint becomes a number, or text when it is large. */
export function guard(input: unknown): unknown {
  const root: { copy?: unknown } = {};
  const work: Work[] = [{ value: input, depth: 0, path: '', into: root, key: 'copy' }];
  let nodes = 0;
  for (let one = work.pop(); one !== undefined; one = work.pop()) {
    const { value, depth, path, into, key } = one;
    if (++nodes > LIMITS.nodes) throw new ScenarioError('', `it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
    if (typeof value === 'string' && value.length > LIMITS.text) throw new ScenarioError(path, `a text of ${value.length} letters; the limit 'text' is ${LIMITS.text}`);
    if (typeof value !== 'object' || value === null) {
      put(into, key, typeof value === 'bigint' ? numberOrText(value) : value);
      continue;
    }
    if (depth > MOST_DEEP) throw new ScenarioError(shorten(path), `nested too deep; the limit 'nesting' is ${LIMITS.nesting} loops and mixes inside each other`);
    const copy = Array.isArray(value) ? [] : {};
    put(into, key, copy);
    for (const [member, inside] of membersOf(value, path)) work.push({ value: inside, depth: depth + 1, path: at(path, short(member)), into: copy, key: member });
    if (work.length > LIMITS.nodes) throw new ScenarioError('', `it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
  }
  return root.copy;
}

/** The members of a list or object. */
function membersOf(value: object, path: string): (readonly [string | number, unknown])[] {
  // The array's length is asked first, so that a list of 10^9 holes costs nothing.
  if (Array.isArray(value) && value.length > LIMITS.nodes) throw new ScenarioError(path, `a list of ${value.length}; it is too large: more than ${LIMITS.nodes} values (limit 'nodes')`);
  let here = path;
  try {
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return keys.map((key) => {
      here = at(path, short(key));
      return [key, (value as Record<string | number, unknown>)[key]] as const;
    });
  } catch (error) {
    throw new ScenarioError(here, `cannot be read: ${problemOf(error)}`);
  }
}

/** Not an assignment: a member may be named `__proto__`. */
const put = (into: object, key: string | number, value: unknown): void => { Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true }); };
const numberOrText = (value: bigint): number | string => (Number.isSafeInteger(Number(value)) ? Number(value) : long(value.toString()));
const short = (key: string | number): string | number => (typeof key === 'string' && key.length > LIMITS.name ? long(key) : key);
const long = (text: string): string => (text.length > LIMITS.name ? `${text.slice(0, LIMITS.name)}…` : text);
const shorten = (path: string): string => (path.length > 60 ? `${path.slice(0, 60)}…` : path);

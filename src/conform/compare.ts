// Holds what the model did against what the real kernel did: field by field, every field that the recording has.

import type { Result } from './recording.ts';

/** A field that differs. */
export interface Mismatch { readonly field: string; readonly expected: unknown; readonly got: unknown }

/** The fields of `expected` that `got` has otherwise. A field that is itself an object, as a payload is, is compared in the same way. */
export function mismatches(expected: Result, got: Result, path = ''): Mismatch[] {
  const found: Mismatch[] = [];
  for (const name in expected) {
    const wanted = expected[name];
    const given = got[name];
    if (same(wanted, given)) continue;
    if (isObject(wanted) && isObject(given)) found.push(...mismatches(wanted, given, `${path}${name}.`));
    else found.push({ field: `${path}${name}`, expected: wanted, got: given });
  }
  // A failure, or a signal, that the real kernel has not shown.
  for (const name of ['errno', 'signal', 'exit_reason', 'skipped'] as const) {
    if (path === '' && expected[name] === undefined && got[name] !== undefined) found.push({ field: name, expected: undefined, got: got[name] });
  }
  return found;
}

const isObject = (value: unknown): value is Result => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal values; a number and the text that says it in hexadecimal are. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (typeof a === 'string' && typeof b === 'string' && a.startsWith('0x') && b.startsWith('0x')) return BigInt(a) === BigInt(b);
  if (typeof a === 'number' && typeof b === 'string' && b.startsWith('0x')) return BigInt(a) === BigInt(b);
  if (typeof a === 'string' && typeof b === 'number' && a.startsWith('0x')) return BigInt(a) === BigInt(b);
  return false;
}

// What a fact expects of its last step, with its wildcards, held against what the model did.

import { mismatches, type Mismatch } from './compare.ts';
import type { Result } from './recording.ts';

/** What of `expect` is not met by `got`. */
export function unmet(expect: Result, got: Result): Mismatch[] {
  const found: Mismatch[] = [];
  const rest: Record<string, unknown> = {};
  for (const [field, wanted] of Object.entries(expect)) {
    const given = got[field];
    const differs = (): void => { found.push({ field, expected: wanted, got: given }); };
    if (field === 'errno' && wanted === '*') { if (typeof given !== 'string') differs(); }
    else if (field === 'ret_mask') { if (typeof got['ret'] !== 'number' || (got['ret'] & (wanted as number)) !== wanted) found.push({ field, expected: wanted, got: got['ret'] }); }
    else if (field === 'exit_reason' && Array.isArray(wanted)) { if (!wanted.includes(given)) differs(); }
    else if (field === 'signal' && wanted === null) { if (given !== undefined) differs(); }
    else if (field === 'vcpu_any_of') {
      const left = (got['vcpu'] ?? {}) as Result;
      if (!(wanted as readonly Result[]).some((one) => unmet(one, left).length === 0)) found.push({ field: 'vcpu', expected: wanted, got: left });
    }
    else if (field === 'any_of') { if (!(wanted as readonly Result[]).some((one) => unmet(one, got).length === 0)) differs(); }
    else rest[field] = wanted;
  }
  // Nothing is said of the fields that are not expected, but for those of a payload that is.
  for (const one of mismatches(rest, got)) if (one.field in rest || one.field.includes('.')) found.push(one);
  return found;
}

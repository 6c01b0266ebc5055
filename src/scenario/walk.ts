// All operations of a program, those inside loops and mixes too, with their paths.

import { at } from './errors.ts';
import type { Branch } from './types.ts';

/** What every operation of a checked scenario is, whichever language it is of. */
export interface AnyOp { readonly op: string; readonly [member: string]: unknown }

/** Operations in the order in which they are written. `rounds` is true inside a loop. */
export function* walk(program: readonly AnyOp[], path: string, rounds = false): Generator<{ op: AnyOp; path: string; rounds: boolean }> {
  for (const [i, op] of program.entries()) {
    const here = at(path, i);
    yield { op, path: here, rounds };
    if (op.op === 'loop') yield* walk(op['do'] as AnyOp[], at(here, 'do'), true);
    if (op.op === 'mix') {
      for (const [k, branch] of (op['of'] as Branch<AnyOp>[]).entries()) yield* walk(branch.do, `${at(at(here, 'of'), k)}.do`, rounds);
    }
  }
}

/** A typed program as the compiler reads it: members by name. */
export const asOps = (program: readonly object[]): readonly AnyOp[] => program as readonly AnyOp[];

// The transitions of a kernel's table as a run needs them: what the table has, without its gaps (kernel/packed-rows.ts).

import type { Kernel } from '../kernel/define.ts';
import { packRows } from '../kernel/packed-rows.ts';
import type { Plan } from '../memory/plan.ts';

/** Words of an entry: the leaf that it belongs to, where it leads, and the place in `zeroed` of the registers that it zeroes (0: none). */
export const MOVE = { LEAF: 0, TO: 1, ZEROES: 2, WORDS: 3 } as const;

export interface Moves {
  /** For each leaf, the number of its row's first entry. Row and outcome give the entry, which is another leaf's if this one does not expect the outcome. */
  readonly rows: Int32Array;
  readonly entries: Int32Array;
  /** Lists of offsets in a frame, each behind its length. */
  readonly zeroed: Int32Array;
}

/** Lays out the transitions of a kernel's machines. */
export function packMoves(kernel: Kernel, plan: Plan): Moves {
  const { width, next, ends, endsAt } = kernel.table;
  const lists = ends.map((fragments) => registerOffsets(kernel, plan, fragments));
  const placeOf: number[] = [];
  // Nobody's list is at 0.
  const zeroed = [0];
  for (const offsets of lists) {
    placeOf.push(offsets.length === 0 ? 0 : zeroed.length);
    zeroed.push(offsets.length, ...offsets);
  }
  const { rows, leaves: leafOf } = packRows(kernel.table);
  const entries = new Int32Array(leafOf.length * MOVE.WORDS);
  leafOf.forEach((leaf, entry) => {
    const cell = leaf < 0 ? -1 : leaf * width + entry - rows[leaf]!;
    entries.set(cell < 0 ? [-1, -1, -1] : [leaf, next[cell]!, placeOf[endsAt[cell]!]!], entry * MOVE.WORDS);
  });
  return { rows, entries, zeroed: Int32Array.from(zeroed) };
}

/** Offsets in a frame of the registers of these fragments, ascending. */
function registerOffsets(kernel: Kernel, plan: Plan, fragments: readonly string[]): readonly number[] {
  const fields = plan.byName.get('frame')!.fields;
  const offsets = new Set<number>();
  for (const { fragment, fields: registers } of kernel.registers) {
    if (!fragments.includes(fragment)) continue;
    for (const name of Object.keys(registers)) offsets.add(fields.find((field) => field.name === name)!.offset);
  }
  return [...offsets].toSorted((a, b) => a - b);
}

// Rows of a table laid into each other's gaps. A table has a row for each leaf and a column for each outcome, of which a leaf expects
// a few: 600 KB for a kernel, of which some 14 are entries. Packed, all rows fit into a core's cache.

import { outcome as outcomeNumber } from '../memory/outcome.ts';
import type { Table } from './table.ts';

export interface PackedRows {
  /** For each leaf, the number of its row's first entry. Row and outcome give the entry, which is another leaf's if this one does not expect the outcome. */
  readonly rows: Int32Array;
  /** For each entry, the leaf that it belongs to, or -1. */
  readonly leaves: Int32Array;
}

const packed = new WeakMap<Table, PackedRows>();

/** Lays out the rows of a table. */
export function packRows(table: Table): PackedRows {
  const known = packed.get(table);
  if (known !== undefined) return known;
  const entries: number[] = [];
  const taken = (entry: number): boolean => (entries[entry] ?? -1) >= 0;
  // All entries before it are taken: no row is looked for there.
  let free = 0;
  const rows = Int32Array.from(table.leaves, ({ number, outcomes }) => {
    const expected = outcomes.map((name) => outcomeNumber(name)).toSorted((a, b) => a - b);
    let row = Math.max(0, free - (expected[0] ?? free));
    while (expected.some((outcome) => taken(row + outcome))) row++;
    for (const outcome of expected) {
      while (entries.length <= row + outcome) entries.push(-1);
      entries[row + outcome] = number;
    }
    while (taken(free)) free++;
    return row;
  });
  const result = { rows, leaves: Int32Array.from(entries) };
  packed.set(table, result);
  return result;
}

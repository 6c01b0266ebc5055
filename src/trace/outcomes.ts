// Outcomes are numbered anew in every process; a trace numbers them by the order in which the kernel's table names them, so
// that the same run gives the same bytes everywhere.

import { outcome, outcomeCount } from '../memory/outcome.ts';
import type { Table } from '../kernel/table.ts';

/** Names of a table's outcomes, in the order of its leaves. */
export const outcomeNames = (table: Table): string[] => [...new Set(table.leaves.flatMap((leaf) => leaf.outcomes))];

/** From the process's number of an outcome to the trace's. */
export function outcomesToTrace(table: Table): Int32Array {
  const names = outcomeNames(table);
  const numbers = names.map((name) => outcome(name));
  const result = new Int32Array(outcomeCount()).fill(-1);
  numbers.forEach((number, place) => { result[number] = place; });
  return result;
}

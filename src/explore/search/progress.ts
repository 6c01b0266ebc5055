// Which steps are progress: those that a statechart says so of, whoever comes to rest or ends, and every instruction that a program is done with.

import { outcome } from '../../memory/outcome.ts';
import type { Table } from '../../kernel/table.ts';

/** Steps that carry programs out, and what they answer when an instruction is done. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = { 'guest.execute': ['ok', 'hypercall', 'halt', 'refusedHypercall'], 'vmm.next': ['ok', 'end'], 'hw.next': ['ok', 'end'] };

/** Has a program's instruction been done by this step with this outcome? */
export const isInstructionDone = (step: string, outcome: string): boolean => PROGRAMS[step]?.includes(outcome) === true;

/** By leaf and outcome (leaf × the table's width + outcome): 1 when such a step is progress. */
export function progressesOf({ leaves, width, next }: Table): Uint8Array {
  const progresses = new Uint8Array(leaves.length * width);
  for (const leaf of leaves) {
    for (const name of leaf.outcomes) {
      const at = leaf.number * width + outcome(name);
      const to = leaves[next[at]!]!;
      if (leaf.progress || to.final || (to.idle && !leaf.idle) || isInstructionDone(leaf.step, name)) progresses[at] = 1;
    }
  }
  return progresses;
}

// The steps of each actor, in their order, and which of them are worth a mark: what the timeline draws, whatever its scale.

import type { Kernel } from '../../../kernel/define.ts';
import type { LeafInfo } from '../../../kernel/table.ts';
import { exitsOf } from '../../../runtime/metrics.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';
import type { Records } from './records.ts';

/** What a step is marked as. */
export const MARK = { RETRY: 1, EXIT: 2 } as const;

/** By leaf and outcome (the trace's number): is it a retry, or does it leave to userspace? */
export class Marks {
  private readonly bits: Uint8Array;
  private readonly width: number;

  constructor(kernel: Kernel) {
    const { leaves } = kernel.table;
    const names = outcomeNames(kernel.table);
    const numbers = new Map(names.map((name, number) => [name, number]));
    this.width = names.length;
    this.bits = new Uint8Array(leaves.length * this.width);
    for (const leaf of leaves) for (const name of leaf.outcomes) this.bits[leaf.number * this.width + numbers.get(name)!] = markOf(kernel, leaf, name);
  }

  /** Bits of MARK. */
  of(leaf: number, outcome: number): number {
    return this.bits[leaf * this.width + outcome] ?? 0;
  }
}

function markOf(kernel: Kernel, leaf: LeafInfo, name: string): number {
  const exits = exitsOf(kernel, leaf, name);
  if (name === 'stale' || name === 'retry' || exits.some((exit) => /\^(?:retry|invalid)$/.test(exit))) return MARK.RETRY;
  return exits.some((exit) => exit === 'mmu.fault ^exit' || exit === 'mmu.fault ^emulate') || (leaf.machine === 'vcpu' && (name === 'hypercall' || name === 'halt')) ? MARK.EXIT : 0;
}

export class Lanes {
  /** By actor, 0 being the outside: numbers of its steps, ascending. */
  readonly steps: readonly Int32Array[];
  /** The marked ones among them, and their marks. */
  readonly marked: readonly Int32Array[];
  readonly marks: readonly Uint8Array[];

  constructor(records: Records, actors: number, marks: Marks) {
    const counts = new Int32Array(actors + 1);
    const found = new Int32Array(actors + 1);
    for (let step = 1; step <= records.count; step++) {
      const actor = records.actor(step);
      if (actor > actors) continue;
      counts[actor]! += 1;
      if (actor !== 0 && marks.of(records.leaf(step), records.outcome(step)) !== 0) found[actor]! += 1;
    }
    this.steps = Array.from(counts, (count) => new Int32Array(count));
    this.marked = Array.from(found, (count) => new Int32Array(count));
    this.marks = Array.from(found, (count) => new Uint8Array(count));
    counts.fill(0);
    found.fill(0);
    for (let step = 1; step <= records.count; step++) {
      const actor = records.actor(step);
      if (actor > actors) continue;
      this.steps[actor]![counts[actor]!++] = step;
      const mark = actor === 0 ? 0 : marks.of(records.leaf(step), records.outcome(step));
      if (mark === 0) continue;
      this.marks[actor]![found[actor]!] = mark;
      this.marked[actor]![found[actor]!++] = step;
    }
  }
}

/** The first place in an ascending list whose number is at least `value`; its length where there is none. */
export function firstFrom(list: Int32Array, value: number, low = 0): number {
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

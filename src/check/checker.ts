// Evaluates invariants after a step: those that read an object that the step wrote, and those about the step itself.

import type { CheckedWorld } from './checked-world.ts';
import type { Invariant } from './invariant.ts';
import type { Violation } from './violation.ts';

export class Checker {
  /** How often each invariant was evaluated, by its place in the list. */
  readonly evaluated: Uint32Array;
  private readonly invariants: readonly Invariant[];
  private readonly world: CheckedWorld;
  /** For each layout (table number), the invariants that read it. */
  private readonly readers: readonly (readonly number[])[];
  /** For each leaf, the invariants about its step. */
  private readonly atLeaf: readonly (readonly number[])[];
  private readonly tableOf: Uint16Array;
  private readonly due: Uint8Array;

  constructor(world: CheckedWorld, invariants: readonly Invariant[]) {
    this.world = world;
    this.invariants = invariants;
    this.evaluated = new Uint32Array(invariants.length);
    this.due = new Uint8Array(invariants.length);
    const { plan } = world;
    this.readers = plan.tables.map((table) => invariants.flatMap((one, i) => (one.reads.includes(table.layout.name) ? [i] : [])));
    this.atLeaf = world.table.leaves.map((leaf) => invariants.flatMap((one, i) => (one.at?.includes(leaf.step) ? [i] : [])));
    this.tableOf = new Uint16Array(plan.objects);
    plan.tables.forEach((table, n) => this.tableOf.fill(n, table.firstId, table.firstId + table.count));
  }

  /** 1 for each object, by number, that some invariant reads: writes of others need not be reported. */
  wanted(): Uint8Array {
    return Uint8Array.from(this.tableOf, (table) => (this.readers[table]!.length > 0 ? 1 : 0));
  }

  /** Call after a step that wrote the first `count` of these objects. Answers the first violation, in the order of the list. */
  afterStep(written: Int32Array | readonly number[], count: number): Violation | undefined {
    let any = false;
    for (let k = 0; k < count; k++) {
      const readers = this.readers[this.tableOf[written[k]!]!]!;
      for (let r = 0; r < readers.length; r++) {
        this.due[readers[r]!] = 1;
        any = true;
      }
    }
    const about = this.atLeaf[this.world.last.leaf]!;
    for (let r = 0; r < about.length; r++) {
      this.due[about[r]!] = 1;
      any = true;
    }
    if (!any) return undefined;
    let violation: Violation | undefined;
    for (let i = 0; i < this.due.length; i++) {
      if (this.due[i] === 0) continue;
      this.due[i] = 0;
      if (violation !== undefined) continue;
      this.evaluated[i] = this.evaluated[i]! + 1;
      const sentence = this.invariants[i]!.check(this.world);
      if (sentence !== undefined) violation = { id: this.invariants[i]!.id, sentence };
    }
    return violation;
  }
}

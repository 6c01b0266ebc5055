// Evaluates invariants after a step: those that read an object that the step wrote, and those about the step itself.

import { checkedWorld, type CheckedWorld, type Watched } from './checked-world.ts';
import { quiescent } from './quiescence.ts';
import type { Check, Invariant, ObjectCheck } from './invariant.ts';
import type { Violation } from './violation.ts';

interface Due<F> { readonly invariant: number; readonly check: F }

export class Checker {
  /** How often each invariant was evaluated, by its place in the list. */
  readonly evaluated: Uint32Array;
  private readonly invariants: readonly Invariant[];
  private readonly world: CheckedWorld;
  /** For each table, what to evaluate when an object of it was written. */
  private readonly onWrite: readonly (readonly Due<ObjectCheck>[])[];
  /** For each leaf, what to evaluate when its step was executed, and when an actor has come to stand in it. */
  private readonly after: readonly (readonly Due<Check>[])[];
  private readonly before: readonly (readonly Due<Check>[])[];
  private readonly atQuiescence: readonly Due<Check>[];
  private readonly restLeaf: Uint8Array;
  private readonly tableOf: Uint16Array;
  /** Indices of each object in its table. */
  private readonly a: Int32Array;
  private readonly b: Int32Array;
  private readonly c: Int32Array;
  /** What the step just executed broke, found while its registers still stood. */
  private found: Violation | undefined;

  constructor(world: Watched, invariants: readonly Invariant[]) {
    this.world = checkedWorld(world);
    this.invariants = invariants;
    this.evaluated = new Uint32Array(invariants.length);
    const { plan, table } = world;
    const due = <F>(select: (one: Invariant) => F | undefined): Due<F>[] => invariants.flatMap((one, invariant) => {
      const check = select(one);
      return check === undefined ? [] : [{ invariant, check }];
    });
    this.onWrite = plan.tables.map(({ layout }) => due((one) => one.onWrite?.[layout.name]));
    this.after = table.leaves.map((leaf) => due((one) => one.after?.[leaf.step]));
    this.before = table.leaves.map((leaf) => [...due((one) => one.before?.[leaf.step]), ...(leaf.idle ? due((one) => one.atRest) : [])]);
    this.atQuiescence = due((one) => one.atQuiescence);
    this.restLeaf = Uint8Array.from(table.leaves, (leaf) => (leaf.idle ? 1 : 0));
    this.tableOf = new Uint16Array(plan.objects);
    this.a = new Int32Array(plan.objects);
    this.b = new Int32Array(plan.objects);
    this.c = new Int32Array(plan.objects);
    plan.tables.forEach(({ firstId, count, dims }, n) => {
      this.tableOf.fill(n, firstId, firstId + count);
      const [, second = 1, third = 1] = dims;
      for (let element = 0; element < count; element++) {
        this.a[firstId + element] = Math.floor(element / (second * third));
        this.b[firstId + element] = Math.floor(element / third) % second;
        this.c[firstId + element] = element % third;
      }
    });
    world.watch = {
      leaves: Uint8Array.from(this.after, (checks) => (checks.length > 0 ? 1 : 0)),
      executed: () => { this.found = this.evaluate(this.after[this.world.last.leaf]!); },
    };
  }

  /** 1 for each object, by number, that some invariant reads: writes of others need not be reported. */
  wanted(): Uint8Array {
    return Uint8Array.from(this.tableOf, (table) => (this.onWrite[table]!.length > 0 ? 1 : 0));
  }

  /** Call after a step that wrote the first `count` of these objects. Answers the first violation found. */
  afterStep(written: Int32Array | readonly number[], count: number): Violation | undefined {
    const { found } = this;
    if (found !== undefined) {
      this.found = undefined;
      return found;
    }
    for (let k = 0; k < count; k++) {
      const id = written[k]!;
      const checks = this.onWrite[this.tableOf[id]!]!;
      for (let r = 0; r < checks.length; r++) {
        const { invariant, check } = checks[r]!;
        this.evaluated[invariant]! += 1;
        const sentence = check(this.world, this.a[id]!, this.b[id]!, this.c[id]!);
        if (sentence !== undefined) return this.violation(invariant, sentence);
      }
    }
    const { actor, to } = this.world.last;
    // What comes from outside changes a mailbox, and nobody's state.
    if (actor === 0) return undefined;
    const before = this.before[to]!;
    if (before.length > 0) {
      const violation = this.evaluate(before);
      if (violation !== undefined) return violation;
    }
    return this.restLeaf[to] !== 0 && quiescent(this.world, this.restLeaf) ? this.evaluate(this.atQuiescence) : undefined;
  }

  /** Evaluates every statement over the whole state: the initial state is judged so, and what a test compares with. */
  wholeState(): Violation | undefined {
    for (let invariant = 0; invariant < this.invariants.length; invariant++) {
      const sentence = this.invariants[invariant]!.whole?.(this.world);
      if (sentence !== undefined) return this.violation(invariant, sentence);
    }
    return undefined;
  }

  private evaluate(checks: readonly Due<Check>[]): Violation | undefined {
    for (let r = 0; r < checks.length; r++) {
      const { invariant, check } = checks[r]!;
      this.evaluated[invariant]! += 1;
      const sentence = check(this.world);
      if (sentence !== undefined) return this.violation(invariant, sentence);
    }
    return undefined;
  }

  private violation(invariant: number, sentence: string): Violation {
    return { id: this.invariants[invariant]!.id, sentence };
  }
}

// Evaluates invariants after a step: those that read an object that the step wrote, and those about the step itself.

import { checkedWorld, readingWorld, type CheckedWorld, type Watched } from './checked-world.ts';
import { quiescent } from './quiescence.ts';
import { LARGE, Whereabouts } from './whereabouts.ts';
import type { Check, Invariant, ObjectCheck } from './invariant.ts';
import type { Violation } from './violation.ts';

export interface CheckerOptions {
  /** Memory changes by nothing but the steps that `afterStep` is told of: it is not put back to an earlier state. The checks of a large world,
   *  or of any with `always`, then look up what is where instead of walking over all of it. */
  readonly forward?: boolean | 'always';
  /** Is told of every object that a check looks at, but for those by which it is found out that everybody rests; slow. */
  readonly reads?: (id: number) => void;
}

interface Due<F> { readonly invariant: number; readonly check: F }

export class Checker {
  /** How often each invariant was evaluated, by its place in the list. */
  readonly evaluated: Uint32Array;
  private readonly invariants: readonly Invariant[];
  private readonly world: CheckedWorld;
  /** The same as checks see it. */
  private readonly watched: CheckedWorld;
  /** For each table, what to evaluate when an object of it was written. */
  private readonly onWrite: readonly (readonly Due<ObjectCheck>[])[];
  /** For each leaf, what to evaluate when its step was executed, and when an actor has come to stand in it. */
  private readonly after: readonly (readonly Due<Check>[])[];
  private readonly before: readonly (readonly Due<Check>[])[];
  private readonly atQuiescence: readonly Due<Check>[];
  private readonly restLeaf: Uint8Array;
  /** Number of each object's table, and of each table what gives an object's indices: its first object, and
   *  the sizes of the last of several dimensions and of the second of three; 0 for those that it has not. */
  private readonly tableOf: Uint16Array;
  private readonly firstId: Int32Array;
  private readonly last: Int32Array;
  private readonly middle: Int32Array;
  /** By table: what keeps `whereabouts` up to date. */
  private readonly note: readonly (((element: number) => void) | undefined)[];
  /** What the step just executed broke, found while its registers still stood. */
  private found: Violation | undefined;

  constructor(world: Watched, invariants: readonly Invariant[], { forward = false, reads }: CheckerOptions = {}) {
    const kept = invariants.length > 0 && (forward === 'always' || (forward && world.plan.objects >= LARGE));
    this.world = checkedWorld(world, kept ? new Whereabouts(world.plan, world.words) : undefined);
    this.watched = reads === undefined ? this.world : readingWorld(this.world, reads);
    this.invariants = invariants;
    this.evaluated = new Uint32Array(invariants.length);
    const { plan, table } = world;
    this.note = plan.tables.map((one) => this.world.whereabouts?.noteOf(one));
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
    this.firstId = Int32Array.from(plan.tables, ({ firstId }) => firstId);
    this.last = Int32Array.from(plan.tables, ({ dims }) => (dims.length > 1 ? dims.at(-1)! : 0));
    this.middle = Int32Array.from(plan.tables, ({ dims }) => (dims.length > 2 ? dims[1]! : 0));
    plan.tables.forEach(({ firstId, count }, n) => this.tableOf.fill(n, firstId, firstId + count));
    world.watch = {
      leaves: Uint8Array.from(this.after, (checks) => (checks.length > 0 ? 1 : 0)),
      executed: () => { this.found = this.evaluate(this.after[this.world.last.leaf]!); },
    };
  }

  /** 1 for each object, by number, that some invariant reads: writes of others need not be reported. */
  wanted(): Uint8Array {
    const { plan } = this.world;
    const wanted = new Uint8Array(plan.objects);
    plan.tables.forEach(({ firstId, count }, table) => { if (this.onWrite[table]!.length > 0 || this.note[table] !== undefined) wanted.fill(1, firstId, firstId + count); });
    return wanted;
  }

  /** Call after a step that wrote the first `count` of these objects. Answers the first violation found. */
  afterStep(written: Int32Array | readonly number[], count: number): Violation | undefined {
    if (this.world.whereabouts !== undefined) this.keep(written, count);
    const { found } = this;
    if (found !== undefined) {
      this.found = undefined;
      return found;
    }
    for (let k = 0; k < count; k++) {
      const id = written[k]!;
      const table = this.tableOf[id]!;
      const checks = this.onWrite[table]!;
      if (checks.length === 0) continue;
      // Most tables have one dimension.
      let a = id - this.firstId[table]!;
      let b = 0;
      let c = 0;
      const last = this.last[table]!;
      if (last !== 0) {
        b = a % last;
        a = (a / last) | 0;
        const middle = this.middle[table]!;
        if (middle !== 0) {
          c = b;
          b = a % middle;
          a = (a / middle) | 0;
        }
      }
      for (let r = 0; r < checks.length; r++) {
        const { invariant, check } = checks[r]!;
        this.evaluated[invariant]! += 1;
        const sentence = check(this.watched, a, b, c);
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
    return this.restLeaf[to] !== 0 && this.atQuiescence.length > 0 && quiescent(this.world, this.restLeaf) ? atRest(this.evaluate(this.atQuiescence, this.world)) : undefined;
  }

  private keep(written: Int32Array | readonly number[], count: number): void {
    for (let k = 0; k < count; k++) {
      const id = written[k]!;
      const table = this.tableOf[id]!;
      this.note[table]?.(id - this.firstId[table]!);
    }
  }

  /** Evaluates every statement over the whole state: the initial state is judged so, and what a test compares with. */
  wholeState(): Violation | undefined {
    for (let invariant = 0; invariant < this.invariants.length; invariant++) {
      const sentence = this.invariants[invariant]!.whole?.(this.world);
      if (sentence !== undefined) return this.violation(invariant, sentence);
    }
    return undefined;
  }

  private evaluate(checks: readonly Due<Check>[], world = this.watched): Violation | undefined {
    for (let r = 0; r < checks.length; r++) {
      const { invariant, check } = checks[r]!;
      this.evaluated[invariant]! += 1;
      const sentence = check(world);
      if (sentence !== undefined) return this.violation(invariant, sentence);
    }
    return undefined;
  }

  private violation(invariant: number, sentence: string): Violation {
    const { id, bySentence } = this.invariants[invariant]!;
    return { id, sentence, ...(bySentence === true ? { bySentence } : {}) };
  }
}

const atRest = (violation: Violation | undefined): Violation | undefined => violation && { ...violation, atRest: true };

// What happens to a step once it was executed, whatever the runtime: it becomes a record, and the invariants that it concerns
// are evaluated.

import { Checker } from '../check/checker.ts';
import type { Invariant } from '../check/invariant.ts';
import type { Violation } from '../check/violation.ts';
import type { Injection } from '../memory/injection.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { outcomesToTrace } from '../trace/outcomes.ts';
import { LaboratoryError, type RunWorld } from './world.ts';

/** Steps of a batch, but for the last one. */
export const BATCH = 1 << 14;

export class Recorder {
  /** Steps recorded so far. */
  steps = 0;
  /** What the last step broke; before the first one, the set-up. */
  violation: Violation | undefined;
  private readonly world: RunWorld;
  private readonly checker: Checker;
  private readonly outcomes: Int32Array;
  private readonly emit: (batch: TraceBatch) => void;
  private records = new Uint16Array(BATCH * RECORD.WORDS);
  private count = 0;
  /** Those of the batch in the making. */
  private injections: Injection[] = [];

  /** `forward`: memory will never be put back, so that checks may keep lists of what is where. */
  constructor(world: RunWorld, invariants: readonly Invariant[], emit: (batch: TraceBatch) => void, { forward = true } = {}) {
    if (world.table.leaves.length > 0xffff) throw new LaboratoryError(`kernel '${world.kernel.name}' has ${world.table.leaves.length} leaf states; a trace can number 65535`);
    this.world = world;
    this.checker = new Checker(world, invariants, { forward });
    this.violation = this.checker.wholeState();
    this.outcomes = outcomesToTrace(world.table);
    this.emit = emit;
  }

  /** 1 for each object whose writes the invariants want to know of. */
  wanted(): Uint8Array {
    return this.checker.wanted();
  }

  /** Call after each step, with the objects that it wrote: the first `count`. False when it broke an invariant: the run ends. */
  record(written: Int32Array, count: number): boolean {
    const { last } = this.world;
    const { records } = this;
    if (last.choice >= NO_CHOICE) throw new LaboratoryError(`step '${this.world.table.leaves[last.leaf]!.step}' chose ${last.choice}; a trace can hold choices below ${NO_CHOICE}`);
    const at = this.count * RECORD.WORDS;
    records[at] = last.actor;
    records[at + RECORD.LEAF] = last.leaf;
    records[at + RECORD.OUTCOME] = this.outcomes[last.outcome]!;
    records[at + RECORD.CHOICE] = last.choice < 0 ? NO_CHOICE : last.choice;
    return this.next(written, count);
  }

  /** The same after an injection. */
  recordInjection(injection: Injection, written: Int32Array, count: number): boolean {
    this.records.set([OUTSIDE_ACTOR, injection.actor, 0, NO_CHOICE], this.count * RECORD.WORDS);
    this.injections.push(injection);
    return this.next(written, count);
  }

  private next(written: Int32Array, count: number): boolean {
    this.steps++;
    if (++this.count === BATCH) this.flush();
    this.violation = this.checker.afterStep(written, count);
    return this.violation === undefined;
  }

  /** Begins anew on the same world, which stands at the start of a run again. How often invariants were evaluated goes on counting. */
  restart(): void {
    this.steps = 0;
    this.count = 0;
    this.injections = [];
    this.violation = undefined;
  }

  /** Emits what has not been emitted. */
  flush(): void {
    const { count, records, injections } = this;
    if (count === 0) return;
    this.count = 0;
    this.injections = [];
    if (count === BATCH) this.records = new Uint16Array(BATCH * RECORD.WORDS);
    this.emit({
      first: this.steps - count + 1, count, records: count === BATCH ? records : records.slice(0, count * RECORD.WORDS),
      ...(injections.length > 0 ? { injections } : {}),
    });
  }

  /** How often each invariant was evaluated. */
  get evaluated(): readonly number[] {
    return [...this.checker.evaluated];
  }
}

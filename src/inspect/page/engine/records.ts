// The steps of a run as the page keeps them: one behind the other, as a trace has them, so that a million takes eight megabytes.

import type { Injection } from '../../../memory/injection.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../../../trace/batch.ts';

/** Steps count from 1, as in a trace. Outcomes have the trace's numbers: their places in `outcomeNames` of the kernel's table. */
export class Records {
  count = 0;
  private words = new Uint16Array(1024 * RECORD.WORDS);
  private readonly outside = new Map<number, Injection>();

  /** Who stepped; 0: something came in from outside. */
  actor(step: number): number {
    return this.words[(step - 1) * RECORD.WORDS + RECORD.ACTOR]!;
  }

  /** State that the actor was in; of what came in, the actor that it was for. */
  leaf(step: number): number {
    return this.words[(step - 1) * RECORD.WORDS + RECORD.LEAF]!;
  }

  outcome(step: number): number {
    return this.words[(step - 1) * RECORD.WORDS + RECORD.OUTCOME]!;
  }

  /** NO_CHOICE when it had none. */
  choice(step: number): number {
    return this.words[(step - 1) * RECORD.WORDS + RECORD.CHOICE]!;
  }

  /** What came in by this step, if it is one of those. */
  injection(step: number): Injection | undefined {
    return this.outside.get(step);
  }

  get hasInjections(): boolean {
    return this.outside.size > 0;
  }

  /** The words of all steps, RECORD.WORDS for each; valid until the next one is added. */
  get raw(): Uint16Array {
    return this.words;
  }

  /** Adds a batch of a trace. */
  append({ count, records, injections }: TraceBatch): void {
    this.room(count);
    this.words.set(records.subarray(0, count * RECORD.WORDS), this.count * RECORD.WORDS);
    let next = 0;
    if (injections !== undefined) {
      for (let k = 0; k < count; k++) if (records[k * RECORD.WORDS] === OUTSIDE_ACTOR) this.outside.set(this.count + k + 1, injections[next++]!);
    }
    this.count += count;
  }

  /** Adds a step. */
  push(actor: number, leaf: number, outcome: number, choice: number): void {
    this.room(1);
    const at = this.count++ * RECORD.WORDS;
    this.words[at + RECORD.ACTOR] = actor;
    this.words[at + RECORD.LEAF] = leaf;
    this.words[at + RECORD.OUTCOME] = outcome;
    this.words[at + RECORD.CHOICE] = choice < 0 ? NO_CHOICE : choice;
  }

  /** Adds what came in. */
  pushInjection(injection: Injection): void {
    this.push(OUTSIDE_ACTOR, injection.actor, 0, NO_CHOICE);
    this.outside.set(this.count, injection);
  }

  /** Forgets everything behind this step. */
  cut(step: number): void {
    this.count = step;
    for (const at of this.outside.keys()) if (at > step) this.outside.delete(at);
  }

  /** A copy of the first steps. */
  prefix(steps: number): Records {
    const copy = new Records();
    copy.room(steps);
    copy.words.set(this.words.subarray(0, steps * RECORD.WORDS));
    copy.count = steps;
    for (const [at, injection] of this.outside) if (at <= steps) copy.outside.set(at, injection);
    return copy;
  }

  /** All steps as a batch of a trace. */
  batch(from: number, to: number): TraceBatch {
    const injections: Injection[] = [];
    for (let step = from; step <= to; step++) if (this.actor(step) === OUTSIDE_ACTOR) injections.push(this.outside.get(step)!);
    return {
      first: from, count: to - from + 1, records: this.words.slice((from - 1) * RECORD.WORDS, to * RECORD.WORDS),
      ...(injections.length > 0 ? { injections } : {}),
    };
  }

  private room(more: number): void {
    const needed = (this.count + more) * RECORD.WORDS;
    if (needed <= this.words.length) return;
    const words = new Uint16Array(Math.max(needed, this.words.length * 2));
    words.set(this.words.subarray(0, this.count * RECORD.WORDS));
    this.words = words;
  }
}

// The shadow: follows the logs of all threads and executes their steps again on a memory of its own, in an order that their
// tickets allow. It has every value, live and without disturbing anybody; at the end its memory is the physical memory, word for word.

import type { Footprint } from '../../check/footprint.ts';
import { isBlocked, outcomeName } from '../../memory/outcome.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';
import { outcomeNames, outcomesToTrace } from '../../trace/outcomes.ts';
import { OUTSIDE_ACTOR } from '../../trace/batch.ts';
import { applyInjection, type Injection } from '../injection.ts';
import { injectionOf } from './outside.ts';
import { LaboratoryError, type RunWorld } from '../world.ts';
import { LogReader, RECORD_HEAD } from './log.ts';
import type { Shared } from './shared.ts';
import { nextVersion } from './versions.ts';

/** Steps of one log in a row before the next one has its turn. */
const TURN = 4096;

export class Shadow {
  /** Steps executed so far, over all rounds. */
  steps = 0;
  readonly footprint: Footprint = { count: 0, ids: new Int32Array(1 << 16), wrote: new Uint8Array(1 << 16) };
  private readonly world: RunWorld;
  private readonly readers: readonly LogReader[];
  private readonly versions: Int32Array;
  private readonly outcomes: Int32Array;
  private readonly firstVersion: number;
  private readonly beforeStep: () => void;
  private readonly afterStep: (injection: Injection | undefined) => void;
  private choice = 0;
  private readonly choose = (): number => this.choice;

  /** `world` is a private copy of the run's initial state; `afterStep` is called with its `last` step and the footprint
   *  standing, and with the injection if it was one. */
  constructor(world: RunWorld, shared: Shared, beforeStep: () => void, afterStep: (injection: Injection | undefined) => void) {
    this.world = world;
    this.readers = shared.logs.map((log) => new LogReader(log));
    this.versions = new Int32Array(world.plan.objects);
    this.outcomes = outcomesToTrace(world.table);
    this.firstVersion = shared.firstVersion;
    this.beforeStep = beforeStep;
    this.afterStep = afterStep;
    this.restart();
  }

  /** A new round: versions as at the start. */
  restart(): void {
    this.versions.fill(this.firstVersion);
  }

  /** Executes what the logs allow, a turn of each at most; answers how many steps. */
  follow(): number {
    let done = 0;
    for (const reader of this.readers) {
      const before = done;
      while (done - before < TURN && reader.waiting() && this.ready(reader)) {
        this.execute(reader);
        done++;
      }
      if (done > before) reader.release();
    }
    this.steps += done;
    return done;
  }

  /** True when no log has a record left. */
  drained(): boolean {
    return this.readers.every((reader) => !reader.waiting());
  }

  /** Drops what is left in the logs: a thread has died, and what it had not logged is missing. */
  discard(): void {
    for (const reader of this.readers) {
      while (reader.waiting()) reader.skip(1);
      reader.release();
    }
  }

  /** A step may go when everything that it touched is at the version that it saw. */
  private ready(reader: LogReader): boolean {
    const count = reader.peek(1) >>> 16;
    for (let k = 0; k < count; k++) {
      if (this.versions[reader.peek(RECORD_HEAD + 2 * k) >>> 1] !== reader.peek(RECORD_HEAD + 2 * k + 1)) return false;
    }
    return true;
  }

  private execute(reader: LogReader): void {
    const { world } = this;
    const first = reader.peek(0);
    const second = reader.peek(1);
    const actor = first & 0xffff;
    if (actor === OUTSIDE_ACTOR) {
      this.putIn(reader, second);
      return;
    }
    const expected = second & 0xffff;
    this.choice = (first >>> 16) - 1;
    this.beforeStep();
    const result = world.step(actor, this.choose);
    if (isBlocked(result) || this.outcomes[result] !== expected) this.differs(actor, result, expected);
    const count = second >>> 16;
    this.touch(reader, count);
    reader.skip(RECORD_HEAD + 2 * count);
    this.afterStep(undefined);
  }

  /** The tickets of a record: what its step has touched counts one up. */
  private touch(reader: LogReader, count: number): void {
    const { footprint, versions } = this;
    footprint.count = count;
    for (let k = 0; k < count; k++) {
      const word = reader.peek(RECORD_HEAD + 2 * k);
      const id = word >>> 1;
      footprint.ids[k] = id;
      footprint.wrote[k] = word & 1;
      versions[id] = nextVersion(versions[id]!);
    }
  }

  /** A message from outside. */
  private putIn(reader: LogReader, second: number): void {
    const count = second >>> 16;
    const at = RECORD_HEAD + 2 * count;
    const words = Array.from({ length: reader.peek(at) }, (_one, k) => reader.peek(at + 1 + k));
    const injection = injectionOf(second & 0xffff, words);
    this.beforeStep();
    if (!applyInjection(this.world, injection)) throw new LaboratoryError(`shadow, step ${this.steps + 1} or soon after: '${this.world.topology.actors[injection.actor - 1]!.name}' does not wait for what has come from outside`);
    this.touch(reader, count);
    reader.skip(at + 1 + words.length);
    this.afterStep(injection);
  }

  private differs(actor: number, result: number, expected: number): never {
    const { topology, last, table } = this.world;
    throw new LaboratoryError(`shadow, step ${this.steps + 1} or soon after: '${table.leaves[last.leaf]!.step}' of '${topology.actors[actor - 1]!.name}' `
      + `answers '${isBlocked(result) ? 'blocked' : outcomeName(result)}', its worker got '${outcomeNames(table)[expected]}'`);
  }
}

/** The first state word in which two memories differ, -1 if none. */
export function firstDifference(plan: Plan, a: Words, b: Words): number {
  for (let cell = 0; cell < plan.stateWords; cell++) if (a[cell] !== b[cell]) return cell;
  return -1;
}

// The shadow: follows the logs of all workers and executes their steps again on a memory of its own, in an order that their
// tickets allow. It has every value, live and without disturbing anybody; at the end its memory is the physical memory, word for word.

import { isBlocked, outcomeName } from '../../memory/outcome.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';
import { LaboratoryError, type RunWorld } from '../world.ts';
import { LogReader, RECORD_HEAD, type Shared } from './shared.ts';

export class Shadow {
  /** Steps executed so far. */
  steps = 0;
  private readonly world: RunWorld;
  private readonly readers: readonly LogReader[];
  private readonly versions: Int32Array;
  private readonly afterStep: () => void;

  /** `world` is a private copy of the run's initial state; `afterStep` is called with its `last` step standing. */
  constructor(world: RunWorld, shared: Shared, afterStep: () => void = () => {}) {
    this.world = world;
    this.readers = shared.logs.map((log) => new LogReader(log));
    this.versions = new Int32Array(world.plan.objects);
    this.afterStep = afterStep;
  }

  /** Executes what the logs allow, at most `most` steps; answers how many. */
  follow(most: number): number {
    let done = 0;
    for (let moved = true; moved && done < most;) {
      moved = false;
      for (const reader of this.readers) {
        while (done < most && reader.waiting() && this.ready(reader)) {
          this.execute(reader);
          done++;
          moved = true;
        }
      }
    }
    this.steps += done;
    return done;
  }

  /** True when no worker's log has a record left. */
  drained(): boolean {
    return this.readers.every((reader) => !reader.waiting());
  }

  /** A step may go when everything that it touched is at the version that it saw. */
  private ready(reader: LogReader): boolean {
    const count = reader.peek(4);
    for (let k = 0; k < count; k++) {
      if (this.versions[reader.peek(RECORD_HEAD + 2 * k)] !== reader.peek(RECORD_HEAD + 2 * k + 1)) return false;
    }
    return true;
  }

  private execute(reader: LogReader): void {
    const { world } = this;
    const actor = reader.peek(0);
    const leaf = reader.peek(1);
    const expected = reader.peek(2);
    const choice = reader.peek(3);
    const at = world.leafOf(actor);
    const name = world.topology.actors[actor - 1]!.name;
    if (at.number !== leaf) throw new LaboratoryError(`shadow, step ${this.steps}: '${name}' is in '${at.path}', its worker had it in '${world.table.leaves[leaf]?.path}'`);
    const result = world.step(actor, () => choice);
    if (result !== expected) {
      throw new LaboratoryError(`shadow, step ${this.steps}: '${at.step}' of '${name}' answers '${isBlocked(result) ? 'blocked' : outcomeName(result)}', its worker got '${outcomeName(expected)}'`);
    }
    const count = reader.peek(4);
    for (let k = 0; k < count; k++) {
      const id = reader.peek(RECORD_HEAD + 2 * k);
      // Versions are 31-bit counts of 32-bit words: compared by equality, wrapped alike.
      this.versions[id] = (this.versions[id]! + 1) & 0x7fffffff;
    }
    reader.skip(RECORD_HEAD + 2 * count);
    this.afterStep();
  }
}

/** The first state word in which two memories differ, -1 if none. */
export function firstDifference(plan: Plan, a: Words, b: Words): number {
  for (let cell = 0; cell < plan.stateWords; cell++) if (a[cell] !== b[cell]) return cell;
  return -1;
}

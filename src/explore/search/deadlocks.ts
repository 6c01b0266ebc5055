// Deadlocks of a state in which everybody was asked: nobody can go on, or those of a cycle cannot.

import { blockedOn } from '../../memory/outcome.ts';
import { runSetup } from '../../runtime/setup.ts';
import { privateWords, RunWorld } from '../../runtime/world.ts';
import { WaitFor, type Wait } from './wait-for.ts';
import type { Schedule } from '../schedule.ts';

/** A deadlock is L-04. */
export const DEADLOCK = 'L-04';

/** One that was seen. `front`: how much of a schedule it takes to come to it. */
export interface Deadlock { readonly key: string; readonly sentence: string; readonly front: (schedule: Schedule) => Schedule }

export class Deadlocks {
  private readonly world: RunWorld;
  private readonly waitFor: WaitFor;

  constructor(world: RunWorld) {
    this.world = world;
    this.waitFor = new WaitFor(world);
  }

  /** The deadlocks of the state as it stands. `blocked[at + actor]`: 1 + the object that an actor is blocked on; `nobody`: no one can go on. */
  of(blocked: Int32Array, at: number, nobody: boolean): readonly Deadlock[] {
    const { waitFor } = this;
    const cycles = waitFor.mayBeCycle(blocked, at) ? waitFor.cycles(blocked, at) : [];
    if (cycles.length > 0) {
      return cycles.map((cycle) => ({ key: `${DEADLOCK} ${waitFor.keyOf(cycle)}`, sentence: waitFor.sentenceOf(cycle), front: (schedule) => this.upTo(schedule, cycle) }));
    }
    const standstill = nobody ? waitFor.standstill(blocked, at) : undefined;
    return standstill === undefined ? [] : [{ key: `${DEADLOCK} ${standstill.key}`, sentence: standstill.sentence, front: (schedule) => schedule }];
  }

  /** Nobody can go on: is somebody in the middle of something, whom nothing from outside can help? */
  isStandstill(blocked: Int32Array, at: number): boolean {
    return this.waitFor.standstill(blocked, at) !== undefined;
  }

  /** The front of a schedule up to the step that closes a cycle. */
  private upTo(schedule: Schedule, cycle: readonly Wait[]): Schedule {
    const { kernel, topology, plan } = this.world;
    const words = privateWords(plan);
    const world = new RunWorld(kernel, topology, plan, words);
    runSetup(world);
    // Asking somebody who is not blocked spoils the world, so each front is looked at and put back.
    const closed = (): boolean => {
      const kept = words.slice();
      const is = cycle.every(({ actor, object }) => {
        if (world.ended(actor)) return false;
        const result = world.step(actor, () => 0);
        return result < 0 && blockedOn(result) === object;
      });
      words.set(kept);
      return is;
    };
    for (let length = 0; length < schedule.length; length++) {
      if (closed()) return schedule.slice(0, length);
      const { actor, choice } = schedule[length]!;
      world.step(actor, () => choice);
    }
    return schedule;
  }
}

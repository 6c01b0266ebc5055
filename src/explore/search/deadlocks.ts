// Deadlocks of a state in which everybody was asked: nobody can go on, or those of a cycle cannot.

import { blockedOn } from '../../memory/outcome.ts';
import { runSetup } from '../../runtime/setup.ts';
import { privateWords, RunWorld } from '../../runtime/world.ts';
import type { Wait } from '../../runtime/wait-for.ts';
import { DeadlockTeller, type FoundDeadlock } from '../deadlock.ts';
import { Leaks, type Leak } from '../leaks.ts';
import type { Schedule } from '../schedule.ts';

/** One that was seen. `front`: how much of a schedule it takes to come to it. */
export interface Deadlock { readonly finding: FoundDeadlock; readonly front: (schedule: Schedule) => Schedule }

export class Deadlocks {
  private readonly world: RunWorld;
  private readonly teller: DeadlockTeller;
  private leaks: Leaks | undefined;

  constructor(world: RunWorld) {
    this.world = world;
    this.teller = new DeadlockTeller(world);
  }

  /** The deadlocks of the state as it stands. `blocked[at + actor]`: 1 + the object that an actor is blocked on; `nobody`: no one can go on. */
  of(blocked: Int32Array, at: number, nobody: boolean): readonly Deadlock[] {
    const { teller } = this;
    const cycles = teller.graph.cycles(blocked, at);
    if (cycles.length > 0) return cycles.map((cycle) => ({ finding: teller.ofCycle(cycle), front: (schedule) => this.upTo(schedule, cycle) }));
    const standstill = nobody ? teller.ofStandstill((actor) => blocked[at + actor]! - 1) : undefined;
    return standstill === undefined ? [] : [{ finding: standstill, front: (schedule) => schedule }];
  }

  /** Nobody can go on: is somebody in the middle of something, whom nothing from outside can help? */
  isStandstill(): boolean {
    return this.teller.graph.standstill() !== undefined;
  }

  /** Nobody can go on, and nobody waits: is something left behind? */
  leak(): Leak | undefined {
    return this.isStandstill() ? undefined : (this.leaks ??= new Leaks(this.world)).find();
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

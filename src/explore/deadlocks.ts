// Deadlocks of sampled schedules: a cycle of actors that wait for each other, seen as soon as the last of them is found blocked, whatever
// the others do; and at the end, when nobody can go on, those who wait in the middle of their work.

import { DeadlockTeller, type FoundDeadlock } from './deadlock.ts';
import type { ScheduleLoop } from './sample-loop.ts';
import type { RunWorld } from '../runtime/world.ts';

export class DeadlockFinder {
  /** How often somebody was found waiting for a lock that another one held. */
  waits = 0;
  private readonly teller: DeadlockTeller;
  private readonly loop: ScheduleLoop;
  /** 1 for leaves in which waiting is rest. */
  private readonly rests: Uint8Array;
  private readonly world: RunWorld;
  private readonly on = (actor: number): number => this.loop.waitsOn[actor]!;

  constructor(world: RunWorld, loop: ScheduleLoop) {
    this.world = world;
    this.loop = loop;
    this.teller = new DeadlockTeller(world);
    this.rests = Uint8Array.from(world.table.leaves, ({ idle }) => (idle ? 1 : 0));
  }

  /** An actor was just found blocked: the cycle that this closes, and after how many steps of the schedule it was there. */
  parked(actor: number, object: number): { finding: FoundDeadlock; steps: number } | undefined {
    const { teller } = this;
    if (!teller.graph.isLock(object)) return undefined;
    this.waits++;
    const cycle = teller.graph.cycle(actor, this.on);
    if (cycle === undefined) return undefined;
    const { lastStep } = this.loop;
    return {
      finding: teller.ofCycle(cycle),
      // Every edge of the cycle is there once its members have taken their last steps.
      steps: cycle.reduce((most, one) => Math.max(most, lastStep[one.actor]!), 0),
    };
  }

  /** Nobody can go on: who waits in the middle of its work. */
  atEnd(): FoundDeadlock | undefined {
    const { world, rests } = this;
    for (let actor = 1; actor < this.loop.waitsOn.length; actor++) if (rests[world.frames[actor]!.leaf] === 0) return this.teller.ofStandstill(this.on);
    return undefined;
  }
}

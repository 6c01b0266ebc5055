// simulate: one thread, a seeded random strategy, bit-identical between runs and machines. An actor that was blocked is not
// asked again before somebody has written the object that it waits for.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import type { Injection } from '../memory/injection.ts';
import { applyInjection } from './injection.ts';
import { Parking, type Parked } from './parking.ts';
import { Random } from './random.ts';
import type { RunWorld } from './world.ts';
import type { WriteLog } from './write-log.ts';

/** Why a simulation can go no further. */
export type Standstill = 'finished' | 'deadlock';

/** Where a simulation stands: who is ready and who is parked, and what the scheduler draws next. */
export interface SavedSimulation { readonly steps: number; readonly random: readonly number[]; readonly parked: Parked }

/** A random scheduler over a world whose set-up has run. */
export class Simulation extends Parking {
  readonly world: RunWorld;
  steps = 0;
  private random: Random;
  /** 1 for leaves in which an actor has ended. */
  private readonly finalLeaf: Uint8Array;
  private readonly choose = (n: number): number => this.random.below(n);

  constructor(world: RunWorld, log: WriteLog, seed: number) {
    super(log, world.topology.actors.length, world.plan.objects);
    this.world = world;
    this.random = new Random(seed);
    this.finalLeaf = Uint8Array.from(world.table.leaves, (leaf) => (leaf.final ? 1 : 0));
    this.wakeAll();
  }

  /** Begins anew on the same world, which stands at the beginning of a run again. */
  restart(seed: number): void {
    this.random = new Random(seed);
    this.steps = 0;
    this.nobody();
    this.wakeAll();
  }

  /** Where a simulation stands, but for its world's memory. */
  save(): SavedSimulation {
    return { steps: this.steps, random: this.random.state, parked: this.parkedNow() };
  }

  /** Goes on from there; the world's memory must be as it was. */
  restore({ steps, random, parked }: SavedSimulation): void {
    this.steps = steps;
    this.random.state = random;
    this.parkAgain(parked);
  }

  private wakeAll(): void {
    for (let actor = 1; actor < this.place.length; actor++) if (!this.world.ended(actor)) this.wake(actor);
  }

  /** Executes one step of some actor; false when nobody can go on. `world.last` and the write log tell what it did. */
  step(): boolean {
    const { world, log } = this;
    while (this.ready > 0) {
      const actor = this.candidates[this.random.below(this.ready)]!;
      log.clear();
      const result = world.step(actor, this.choose);
      if (isBlocked(result)) {
        this.park(actor, blockedOn(result));
        continue;
      }
      this.steps++;
      this.wakeWritten();
      if (this.finalLeaf[world.last.to] !== 0) this.sleep(actor);
      return true;
    }
    return false;
  }

  /** Puts something in that came from outside; false when its receiver does not wait for it now. The write log tells what that did. */
  inject(injection: Injection): boolean {
    const { log } = this;
    log.clear();
    if (!applyInjection(this.world, injection)) return false;
    this.steps++;
    this.wakeWritten();
    return true;
  }

  /** When nobody can go on: everybody at rest or ended, or a deadlock. */
  standstill(): Standstill {
    return this.blockedActors().length === 0 ? 'finished' : 'deadlock';
  }

  /** Actors that wait for something in the middle of their work. */
  blockedActors(): number[] {
    return this.world.topology.actors.flatMap((_spec, i) => (this.world.leafOf(i + 1).idle ? [] : [i + 1]));
  }

  /** Calls `visit` for each actor that was asked and found blocked, with the object whose change it waits for. */
  forParked(visit: (actor: number, object: number) => void): void {
    this.parkedOn.forEach((first, object) => {
      for (let actor = first; actor !== 0; actor = this.nextParked[actor]!) visit(actor, object);
    });
  }

  /** A check of the steps' own promise: an actor that is parked must still be blocked. The first that is not, or 0; the world is spoilt then. */
  lostWakeup(): number {
    const { world, place } = this;
    for (let actor = 1; actor < place.length; actor++) {
      if (place[actor]! >= 0 || world.ended(actor)) continue;
      if (!isBlocked(world.step(actor, () => 0))) return actor;
    }
    return 0;
  }
}

// simulate: one thread, a seeded random strategy, bit-identical between runs and machines. An actor that was blocked is not
// asked again before somebody has written the object that it waits for.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import type { Injection } from '../memory/injection.ts';
import type { Observer } from '../memory/views.ts';
import { applyInjection } from './injection.ts';
import { Random } from './random.ts';
import type { RunWorld } from './world.ts';

/** An actor is parked on the object; somebody evaluates what it holds. */
const PARKED = 1, WANTED = 2;

/** Collects the objects that a step writes, of those that somebody watches: who may be woken, which invariants are due. */
export class WriteLog implements Observer {
  /** An actor's own registers wake nobody; invariants that look at them name the steps at which they do. */
  readonly ignores = ['frame'];
  /** The first `count` places: objects that the step has written, each once, in the order of the first write. */
  readonly written: Int32Array;
  count = 0;
  /** Why an object is watched; 0: its writes are not collected. */
  private readonly watched: Uint8Array;
  /** Step in which an object was written last. */
  private readonly stamp: Int32Array;
  private now = 1;

  constructor(objects: number) {
    this.written = new Int32Array(objects);
    this.watched = new Uint8Array(objects).fill(WANTED);
    this.stamp = new Int32Array(objects);
  }
  /** From now on only these objects (1, by number) and those that actors are parked on. */
  watchOnly(wanted: Uint8Array): void {
    for (let id = 0; id < this.watched.length; id++) this.watched[id] = (this.watched[id]! & PARKED) | (wanted[id] !== 0 ? WANTED : 0);
  }
  watchParked(id: number): void {
    this.watched[id] = this.watched[id]! | PARKED;
  }
  forgetParked(id: number): void {
    this.watched[id] = this.watched[id]! & ~PARKED;
  }
  write(id: number): void {
    if (this.watched[id] === 0 || this.stamp[id] === this.now) return;
    this.stamp[id] = this.now;
    this.written[this.count++] = id;
  }
  /** Before each step. */
  clear(): void {
    this.count = 0;
    this.now = (this.now + 1) | 0;
  }
}

/** Why a simulation can go no further. */
export type Standstill = 'finished' | 'deadlock';

/** A random scheduler over a world whose set-up has run. */
export class Simulation {
  readonly world: RunWorld;
  steps = 0;
  private readonly log: WriteLog;
  private random: Random;
  /** Actors that may be able to go on, in the first `ready` places. */
  private readonly candidates: Int32Array;
  private readonly place: Int32Array;
  private ready = 0;
  /** For each object, the actors parked on it, as a list through `nextParked`. */
  private readonly parkedOn: Int32Array;
  private readonly nextParked: Int32Array;
  /** 1 for leaves in which an actor has ended. */
  private readonly finalLeaf: Uint8Array;
  private readonly choose = (n: number): number => this.random.below(n);

  constructor(world: RunWorld, log: WriteLog, seed: number) {
    this.world = world;
    this.log = log;
    this.random = new Random(seed);
    this.finalLeaf = Uint8Array.from(world.table.leaves, (leaf) => (leaf.final ? 1 : 0));
    const actors = world.topology.actors.length;
    this.candidates = new Int32Array(actors);
    this.place = new Int32Array(actors + 1).fill(-1);
    this.parkedOn = new Int32Array(world.plan.objects);
    this.nextParked = new Int32Array(actors + 1);
    this.wakeAll();
  }

  /** Begins anew on the same world, which stands at the beginning of a run again. */
  restart(seed: number): void {
    this.random = new Random(seed);
    this.steps = 0;
    this.ready = 0;
    this.place.fill(-1);
    this.nextParked.fill(0);
    for (let object = 0; object < this.parkedOn.length; object++) {
      if (this.parkedOn[object] === 0) continue;
      this.parkedOn[object] = 0;
      this.log.forgetParked(object);
    }
    this.wakeAll();
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

  private wakeWritten(): void {
    const { written, count } = this.log;
    for (let k = 0; k < count; k++) if (this.parkedOn[written[k]!] !== 0) this.wakeParkedOn(written[k]!);
  }

  private wake(actor: number): void {
    if (this.place[actor]! >= 0) return;
    this.place[actor] = this.ready;
    this.candidates[this.ready++] = actor;
  }

  private sleep(actor: number): void {
    const at = this.place[actor]!;
    const last = this.candidates[--this.ready]!;
    this.candidates[at] = last;
    this.place[last] = at;
    this.place[actor] = -1;
  }

  private park(actor: number, object: number): void {
    this.sleep(actor);
    this.nextParked[actor] = this.parkedOn[object]!;
    this.parkedOn[object] = actor;
    this.log.watchParked(object);
  }

  private wakeParkedOn(object: number): void {
    let actor = this.parkedOn[object]!;
    this.parkedOn[object] = 0;
    this.log.forgetParked(object);
    while (actor !== 0) {
      this.wake(actor);
      actor = this.nextParked[actor]!;
    }
  }
}

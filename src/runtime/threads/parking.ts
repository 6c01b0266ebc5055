// Which of a worker's actors can go on. One that was blocked is not asked again before the object that it waits for was written:
// the worker's bit in that object's word of waiters says so to all, and whoever writes the object takes the bits and rings.

import { wakeWaiters, type Control } from './shared.ts';

export class Parking {
  /** Actors that may be able to go on: the first `ready`. */
  readonly candidates: Int32Array;
  ready = 0;
  private readonly waiters: Int32Array<SharedArrayBuffer>;
  private readonly control: Control;
  private readonly bit: number;
  /** This worker's actors. */
  private actors: readonly number[] = [];
  /** For each actor the object that it is parked on, + 1; 0: none. For each object, those parked on it as a list through `next`. */
  private readonly parkedOn: Int32Array;
  private readonly head: Int32Array;
  private readonly next: Int32Array;

  /** `actors`: as many as the scenario has, of which this worker has some; `objects`: as many as physical memory has. */
  constructor(waiters: SharedArrayBuffer, control: Control, worker: number, actors: number, objects: number) {
    this.waiters = new Int32Array(waiters);
    this.control = control;
    this.bit = 1 << worker;
    this.candidates = new Int32Array(actors);
    this.parkedOn = new Int32Array(actors + 1);
    this.head = new Int32Array(objects);
    this.next = new Int32Array(actors + 1);
  }

  /** These actors may go on; nobody is parked. */
  reset(actors: readonly number[]): void {
    for (const actor of this.actors) {
      if (this.parkedOn[actor] !== 0) this.head[this.parkedOn[actor]! - 1] = 0;
      this.parkedOn[actor] = 0;
    }
    this.actors = actors;
    this.candidates.set(actors);
    this.ready = actors.length;
  }

  /** The candidate at this place has ended. */
  remove(place: number): void {
    this.candidates[place] = this.candidates[--this.ready]!;
  }

  /** Tells all who write `object` that this worker waits for it. Ask the step once more behind it, then park. */
  announce(object: number): void {
    // Written in between: those who were parked on it would not see that any more.
    if ((Atomics.or(this.waiters, object, this.bit) & this.bit) === 0) this.wakeFrom(object);
  }

  /** The candidate at this place waits for `object`. */
  park(place: number, object: number): void {
    const actor = this.candidates[place]!;
    this.parkedOn[actor] = object + 1;
    this.next[actor] = this.head[object]!;
    this.head[object] = actor;
    this.remove(place);
  }

  /** Wakes those whose object was written since they were parked. */
  wake(): void {
    for (const actor of this.actors) {
      const object = this.parkedOn[actor]! - 1;
      if (object >= 0 && (Atomics.load(this.waiters, object) & this.bit) === 0) this.wakeFrom(object);
    }
  }

  /** A step of this thread has written `object`: whoever waits for it may go on. */
  written(object: number): void {
    if ((wakeWaiters(this.waiters, this.control, object, this.bit) & this.bit) !== 0) this.wakeFrom(object);
  }

  private wakeFrom(object: number): void {
    let actor = this.head[object]!;
    this.head[object] = 0;
    while (actor !== 0) {
      this.candidates[this.ready++] = actor;
      this.parkedOn[actor] = 0;
      actor = this.next[actor]!;
    }
  }
}

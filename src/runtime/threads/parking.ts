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
  /** Parked actors, and the object of each: the first `parked`. */
  private readonly actors: Int32Array;
  private readonly objects: Int32Array;
  private parked = 0;

  constructor(waiters: SharedArrayBuffer, control: Control, worker: number, actors: number) {
    this.waiters = new Int32Array(waiters);
    this.control = control;
    this.bit = 1 << worker;
    this.candidates = new Int32Array(actors);
    this.actors = new Int32Array(actors);
    this.objects = new Int32Array(actors);
  }

  /** These actors may go on; nobody is parked. */
  reset(actors: readonly number[]): void {
    this.candidates.set(actors);
    this.ready = actors.length;
    this.parked = 0;
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
    this.actors[this.parked] = this.candidates[place]!;
    this.objects[this.parked] = object;
    this.parked++;
    this.remove(place);
  }

  /** Wakes those whose object was written since they were parked. */
  wake(): void {
    for (let k = this.parked - 1; k >= 0; k--) if ((Atomics.load(this.waiters, this.objects[k]!) & this.bit) === 0) this.unpark(k);
  }

  /** A step of this thread has written `object`: whoever waits for it may go on. */
  written(object: number): void {
    if ((wakeWaiters(this.waiters, this.control, object, this.bit) & this.bit) !== 0) this.wakeFrom(object);
  }

  private wakeFrom(object: number): void {
    for (let k = this.parked - 1; k >= 0; k--) if (this.objects[k] === object) this.unpark(k);
  }

  private unpark(k: number): void {
    this.candidates[this.ready++] = this.actors[k]!;
    this.parked--;
    this.actors[k] = this.actors[this.parked]!;
    this.objects[k] = this.objects[this.parked]!;
  }
}

// What a step writes, of what somebody watches.

import type { Observer } from '../memory/views.ts';

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

// What a step touched: the objects, each once, and whether it wrote them. The analyses of a stream of steps need no more of it.
// A runtime with tickets has this from its log; others let a FootprintLog watch.

import type { Observer } from '../memory/views.ts';

/** The first `count` places: objects that a step has touched, in order of the first touch. Actors' frames are never among them. */
export interface Footprint {
  count: number;
  readonly ids: Int32Array;
  /** 1 for each object of `ids`, by its place, that the step has written. */
  readonly wrote: Uint8Array;
}

/** Fills a footprint from the accesses of a step. */
export class FootprintLog implements Observer, Footprint {
  /** What an actor keeps in its registers is its own: nobody else touches it. */
  readonly ignores = ['frame'];
  readonly ids: Int32Array;
  readonly wrote: Uint8Array;
  count = 0;
  /** Step in which an object was touched last, and its place there. */
  private readonly stamp: Int32Array;
  private readonly place: Int32Array;
  private now = 1;

  constructor(objects: number) {
    this.ids = new Int32Array(objects);
    this.wrote = new Uint8Array(objects);
    this.stamp = new Int32Array(objects);
    this.place = new Int32Array(objects);
  }

  read(id: number): void {
    if (this.stamp[id] !== this.now) this.touch(id);
  }

  write(id: number): void {
    if (this.stamp[id] !== this.now) this.touch(id);
    this.wrote[this.place[id]!] = 1;
  }

  /** Before each step. */
  clear(): void {
    this.count = 0;
    this.now = (this.now + 1) | 0;
  }

  private touch(id: number): void {
    const at = this.count++;
    this.stamp[id] = this.now;
    this.place[id] = at;
    this.ids[at] = id;
    this.wrote[at] = 0;
  }
}

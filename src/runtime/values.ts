// Which words a step reads and writes, with their values: what a trace leaves out, because replay brings it back.

import type { Observer, Words } from '../memory/views.ts';

/** One word that a step touched. */
export interface Touched {
  readonly id: number;
  readonly cell: number;
  /** What was there when the step came to it. */
  readonly before: number;
  /** What it left there. */
  readonly after: number;
  readonly read: boolean;
  readonly written: boolean;
}

/** How a word was touched. */
const READ = 1, WRITTEN = 2;
/** Words of an entry of the log: the cell, what was there, what the step left there, how it was touched. */
export const TOUCH = 4;
const CELL = 0, BEFORE = 1, AFTER = 2, HOW = 3;
/** Up to so many words are looked through one by one, which is quicker than a table. */
const FEW = 24;

/** Keeps the words that one step touches, in the order of the first touch; allocates nothing but for steps that touch more than ever before. */
export class ValueLog implements Observer {
  /** Words that the step has touched, by places from 0 on; those that it read, and that it wrote. */
  count = 0;
  reads = 0;
  writes = 0;
  /** The first `count` entries, of TOUCH words each. */
  touches = new Int32Array(64 * TOUCH);
  private ids = new Int32Array(64);
  private readonly words: Words;
  /** Places by cell, once there are many. */
  private readonly places = new Map<number, number>();

  constructor(words: Words) {
    this.words = words;
  }

  read(id: number, cell: number): void {
    const place = this.touch(id, cell, this.words[cell]!);
    const how = place * TOUCH + HOW;
    // A word that the step itself wrote before tells it nothing.
    if (this.touches[how] !== 0) return;
    this.touches[how] = READ;
    this.reads++;
  }

  write(id: number, cell: number, previous: number, value: number): void {
    const at = this.touch(id, cell, previous) * TOUCH;
    const { touches } = this;
    const how = touches[at + HOW]!;
    if ((how & WRITTEN) === 0) {
      touches[at + HOW] = how | WRITTEN;
      this.writes++;
    }
    touches[at + AFTER] = value;
  }

  /** Before each step. */
  clear(): void {
    if (this.count > FEW) this.places.clear();
    this.count = 0;
    this.reads = 0;
    this.writes = 0;
  }

  /** What the step has touched. */
  take(): Touched[] {
    return Array.from({ length: this.count }, (_one, place) => ({
      id: this.idAt(place), cell: this.cellAt(place), before: this.beforeAt(place), after: this.afterAt(place), read: this.isRead(place), written: this.isWritten(place),
    }));
  }

  /** Object and cell of a touched word, by its place. */
  idAt(place: number): number {
    return this.ids[place]!;
  }
  cellAt(place: number): number {
    return this.touches[place * TOUCH + CELL]!;
  }
  /** What was there when the step came to it, and what it left there. */
  beforeAt(place: number): number {
    return this.touches[place * TOUCH + BEFORE]!;
  }
  afterAt(place: number): number {
    return this.touches[place * TOUCH + AFTER]!;
  }
  isRead(place: number): boolean {
    return (this.touches[place * TOUCH + HOW]! & READ) !== 0;
  }
  isWritten(place: number): boolean {
    return (this.touches[place * TOUCH + HOW]! & WRITTEN) !== 0;
  }

  /** The place of a word, a new one when the step has not touched it before. */
  private touch(id: number, cell: number, before: number): number {
    const { count, touches } = this;
    if (count <= FEW) {
      for (let place = 0, at = CELL; place < count; place++, at += TOUCH) if (touches[at] === cell) return place;
    } else {
      const place = this.places.get(cell);
      if (place !== undefined) return place;
    }
    if (count === this.ids.length) this.grow();
    this.add(id, cell, before);
    if (count > FEW) this.places.set(cell, count);
    else if (count === FEW) for (let place = 0; place <= FEW; place++) this.places.set(this.cellAt(place), place);
    return count;
  }

  private add(id: number, cell: number, before: number): void {
    const { touches } = this;
    const at = this.count * TOUCH;
    this.ids[this.count++] = id;
    touches[at + CELL] = cell;
    touches[at + BEFORE] = before;
    touches[at + AFTER] = before;
    touches[at + HOW] = 0;
  }

  private grow(): void {
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.ids = grown(this.ids);
    this.touches = grown(this.touches);
  }
}

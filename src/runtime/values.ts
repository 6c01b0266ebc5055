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
/** Up to so many words are looked through one by one, which is quicker than a table. */
const FEW = 24;

/** Keeps the words that one step touches, in the order of the first touch; allocates nothing but for steps that touch more than ever before. */
export class ValueLog implements Observer {
  /** Objects that were written, as WriteLog has them. */
  readonly written: number[] = [];
  /** Words that the step has touched, by places from 0 on; those that it read, and that it wrote. */
  count = 0;
  reads = 0;
  writes = 0;
  private ids = new Int32Array(64);
  private cells = new Int32Array(64);
  private befores = new Int32Array(64);
  private afters = new Int32Array(64);
  private hows = new Uint8Array(64);
  private readonly words: Words;
  /** Places by cell, once there are many. */
  private readonly places = new Map<number, number>();

  constructor(words: Words) {
    this.words = words;
  }

  read(id: number, cell: number): void {
    const place = this.touch(id, cell, this.words[cell]!);
    // A word that the step itself wrote before tells it nothing.
    if (this.hows[place] !== 0) return;
    this.hows[place] = READ;
    this.reads++;
  }

  write(id: number, cell: number, previous: number, value: number): void {
    const place = this.touch(id, cell, previous);
    const how = this.hows[place]!;
    if ((how & WRITTEN) === 0) {
      this.hows[place] = how | WRITTEN;
      this.writes++;
    }
    this.afters[place] = value;
    if (!this.written.includes(id)) this.written.push(id);
  }

  /** Before each step. */
  clear(): void {
    if (this.count > FEW) this.places.clear();
    this.count = 0;
    this.reads = 0;
    this.writes = 0;
    this.written.length = 0;
  }

  /** What the step has touched. */
  take(): Touched[] {
    return Array.from({ length: this.count }, (_one, place) => ({
      id: this.ids[place]!, cell: this.cells[place]!, before: this.befores[place]!, after: this.afters[place]!, read: this.isRead(place), written: this.isWritten(place),
    }));
  }

  /** Object and cell of a touched word, by its place. */
  idAt(place: number): number {
    return this.ids[place]!;
  }
  cellAt(place: number): number {
    return this.cells[place]!;
  }
  /** What was there when the step came to it, and what it left there. */
  beforeAt(place: number): number {
    return this.befores[place]!;
  }
  afterAt(place: number): number {
    return this.afters[place]!;
  }
  isRead(place: number): boolean {
    return (this.hows[place]! & READ) !== 0;
  }
  isWritten(place: number): boolean {
    return (this.hows[place]! & WRITTEN) !== 0;
  }

  /** The place of a word, a new one when the step has not touched it before. */
  private touch(id: number, cell: number, before: number): number {
    const { count, cells } = this;
    if (count <= FEW) {
      for (let place = 0; place < count; place++) if (cells[place] === cell) return place;
    } else {
      const place = this.places.get(cell);
      if (place !== undefined) return place;
    }
    if (count === cells.length) this.grow();
    this.ids[count] = id;
    this.cells[count] = cell;
    this.befores[count] = before;
    this.afters[count] = before;
    this.hows[count] = 0;
    this.count++;
    if (count > FEW) this.places.set(cell, count);
    else if (count === FEW) for (let place = 0; place <= FEW; place++) this.places.set(this.cells[place]!, place);
    return count;
  }

  private grow(): void {
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.ids = grown(this.ids);
    this.cells = grown(this.cells);
    this.befores = grown(this.befores);
    this.afters = grown(this.afters);
    const hows = new Uint8Array(2 * this.hows.length);
    hows.set(this.hows);
    this.hows = hows;
  }
}

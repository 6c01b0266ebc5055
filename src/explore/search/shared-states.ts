// The set of states of a search on several threads: 64-bit hashes in shared memory, in an open-addressing table. A place is taken by
// exchanging its first word, so a state belongs to the thread that has put it in, and to nobody else. A word of hash is never 0 in it.
// The table may grow while nobody uses it; its room is reserved at the beginning, and costs nothing before it is touched.

import { FULL } from './state-set.ts';
import type { StateTable } from './states.ts';

/** Words of a place: low and high word of the hash. */
const PLACE = 2;
/** Places at least, at first where there is room, at most (views of 4 GiB arrive empty at other threads), and where nobody has said how much
 *  memory there is. */
const LEAST = 1 << 17, FIRST = 1 << 20, MOST = 2 ** 28, UNLIMITED = 2 ** 27;
/** Words of `control`: places - 1; states that are counted; states that may still be added; places that there is room for - 1. */
const MASK = 0, SIZE = 1, LEFT = 2, ROOM = 3;
/** Shares of the places, in percent: from which the table should grow, and at which it is full. Threads add some more before they look. */
const CROWDED = 60, CRAMMED = 80;

/** What threads are given. */
export interface SharedTable {
  readonly table: Int32Array<SharedArrayBuffer>;
  /** By place: number of the state + 1. */
  readonly numbers: Int32Array<SharedArrayBuffer> | undefined;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** The number of states has a limit. */
  readonly limited: boolean;
}

/** Reserves a table for at most `limit` states in about `bytes`. `numbered`: states have numbers, in the order in which they came. */
export function sharedTable(limit = Infinity, bytes = Infinity, numbered = false): SharedTable {
  // The old table stands beside the new one for a moment.
  const each = 4 * (PLACE + (numbered ? 1 : 0)) * 1.5;
  let places = bytes === Infinity ? UNLIMITED : LEAST;
  if (bytes !== Infinity) while (places < MOST && places * 2 * each <= bytes) places *= 2;
  while (limit !== Infinity && places > LEAST && places > limit * 4) places /= 2;
  for (;;) {
    try {
      const table = new Int32Array(new SharedArrayBuffer(places * PLACE * 4));
      const numbers = numbered ? new Int32Array(new SharedArrayBuffer(places * 4)) : undefined;
      const control = new Int32Array(new SharedArrayBuffer(4 * 4));
      control.set([Math.min(FIRST, places) - 1, 0, Math.min(limit, 0x7fff_ffff), places - 1]);
      return { table, numbers, control, limited: limit !== Infinity };
    } catch (error) {
      // The machine has not so much: the search ends earlier then.
      if (!(error instanceof RangeError) || places <= LEAST) throw error;
      places /= 2;
    }
  }
}

export class SharedStates implements StateTable {
  fresh = false;
  private readonly table: Int32Array;
  private readonly numbers: Int32Array | undefined;
  private readonly control: Int32Array;
  private readonly limited: boolean;
  private mask = 0;
  /** The first bits of a hash are its place: the table grows in the order of its places then, which is what memory is fast at. */
  private shift = 0;
  /** States that this thread has added and not counted yet. */
  private uncounted = 0;

  /** Nobody else uses the table now: it grows when it must. */
  alone = false;

  constructor({ table, numbers, control, limited }: SharedTable) {
    this.table = table;
    this.numbers = numbers;
    this.control = control;
    this.limited = limited;
    this.refresh();
  }

  /** States of all threads, but for what others have not counted yet. */
  get size(): number {
    return Atomics.load(this.control, SIZE) + this.uncounted;
  }

  get bytes(): number {
    return (this.mask + 1) * 4 * (PLACE + (this.numbers === undefined ? 0 : 1));
  }

  /** Adds a state, unless it is there. Where states have no numbers, the answer says no more than that there was room. */
  add(low: number, high: number): number {
    this.fresh = false;
    if (this.alone && !this.hasRoom()) return FULL;
    const { table, mask } = this;
    const first = low === 0 ? 1 : low;
    const second = high === 0 ? 1 : high;
    let place = first >>> this.shift;
    for (;;) {
      // What is there stays, so a plain look is enough; what is not there is asked for once more.
      let there = table[place * PLACE]!;
      if (there === 0) {
        if (this.limited && !this.mayAdd()) return FULL;
        there = Atomics.compareExchange(table, place * PLACE, 0, first);
        if (there === 0) return this.put(place, second);
        if (this.limited) Atomics.add(this.control, LEFT, 1);
      }
      if (there === first && this.second(place) === second) return this.numberAt(place);
      place = (place + 1) & mask;
    }
  }

  private put(place: number, second: number): number {
    this.fresh = true;
    let number: number;
    if (this.numbers === undefined) number = this.uncounted++;
    else {
      number = Atomics.add(this.control, SIZE, 1);
      this.numbers[place] = number + 1;
    }
    // Who has seen the first word waits for it.
    this.table[place * PLACE + 1] = second;
    return number;
  }

  private hasRoom(): boolean {
    if (this.count().crowded) this.grow();
    return !this.count().full;
  }

  private mayAdd(): boolean {
    if (Atomics.sub(this.control, LEFT, 1) > 0) return true;
    Atomics.add(this.control, LEFT, 1);
    return false;
  }

  /** The second word, which comes a moment behind the first. */
  private second(place: number): number {
    let word = this.table[place * PLACE + 1]!;
    while (word === 0) word = Atomics.load(this.table, place * PLACE + 1);
    return word;
  }

  private numberAt(place: number): number {
    return this.numbers === undefined ? 0 : this.numbers[place]! - 1;
  }

  find(low: number, high: number): number {
    const { table, mask } = this;
    const first = low === 0 ? 1 : low;
    const second = high === 0 ? 1 : high;
    for (let place = first >>> this.shift; table[place * PLACE] !== 0; place = (place + 1) & mask) {
      if (table[place * PLACE] === first && this.second(place) === second) return this.numberAt(place);
    }
    return FULL;
  }

  /** Counts what this thread has added: is it time to grow? `full`: no more can be added. */
  count(): { readonly crowded: boolean; readonly full: boolean } {
    const size = Atomics.add(this.control, SIZE, this.uncounted) + this.uncounted;
    this.uncounted = 0;
    const percent = (size / (this.mask + 1)) * 100;
    const mayGrow = this.mask < this.control[ROOM]!;
    return { crowded: mayGrow && percent > CROWDED, full: !mayGrow && percent > CRAMMED };
  }

  /** Sees what another thread has made of the table. */
  refresh(): void {
    this.mask = Atomics.load(this.control, MASK);
    this.shift = Math.clz32(this.mask);
  }

  /** Makes the table twice as large, if that is still wanted. Nobody else may use it meanwhile, and everybody must `refresh` then. */
  grow(): void {
    this.refresh();
    if (!this.count().crowded) return;
    const { table, numbers } = this;
    const places = this.mask + 1;
    const old = table.slice(0, places * PLACE);
    const oldNumbers = numbers?.slice(0, places);
    table.fill(0, 0, places * PLACE);
    const mask = places * 2 - 1;
    const shift = Math.clz32(mask);
    for (let from = 0; from < places; from++) {
      const first = old[from * PLACE]!;
      if (first === 0) continue;
      let place = first >>> shift;
      while (table[place * PLACE] !== 0) place = (place + 1) & mask;
      table[place * PLACE] = first;
      table[place * PLACE + 1] = old[from * PLACE + 1]!;
      if (numbers !== undefined) numbers[place] = oldNumbers![from]!;
    }
    Atomics.store(this.control, MASK, mask);
    this.refresh();
  }

  /** All hashes; by number, where states have numbers. While nobody adds any. */
  hashes(): Int32Array {
    const { table, mask } = this;
    const all = new Int32Array(this.size * PLACE);
    let next = 0;
    for (let place = 0; place <= mask; place++) {
      if (table[place * PLACE] === 0) continue;
      const number = this.numbers === undefined ? next++ : this.numbers[place]! - 1;
      all[number * PLACE] = table[place * PLACE]!;
      all[number * PLACE + 1] = table[place * PLACE + 1]!;
    }
    return all;
  }

  /** Forgets all states. While nobody uses them. */
  clear(): void {
    Atomics.add(this.control, LEFT, this.size);
    Atomics.store(this.control, SIZE, 0);
    this.uncounted = 0;
    this.table.fill(0, 0, (this.mask + 1) * PLACE);
  }
}

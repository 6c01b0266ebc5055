// States that a breadth-first search has found and not dealt with: whole rows of the words that ever change, in a queue.

import { joined, parted } from './checkpoint.ts';
import type { Words } from '../../memory/views.ts';
import type { Tracker } from './tracker.ts';

/** Words in front of a row: number of the state, steps from the start, lengths. */
const HEAD = 3;

export class Frontier {
  bytes = 0;
  private rows: (Int32Array | undefined)[] = [];
  private first = 0;
  private readonly words: Words;
  private readonly tracker: Tracker;
  private readonly initial: Int32Array;

  /** Made when the initial state stands. */
  constructor(words: Words, tracker: Tracker, stateWords: number) {
    this.words = words;
    this.tracker = tracker;
    this.initial = words.slice(0, stateWords);
  }

  get length(): number {
    return this.rows.length - this.first;
  }

  /** Keeps the state as it stands. `blocked`: its row of who is blocked on what. */
  push(number: number, depth: number, blocked: Int32Array): void {
    const { tracker, words, initial } = this;
    const { touched, lanes } = tracker;
    let last = tracker.touchedCount;
    while (last > 0 && words[touched[last - 1]!] === initial[touched[last - 1]!]) last--;
    const at = HEAD + lanes.length + blocked.length;
    const row = new Int32Array(at + last);
    row[0] = number;
    row[1] = depth;
    row[2] = last;
    row.set(lanes, HEAD);
    row.set(blocked, HEAD + lanes.length);
    for (let k = 0; k < last; k++) row[at + k] = words[touched[k]!]!;
    this.rows.push(row);
    this.bytes += row.byteLength + 64;
  }

  /** Puts the next state into memory, its lanes and who is blocked into place. */
  take(blocked: Int32Array): { readonly number: number; readonly depth: number } {
    const row = this.rows[this.first]!;
    this.rows[this.first++] = undefined;
    this.bytes -= row.byteLength + 64;
    if (this.first > 1024 && this.first * 2 > this.rows.length) {
      this.rows = this.rows.slice(this.first);
      this.first = 0;
    }
    const { tracker, words, initial } = this;
    const { touched, lanes } = tracker;
    const at = HEAD + lanes.length + blocked.length;
    const held = row[2]!;
    lanes.set(row.subarray(HEAD, HEAD + lanes.length));
    blocked.set(row.subarray(HEAD + lanes.length, at));
    for (let k = 0; k < tracker.touchedCount; k++) {
      const cell = touched[k]!;
      words[cell] = k < held ? row[at + k]! : initial[cell]!;
    }
    tracker.forget();
    return { number: row[0]!, depth: row[1]! };
  }

  /** Forgets all rows. */
  clear(): void {
    this.rows = [];
    this.first = this.bytes = 0;
  }

  /** All rows, for a checkpoint. */
  save(): Int32Array {
    return joined(this.rows.slice(this.first) as Int32Array[]);
  }

  /** Puts the rows back that `save` gave. */
  load(all: Int32Array): void {
    for (const row of parted(all)) {
      this.rows.push(row);
      this.bytes += row.byteLength + 64;
    }
  }
}

// Whole states instead of hashes: the check that compaction loses nothing.

import { joined, parted } from './checkpoint.ts';
import { mix } from '../../memory/hash.ts';
import type { Tracker } from './tracker.ts';

export class ExactStates {
  bytes = 0;
  low = 0;
  high = 0;
  private readonly rows: Int32Array[] = [];
  private row: Int32Array<ArrayBuffer> = new Int32Array(0);
  private readonly tracker: Tracker;
  private readonly initial: Int32Array;
  /** The least row of all states that count as the same one. */
  private readonly canonical: ((row: Int32Array) => Int32Array) | undefined;
  /** Is the state that was looked at last the one of this number? */
  readonly same = (number: number): boolean => {
    const other = this.rows[number]!;
    const { row } = this;
    if (other.length !== row.length) return false;
    for (let k = 0; k < row.length; k++) if (other[k] !== row[k]) return false;
    return true;
  };

  /** Made when the initial state stands. */
  constructor(tracker: Tracker, stateWords: number, canonical?: (row: Int32Array) => Int32Array) {
    this.tracker = tracker;
    this.canonical = canonical;
    this.initial = Int32Array.from({ length: stateWords }, (_one, cell) => tracker.monotone.value(cell));
  }

  /** Looks at the state as it stands: `low` and `high` are its hash then, `same` compares with it. */
  look(): void {
    const { tracker, initial } = this;
    const { touched, monotone } = tracker;
    let row: Int32Array<ArrayBuffer>;
    if (this.canonical === undefined) {
      let last = tracker.touchedCount;
      while (last > 0 && monotone.value(touched[last - 1]!) === initial[touched[last - 1]!]) last--;
      row = new Int32Array(last);
      for (let k = 0; k < last; k++) row[k] = monotone.value(touched[k]!);
    } else row = this.canonical(Int32Array.from(initial, (_one, cell) => monotone.value(cell))).slice();
    this.lookAt(row);
  }

  private lookAt(row: Int32Array<ArrayBuffer>): void {
    this.low = row.length;
    this.high = 1;
    for (let k = 0; k < row.length; k++) {
      this.low = mix(this.low ^ row[k]!);
      this.high = mix(Math.imul(this.high, 31) + row[k]!);
    }
    this.row = row;
  }

  /** All states, for a checkpoint. */
  save(): Int32Array {
    return joined(this.rows);
  }

  /** Keeps the states that `save` gave; `add` is told the hash of each. */
  load(all: Int32Array, add: (low: number, high: number) => void): void {
    for (const row of parted(all)) {
      this.lookAt(row);
      add(this.low, this.high);
      this.keep();
    }
  }

  /** Forgets all states. */
  clear(): void {
    this.rows.length = 0;
    this.bytes = 0;
  }

  /** Keeps the state that was looked at as the next one. */
  keep(): void {
    this.rows.push(this.row);
    this.bytes += this.row.byteLength + 64;
  }
}

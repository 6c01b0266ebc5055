// The set of states that a search has seen: 64-bit hashes in an open-addressing table. Each state has a number, in the order in
// which they were added; exact sets keep whole states beside it and compare them.

/** What `add` answers when there is no room for one more state. */
export const FULL = -1;

/** Words of a place in the table: hash, low and high, and the number of the state + 1; 0: the place is empty. */
const PLACE = 3;

export class StateSet {
  size = 0;
  /** The last `add` added the state. */
  fresh = false;
  private table: Int32Array;
  private mask: number;
  private readonly limit: number;
  private readonly bytesLimit: number;

  /** At most `limit` states, in at most `bytesLimit` bytes. */
  constructor(limit = Infinity, bytesLimit = Infinity, capacity = 1 << 12) {
    this.table = new Int32Array(capacity * PLACE);
    this.mask = capacity - 1;
    this.limit = limit;
    this.bytesLimit = bytesLimit;
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  /** Adds a state, unless it is there: its number, or FULL. `same` is asked whether a state of this hash is really the same one. */
  add(low: number, high: number, same?: (number: number) => boolean): number {
    const { mask, table } = this;
    let place = low & mask;
    let at = place * PLACE;
    this.fresh = false;
    while (table[at + 2] !== 0) {
      if (table[at] === low && table[at + 1] === high && (same === undefined || same(table[at + 2]! - 1))) return table[at + 2]! - 1;
      place = (place + 1) & mask;
      at = place * PLACE;
    }
    if (this.size >= this.limit) return FULL;
    if (this.size * 3 > mask * 2) {
      // Old and new table stand beside each other for a moment.
      if (this.bytes * 3 > this.bytesLimit) return FULL;
      this.grow();
      this.insert(low, high, this.size + 1);
    } else {
      table[at] = low;
      table[at + 1] = high;
      table[at + 2] = this.size + 1;
    }
    this.fresh = true;
    return this.size++;
  }

  /** Forgets all states. */
  clear(): void {
    this.table.fill(0);
    this.size = 0;
  }

  /** The number of a state that is there; FULL when it is not. */
  find(low: number, high: number, same?: (number: number) => boolean): number {
    const { table, mask } = this;
    for (let place = low & mask; table[place * PLACE + 2] !== 0; place = (place + 1) & mask) {
      if (table[place * PLACE] === low && table[place * PLACE + 1] === high && (same === undefined || same(table[place * PLACE + 2]! - 1))) return table[place * PLACE + 2]! - 1;
    }
    return FULL;
  }

  /** All hashes by number, two words each. */
  hashes(): Int32Array {
    const { table } = this;
    const all = new Int32Array(this.size * 2);
    for (let at = 0; at < table.length; at += PLACE) {
      if (table[at + 2] !== 0) all.set(table.subarray(at, at + 2), (table[at + 2]! - 1) * 2);
    }
    return all;
  }

  private insert(low: number, high: number, number: number): void {
    const { table, mask } = this;
    let place = low & mask;
    while (table[place * PLACE + 2] !== 0) place = (place + 1) & mask;
    table[place * PLACE] = low;
    table[place * PLACE + 1] = high;
    table[place * PLACE + 2] = number;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let at = 0; at < old.length; at += PLACE) if (old[at + 2] !== 0) this.insert(old[at]!, old[at + 1]!, old[at + 2]!);
  }
}

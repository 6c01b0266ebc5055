// The set of states that a search has seen: 64-bit hashes in an open-addressing table. Where it is asked to, each state has a number, in the
// order in which they were added; exact sets keep whole states beside it and compare them.

/** What `add` answers when there is no room for one more state. */
export const FULL = -1;

/** Words of a place in the table: hash, low and high; both 0: the place is empty. */
const PLACE = 2;
/** The table grows when so many of 16 places are taken: probes are short, since eight places lie side by side in a line of the cache. */
const FILLED = 13;
/** Places for states that were seen just now, a power of two. Depth first, more than half of all looks are for one of these, and so few places
 *  stay in a cache near the processor, which the table does not. */
const RECENT = 1 << 15;

export class StateSet {
  size = 0;
  /** The last `add` added the state. */
  fresh = false;
  private table: Int32Array;
  /** By place: number of the state + 1; empty where states have no numbers. */
  private numbers: Int32Array;
  /** States that were added or looked for last, each where the lower bits of its hash say; empty where states have numbers. */
  private readonly recent: Int32Array;
  private mask: number;
  /** A state's place follows from the upper bits of its hash, so that a table that grows is read and written from front to back. */
  private shift: number;
  private readonly limit: number;
  private readonly bytesLimit: number;
  private readonly numbered: boolean;

  /** At most `limit` states, in at most `bytesLimit` bytes. `capacity`: places at the start, a power of two; few, so that the JIT has seen the
   *  table grow before it compiles this. */
  constructor(limit = Infinity, bytesLimit = Infinity, capacity = 1 << 6, numbered = true) {
    this.table = new Int32Array(capacity * PLACE);
    this.numbers = new Int32Array(numbered ? capacity : 0);
    this.recent = new Int32Array(numbered ? 0 : RECENT * PLACE);
    this.mask = capacity - 1;
    this.shift = Math.clz32(capacity - 1);
    this.limit = limit;
    this.bytesLimit = bytesLimit;
    this.numbered = numbered;
  }

  get bytes(): number {
    return this.table.byteLength + this.numbers.byteLength + this.recent.byteLength;
  }

  /** Adds a state, unless it is there: its number, or FULL; without numbers, 0 when it was there. `same` is asked whether a state of this
   *  hash is really the same one. */
  add(low: number, high: number, same?: (number: number) => boolean): number {
    const { mask, table, recent, numbered } = this;
    const second = high === 0 && low === 0 ? 1 : high;
    this.fresh = false;
    const near = (low & (RECENT - 1)) * PLACE;
    if (!numbered && recent[near] === low && recent[near + 1] === second) return 0;
    let at = (low >>> this.shift) * PLACE;
    for (;;) {
      const held = table[at]!;
      const heldSecond = table[at + 1]!;
      if (held === low && heldSecond === second) {
        if (!numbered) {
          recent[near] = low;
          recent[near + 1] = second;
          return 0;
        }
        const number = this.numbers[at / PLACE]! - 1;
        if (same === undefined || same(number)) return number;
      } else if (held === 0 && heldSecond === 0) break;
      at = (at + PLACE) & (mask * PLACE + 1);
    }
    if (this.size >= this.limit) return FULL;
    if (this.size * 16 > mask * FILLED) {
      // Old and new table stand beside each other for a moment.
      if (this.bytes * 3 > this.bytesLimit) return FULL;
      this.grow();
      this.insert(low, second, this.size + 1);
    } else {
      table[at] = low;
      table[at + 1] = second;
      if (numbered) this.numbers[at / PLACE] = this.size + 1;
    }
    if (!numbered) {
      recent[near] = low;
      recent[near + 1] = second;
    }
    this.fresh = true;
    return this.size++;
  }

  /** Forgets all states. */
  clear(): void {
    this.table.fill(0);
    this.numbers.fill(0);
    this.recent.fill(0);
    this.size = 0;
  }

  /** The number of a state that is there; FULL when it is not. */
  find(low: number, high: number, same?: (number: number) => boolean): number {
    const { table, mask, numbers } = this;
    const second = high === 0 && low === 0 ? 1 : high;
    for (let place = low >>> this.shift; table[place * PLACE] !== 0 || table[place * PLACE + 1] !== 0; place = (place + 1) & mask) {
      if (table[place * PLACE] !== low || table[place * PLACE + 1] !== second) continue;
      if (!this.numbered) return 0;
      if (same === undefined || same(numbers[place]! - 1)) return numbers[place]! - 1;
    }
    return FULL;
  }

  /** All hashes by number, two words each; without numbers, in any order. */
  hashes(): Int32Array {
    const { table, numbers } = this;
    const all = new Int32Array(this.size * PLACE);
    for (let place = 0, n = 0; place <= this.mask; place++) {
      const at = place * PLACE;
      if (table[at] !== 0 || table[at + 1] !== 0) all.set(table.subarray(at, at + PLACE), (this.numbered ? numbers[place]! - 1 : n++) * PLACE);
    }
    return all;
  }

  private insert(low: number, high: number, number: number): void {
    const { table, mask } = this;
    let place = low >>> this.shift;
    while (table[place * PLACE] !== 0 || table[place * PLACE + 1] !== 0) place = (place + 1) & mask;
    table[place * PLACE] = low;
    table[place * PLACE + 1] = high;
    if (this.numbered) this.numbers[place] = number;
  }

  private grow(): void {
    const { table, numbers, numbered } = this;
    this.table = new Int32Array(table.length * 2);
    this.numbers = new Int32Array(numbers.length * 2);
    this.mask = this.mask * 2 + 1;
    this.shift--;
    for (let at = 0; at < table.length; at += PLACE) {
      if (table[at] !== 0 || table[at + 1] !== 0) this.insert(table[at]!, table[at + 1]!, numbered ? numbers[at / PLACE]! : 0);
    }
  }
}

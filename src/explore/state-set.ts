// The set of states that a search has seen: 64-bit hashes in an open-addressing table, eight bytes a state.

export class StateSet {
  size = 0;
  private low: Int32Array;
  private high: Int32Array;
  private mask: number;

  constructor(capacity = 1 << 16) {
    this.low = new Int32Array(capacity);
    this.high = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** Adds a state; false if it was there. 63 bits count: 0 marks an empty place. */
  add(low: number, high: number): boolean {
    if (this.size * 4 > this.mask * 3) this.grow();
    return this.insert(low, high | 1);
  }

  private insert(low: number, high: number): boolean {
    let at = low & this.mask;
    while (this.high[at] !== 0) {
      if (this.low[at] === low && this.high[at] === high) return false;
      at = (at + 1) & this.mask;
    }
    this.low[at] = low;
    this.high[at] = high;
    this.size++;
    return true;
  }

  private grow(): void {
    const { low, high } = this;
    this.low = new Int32Array(low.length * 2);
    this.high = new Int32Array(low.length * 2);
    this.mask = low.length * 2 - 1;
    this.size = 0;
    for (let at = 0; at < low.length; at++) if (high[at] !== 0) this.insert(low[at]!, high[at]!);
  }
}

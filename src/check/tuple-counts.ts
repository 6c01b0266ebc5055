// Counts of tuples of four small numbers, in words: a hash table that allocates only when it grows.

/** Numbers of a tuple must be below this. */
export const TUPLE_LIMIT = 1 << 16;

const FIRST_SIZE = 1 << 10;

export class TupleCounts {
  /** Distinct tuples. */
  size = 0;
  private keys = new Int32Array(FIRST_SIZE * 2);
  private counts = new Float64Array(FIRST_SIZE);

  add(a: number, b: number, c: number, d: number, times = 1): void {
    this.addWords((a << 16) | b, (c << 16) | d, times);
  }

  /** Calls `visit` for each tuple, in no order. */
  forEach(visit: (a: number, b: number, c: number, d: number, times: number) => void): void {
    for (let at = 0; at < this.counts.length; at++) {
      if (this.counts[at] === 0) continue;
      const high = this.keys[2 * at]!;
      const low = this.keys[2 * at + 1]!;
      visit(high >>> 16, high & 0xffff, low >>> 16, low & 0xffff, this.counts[at]!);
    }
  }

  private addWords(high: number, low: number, times: number): void {
    const mask = this.counts.length - 1;
    let at = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b));
    at = (at ^ (at >>> 15)) & mask;
    while (this.counts[at] !== 0) {
      if (this.keys[2 * at] === high && this.keys[2 * at + 1] === low) {
        this.counts[at]! += times;
        return;
      }
      at = (at + 1) & mask;
    }
    this.keys[2 * at] = high;
    this.keys[2 * at + 1] = low;
    this.counts[at] = times;
    if (++this.size * 2 > this.counts.length) this.grow();
  }

  private grow(): void {
    const { keys, counts } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.counts = new Float64Array(counts.length * 2);
    this.size = 0;
    for (let at = 0; at < counts.length; at++) if (counts[at] !== 0) this.addWords(keys[2 * at]!, keys[2 * at + 1]!, counts[at]!);
  }
}

// A list of whole numbers that grows.

export class Numbers {
  length = 0;
  words: Int32Array;

  constructor(from?: Int32Array) {
    this.words = from ?? new Int32Array(1 << 10);
    this.length = from?.length ?? 0;
  }

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === this.words.length) {
      const larger = new Int32Array(Math.max(16, this.words.length * 2));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[this.length++] = value;
  }

  /** Becomes the first `count` of these. */
  set(words: Int32Array, count: number): void {
    if (count > this.words.length) this.words = new Int32Array(count * 2);
    for (let k = 0; k < count; k++) this.words[k] = words[k]!;
    this.length = count;
  }

  /** The numbers as they are now; a view. */
  view(): Int32Array {
    return this.words.subarray(0, this.length);
  }

  get bytes(): number {
    return this.words.length * 4;
  }
}

// The seeded generator behind every random choice of a run: sfc32. The same seed gives the same numbers on every machine.

import { mix } from '../memory/hash.ts';

export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(seed: number) {
    this.restart(seed);
  }

  /** The numbers of another seed from here on. */
  restart(seed: number): void {
    this.a = mix(seed);
    this.b = mix(seed + 1);
    this.c = mix(seed + 2);
    this.d = 1;
    for (let k = 0; k < 12; k++) this.word();
  }

  /** Where it stands, to be put back. */
  get state(): readonly number[] {
    return [this.a, this.b, this.c, this.d];
  }

  set state(state: readonly number[]) {
    [this.a, this.b, this.c, this.d] = state as [number, number, number, number];
  }

  /** 32 random bits. */
  word(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t | 0;
    return t;
  }

  /** 0 to n - 1, by multiply and shift (ENGINE.md 1c): the upper word of the product of 32 random bits and n. */
  below(n: number): number {
    const word = this.word();
    // In halves, as long as each product fits into 32 bits: a float multiply and floor takes four times as long.
    if (n <= 0x10000) return (Math.imul(word >>> 16, n) + (Math.imul(word & 0xffff, n) >>> 16)) >>> 16;
    return Math.floor(((word >>> 0) / 4294967296) * n);
  }
}

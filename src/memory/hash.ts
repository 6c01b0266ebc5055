// The hash of a state: 64 bits in two lanes, each the sum over all words of key[word] × scramble(value), so that a write
// changes it by a difference (ENGINE.md 3: 4 multiplications a write). Keys depend on the word's number only.

import type { Words } from './views.ts';

/** A well mixed 32-bit value from a number (the finisher of MurmurHash3). */
export function mix(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Makes equal differences of values count differently. scramble(0) is 0: idle memory costs nothing. */
export const scramble = (value: number): number => {
  const v = Math.imul(value, 0x2c1b3c6d);
  return v ^ (v >>> 15);
};

/** The two keys of a word: random, and odd. */
const lowKey = (cell: number): number => mix(cell * 2) | 1;
const highKey = (cell: number): number => mix(cell * 2 + 1) | 1;

/** The keys of all words, for who changes a hash at every write. */
export class HashKeys {
  readonly low: Int32Array;
  readonly high: Int32Array;
  constructor(words: number) {
    this.low = new Int32Array(words);
    this.high = new Int32Array(words);
    for (let cell = 0; cell < words; cell++) {
      this.low[cell] = lowKey(cell);
      this.high[cell] = highKey(cell);
    }
  }
}

/** Hash of the state words as they stand, from nothing: [low, high]. `value` says what a word counts as; by default what it holds. Most
 *  words are 0 and cost a load; keys are made for the others only. */
export function hashState(words: Words, stateWords: number, value?: (cell: number) => number): [number, number] {
  let low = 0;
  let high = 0;
  for (let cell = 0; cell < stateWords; cell++) {
    const held = value === undefined ? words[cell]! : value(cell);
    if (held === 0) continue;
    const s = scramble(held);
    low = (low + Math.imul(lowKey(cell), s)) | 0;
    high = (high + Math.imul(highKey(cell), s)) | 0;
  }
  return [low, high];
}

/** Sixteen hexadecimal digits. */
export const hashText = ([low, high]: readonly [number, number]): string =>
  (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');

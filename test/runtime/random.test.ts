import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/runtime/random.ts';

/** Floor of word × n / 2^32, exactly. */
const exact = (word: number, n: number): number => Number((BigInt(word >>> 0) * BigInt(n)) >> 32n);

describe('a random number below n', () => {
  const bound = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0xfff0, max: 0x10010 }), fc.integer({ min: 1, max: 1 << 21 }));

  it('is the upper word of the product of 32 random bits and n, whichever way it is computed', () => {
    fc.assert(fc.property(fc.integer(), fc.array(bound, { minLength: 20, maxLength: 20 }), (seed, bounds) => {
      const random = new Random(seed);
      const twin = new Random(seed);
      expect(bounds.map((n) => random.below(n))).toEqual(bounds.map((n) => exact(twin.word(), n)));
    }));
  });

  it('is so for the words at the edges too', () => {
    const edges = [0, 1, 0xffff, 0x10000, 0x7fffffff, -0x80000000, -0x10000, -1];
    for (const word of edges) {
      const random = new Random(1);
      random.word = () => word;
      for (const n of [1, 2, 3, 0x7fff, 0x8000, 0xffff, 0x10000, 0x10001, 1 << 21]) expect(random.below(n)).toBe(exact(word, n));
    }
  });
});

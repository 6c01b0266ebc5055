import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as u64 from '../../src/memory/u64.ts';

const MODULUS = 1n << 64n;
/** All 64-bit values, those at the edges often. */
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc.constantFrom(0n, 1n, 4095n, 4096n, (1n << 31n) - 1n, 1n << 31n, (1n << 32n) - 1n, 1n << 32n, (1n << 63n) - 1n, 1n << 63n, (1n << 63n) + 1n, MODULUS - 4096n, MODULUS - 1n),
);
const signed = (a: bigint): bigint => BigInt.asIntN(64, a);
const both = (check: (a: bigint, b: bigint) => void): void => { fc.assert(fc.property(value, value, check), { numRuns: 500 }); };

describe('64-bit values in two words agree with BigInt', () => {
  it('there and back', () => {
    both((a) => {
      expect(u64.toBig(u64.fromBig(a))).toBe(a);
      expect(u64.fromBig(a - MODULUS)).toEqual(u64.fromBig(a));
    });
  });

  it('sum and difference, modulo 2^64', () => {
    both((a, b) => {
      expect(u64.toBig(u64.add(u64.fromBig(a), u64.fromBig(b)))).toBe((a + b) % MODULUS);
      expect(u64.toBig(u64.sub(u64.fromBig(a), u64.fromBig(b)))).toBe((a - b + MODULUS) % MODULUS);
    });
  });

  it('the page of an address, as a number', () => {
    both((a) => { expect(BigInt(u64.pageNumber(u64.fromBig(a)))).toBe(a >> 12n); });
  });

  it('comparisons, signed and unsigned, and wrapping', () => {
    both((a, b) => {
      const x = u64.fromBig(a);
      const y = u64.fromBig(b);
      expect(u64.below(x, y)).toBe(a < b);
      expect(u64.less(x, y)).toBe(signed(a) < signed(b));
      expect(u64.equal(x, y)).toBe(a === b);
      expect(u64.equal(x, u64.fromBig(a))).toBe(true);
      expect(u64.wraps(x, y)).toBe(a + b >= MODULUS);
    });
  });

  it('zero, sign, alignment, pages', () => {
    both((a) => {
      const x = u64.fromBig(a);
      expect(u64.isZero(x)).toBe(a === 0n);
      expect(u64.negative(x)).toBe(signed(a) < 0n);
      expect(u64.pageAligned(x)).toBe(a % 4096n === 0n);
      expect(u64.toBig(u64.pages(x))).toBe(a / 4096n);
    });
  });
});

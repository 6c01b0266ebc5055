// 64-bit values in two words, as sizes, offsets and addresses of system calls are. A compare says whether it is signed:
// kernel bugs live in the difference (G4-B9).

/** A 64-bit value; both words are signed 32-bit integers as memory holds them. */
export interface Pair { readonly lo: number; readonly hi: number }

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;
/** Pages that a one in the upper word stands for. */
const HIGH_PAGES = 2 ** (32 - PAGE_SHIFT);

/** Two words as a value; each is cut to 32 bits. */
export const pair = (lo: number, hi: number): Pair => ({ lo: lo | 0, hi: hi | 0 });

/** The two words of a value, modulo 2^64. */
export function fromBig(value: bigint): Pair {
  const wrapped = BigInt.asUintN(64, value);
  return pair(Number(wrapped & 0xffffffffn), Number(wrapped >> 32n));
}
/** The value as an unsigned 64-bit number. */
export const toBig = (a: Pair): bigint => (BigInt(a.hi >>> 0) << 32n) | BigInt(a.lo >>> 0);

/** a + b modulo 2^64. */
export function add(a: Pair, b: Pair): Pair {
  const lo = (a.lo >>> 0) + (b.lo >>> 0);
  return pair(lo, (a.hi + b.hi + (lo > 0xffffffff ? 1 : 0)) | 0);
}
/** a - b modulo 2^64. */
export function sub(a: Pair, b: Pair): Pair {
  const borrow = (a.lo >>> 0) < (b.lo >>> 0) ? 1 : 0;
  return pair((a.lo - b.lo) | 0, (a.hi - b.hi - borrow) | 0);
}
/** a = 0, and a = b. */
export const isZero = (a: Pair): boolean => a.lo === 0 && a.hi === 0;
export const equal = (a: Pair, b: Pair): boolean => (a.lo | 0) === (b.lo | 0) && (a.hi | 0) === (b.hi | 0);
/** a < b as unsigned values. */
export const below = (a: Pair, b: Pair): boolean =>
  (a.hi >>> 0) < (b.hi >>> 0) || ((a.hi | 0) === (b.hi | 0) && (a.lo >>> 0) < (b.lo >>> 0));
/** a < b as signed values. */
export const less = (a: Pair, b: Pair): boolean =>
  (a.hi | 0) < (b.hi | 0) || ((a.hi | 0) === (b.hi | 0) && (a.lo >>> 0) < (b.lo >>> 0));
/** a < 0 as a signed value. */
export const negative = (a: Pair): boolean => a.hi < 0;
/** A whole number of pages. */
export const pageAligned = (a: Pair): boolean => (a.lo & (PAGE_SIZE - 1)) === 0;
/** a + b wraps beyond 2^64. */
export const wraps = (a: Pair, b: Pair): boolean => below(add(a, b), a);
/** Number of the page that the byte at unsigned address a lies in: below 2^52, so that a number holds it. */
export const pageNumber = (a: Pair): number => (a.hi >>> 0) * HIGH_PAGES + (a.lo >>> PAGE_SHIFT);
/** a / PAGE_SIZE, unsigned. */
export const pages = (a: Pair): Pair => pair((a.lo >>> PAGE_SHIFT) | (a.hi << (32 - PAGE_SHIFT)), a.hi >>> PAGE_SHIFT);

// Numbers of recordings: plain up to 2^53 - 1, beyond that hexadecimal text, and the words and pages that they come to.

/** A number as a recording writes it. */
export type Numeric = number | string;

const TOP = 1n << 64n;

/** Is this a number, and one of 64 bits? */
export function isNumeric(value: unknown): value is Numeric {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'string' || !/^-?0x[0-9a-f]{1,16}$/i.test(value)) return false;
  return !value.startsWith('-') || BigInt(value.slice(1)) <= TOP / 2n;
}

/** The value, negative ones as they are. */
export const toBigInt = (value: Numeric): bigint => (typeof value === 'string' && value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value));

/** The low and the high word of a value modulo 2^64. */
export function wordsOf(value: Numeric | bigint): [number, number] {
  if (typeof value === 'number' && value >= 0) return [value | 0, Math.floor(value / 0x1_0000_0000) | 0];
  const big = BigInt.asUintN(64, typeof value === 'bigint' ? value : toBigInt(value));
  return [Number(big & 0xffff_ffffn) | 0, Number(big >> 32n) | 0];
}

/** The low word. */
export const wordOf = (value: Numeric): number => (typeof value === 'number' ? Number(BigInt.asIntN(32, BigInt(value))) : wordsOf(value)[0]);

/** The value as a plain number, rounded where it is beyond 2^53; for limits and sizes only. */
export const approximately = (value: Numeric): number => (typeof value === 'number' ? value : Number(toBigInt(value)));

/** How a recording writes an unsigned value: a number while that is exact, else hexadecimal text. */
export function numeric(value: bigint): Numeric {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;
}

/** Two words as an unsigned value. */
export const unsigned64 = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** Bytes of a page. */
export const PAGE = 4096;

// 64-bit values of a scenario: from numbers and text to bigint, and to the words of a message.

import { fromBig } from '../memory/u64.ts';
import { ScenarioError, shown } from './errors.ts';
import { GUEST_PAGES } from './limits.ts';
import type { U64 } from './types.ts';

export const PAGE = 4096n;
const TOP = 1n << 64n;

/** The value modulo 2^64; what does not fit in 64 bits is refused. */
export function parseU64(value: U64, path: string): bigint {
  const negative = typeof value === 'string' && value.startsWith('-');
  const parsed = typeof value === 'string' ? BigInt(negative ? value.slice(1) : value) * (negative ? -1n : 1n) : BigInt(value);
  if (parsed >= TOP || parsed < -TOP / 2n) throw new ScenarioError(path, `${shown(value)} does not fit in 64 bits`);
  return BigInt.asUintN(64, parsed);
}

/** A 32-bit word; negative ones wrap. */
export function parseU32(value: U64, path: string): number {
  const parsed = BigInt.asIntN(64, parseU64(value, path));
  if (parsed >= 1n << 32n || parsed < -(1n << 31n)) throw new ScenarioError(path, `${shown(value)} does not fit in 32 bits`);
  return Number(BigInt.asIntN(32, parsed));
}

/** A page number that a guest can use. */
export function guestPage(value: U64, path: string): bigint {
  const page = parseU64(value, path);
  if (page >= GUEST_PAGES) throw new ScenarioError(path, `page ${shown(value)} lies beyond the guest-physical address space of 2^40 pages`);
  return page;
}

/** The words of a value in a message. */
export function wordsOf(value: bigint): [number, number] {
  const { lo, hi } = fromBig(value);
  return [lo, hi];
}

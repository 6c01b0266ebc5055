// Values and names of a scenario as C has them.

import type { U64 } from '../../scenario/types.ts';

/** Bytes of a page. */
export const PAGE = 4096n;

/** 64 bits of a value as a scenario has it; negative ones wrap. */
export function bits(value: U64): bigint {
  const text = String(value).trim();
  return BigInt.asUintN(64, text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
}

/** A constant: small ones decimal, others in hexadecimal digits. */
export const constant = (value: bigint): string => (value < 10n ? String(value) : value < 1n << 31n ? `0x${value.toString(16)}` : `0x${value.toString(16)}ull`);

/** The name that stands for a descriptor, a region, an event, a thread: what C allows in names, kind in front. */
export const symbol = (kind: 'FD' | 'MEMORY' | 'EVENT' | 'thread' | 'guest', name: string): string => `${kind}_${name.replace(/\W/g, '_')}`;

/** A text constant. */
export const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/\?\?/g, '?\\?').replace(/[^\x20-\x7e]/g, '?')}"`;

/** Text that can stand in a comment. */
export const commented = (text: string): string => text.replaceAll('*/', '* /').replace(/[^\x20-\x7e]/g, '?');

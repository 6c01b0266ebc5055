// The content of page frames by bytes, for worlds whose accesses are shorter than pages. A page is cut into segments, runs of bytes
// that no access divides, so that each has one value. In a world without segments all of this does nothing.

import type { World } from '../memory/world.ts';

/** A 64-bit value as two words, stored little-endian. */
export interface Value { readonly low: number; readonly high: number }

/** Byte number `i` of a value, 0 being the lowest. */
export const byteOf = ({ low, high }: Value, i: number): number => ((i < 4 ? low : high) >>> (8 * (i & 3))) & 0xff;

/** All bytes of the page are 0. */
export function clearBytes({ page_bytes, facts }: World, pfn: number): void {
  if (facts.sizes.segment > 0) page_bytes(pfn).byte.clear();
}

/** Every byte of segments [from, to) is `value`, 0 to 255. */
export function fillBytes({ page_bytes, facts }: World, pfn: number, from: number, to: number, value: number): void {
  if (facts.sizes.segment === 0) return;
  const { byte } = page_bytes(pfn);
  for (let segment = from; segment < to; segment++) byte.put(segment, value & 0xff);
}

/** Segments [from, to), of one byte each, get the bytes of `value` from number `first` on. */
export function putBytes({ page_bytes, facts }: World, pfn: number, from: number, to: number, value: Value, first = 0): void {
  if (facts.sizes.segment === 0) return;
  const { byte } = page_bytes(pfn);
  for (let segment = from; segment < to; segment++) byte.put(segment, byteOf(value, first + segment - from));
}

/** The value of segments [from, to), of one byte each, which are bytes `first` and on of it; all others are 0. */
export function getBytes({ page_bytes, facts }: World, pfn: number, from: number, to: number, first = 0): Value {
  let low = 0;
  let high = 0;
  if (facts.sizes.segment === 0) return { low, high };
  const { byte } = page_bytes(pfn);
  for (let segment = from; segment < to; segment++) {
    const i = first + segment - from;
    const part = byte.at(segment) << (8 * (i & 3));
    if (i < 4) low |= part;
    else high |= part;
  }
  return { low, high };
}

/** The page is a copy of another one. */
export function copyBytes({ page_bytes, facts }: World, to: number, from: number): void {
  if (facts.sizes.segment === 0) return;
  const source = page_bytes(from).byte;
  const target = page_bytes(to).byte;
  for (let segment = 0; segment < facts.sizes.segment; segment++) target.put(segment, source.at(segment));
}

// The parts that a trace file is made of, byte by byte.
//
//   faultline-trace <format> <bytes of the header> <CRC-32 of it, 8 hexadecimal digits>\n
//   <header: JSON>\n
//   chunk, chunk, … the last one being the footer
//
// A chunk is a head of 32 bytes, numbers little-endian, and its payload:
//
//   0 magic 'FLCK'   4 kind, 16 bits; 16 bits zero   8 bytes of the payload   12 number of the first step, 64 bits
//   20 steps in it   24 CRC-32 of the payload   28 CRC-32 of the 28 bytes before

import { crc32 } from './crc32.ts';

export const MAGIC = 'faultline-trace';
export const CHUNK_MAGIC = 0x4b434c46;
export const CHUNK_HEAD = 32;

export const KIND = {
  /** Records. */
  STEPS: 1,
  /** Records, then the number of tickets of each (16 bits), then the tickets: object, version (32 bits each). */
  STEPS_WITH_TICKETS: 2,
  /** JSON. */
  FOOTER: 3,
  /** As the first two, then the injections: JSON, a list. Since format 2. */
  STEPS_WITH_INJECTIONS: 4,
  STEPS_WITH_TICKETS_AND_INJECTIONS: 5,
} as const;

/** Bytes that a payload, and a header, may have: what a reader must be ready to hold. */
export const MOST_PAYLOAD = 1 << 26;
export const MOST_HEADER = 1 << 25;

export interface ChunkHead {
  readonly kind: number;
  readonly length: number;
  readonly first: number;
  readonly count: number;
  readonly crc: number;
}

/** A whole chunk. */
export function chunk(kind: number, first: number, count: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CHUNK_HEAD + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CHUNK_MAGIC, true);
  view.setUint16(4, kind, true);
  view.setUint32(8, payload.length, true);
  view.setBigUint64(12, BigInt(first), true);
  view.setUint32(20, count, true);
  view.setUint32(24, crc32(payload), true);
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true);
  bytes.set(payload, CHUNK_HEAD);
  return bytes;
}

/** Reads a head; nothing when it is not one, or not as it was written. */
export function chunkHead(bytes: Uint8Array): ChunkHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, CHUNK_HEAD);
  if (view.getUint32(0, true) !== CHUNK_MAGIC || view.getUint32(28, true) !== crc32(bytes.subarray(0, 28))) return undefined;
  return {
    kind: view.getUint16(4, true), length: view.getUint32(8, true), first: Number(view.getBigUint64(12, true)),
    count: view.getUint32(20, true), crc: view.getUint32(24, true),
  };
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of an array, numbers little-endian. */
export function littleEndian(array: Uint16Array | Uint32Array): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return LITTLE_ENDIAN ? bytes : swapped(bytes, array.BYTES_PER_ELEMENT);
}

/** `count` 16-bit numbers from a copy of the bytes at `from`. */
export const words16 = (bytes: Uint8Array, from: number, count: number): Uint16Array => new Uint16Array(copy(bytes, from, count, 2));
/** `count` 32-bit numbers from a copy of the bytes at `from`. */
export const words32 = (bytes: Uint8Array, from: number, count: number): Uint32Array => new Uint32Array(copy(bytes, from, count, 4));

function copy(bytes: Uint8Array, from: number, count: number, size: number): ArrayBuffer {
  const result = bytes.slice(from, from + count * size);
  return (LITTLE_ENDIAN ? result : swapped(result, size)).buffer as ArrayBuffer;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = bytes.slice();
  for (let at = 0; at < result.length; at += size) result.subarray(at, at + size).reverse();
  return result;
}

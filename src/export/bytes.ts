// Bytes that grow: little-endian numbers and texts one behind the other.

import type { FieldValue } from './kvm-forms.ts';

let encoder: InstanceType<typeof TextEncoder> | undefined;
/** A page may be without it until it is needed. */
const encoding = (): InstanceType<typeof TextEncoder> => (encoder ??= new TextEncoder());
/** Texts that are kept encoded. Steps have a few thousand different ones; contents of messages have no end. */
const MOST_KEPT = 8192;
const kept = new Map<string, Uint8Array>();

/** A text as UTF-8. The bytes are everybody's: they must not be written to. */
export function utf8(text: string): Uint8Array {
  let bytes = kept.get(text);
  if (bytes === undefined) {
    if (kept.size === MOST_KEPT) kept.clear();
    bytes = encoding().encode(text);
    kept.set(text, bytes);
  }
  return bytes;
}

export class Bytes {
  /** Bytes so far. */
  length = 0;
  private array: Uint8Array;
  private view: DataView;

  constructor(capacity = 256) {
    this.array = new Uint8Array(capacity);
    this.view = new DataView(this.array.buffer);
  }

  /** What is there, until the next call. */
  get all(): Uint8Array {
    return this.array.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
  u8(value: number): void {
    this.room(1);
    this.array[this.length++] = value;
  }
  u16(value: number): void {
    this.room(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }
  u32(value: number): void {
    this.room(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }
  /** All 64 bits: of a bigint as it is, of a whole number below 2^53, negative ones as two's complement. */
  u64(value: FieldValue): void {
    this.room(8);
    if (typeof value === 'number' && value >= 0) {
      this.view.setUint32(this.length, value % 0x1_0000_0000, true);
      this.view.setUint32(this.length + 4, value / 0x1_0000_0000, true);
    } else this.view.setBigUint64(this.length, BigInt.asUintN(64, BigInt(value)), true);
    this.length += 8;
  }
  /** A number of Protocol Buffers: seven bits a byte, the lowest first. */
  varint(value: number | bigint): void {
    this.room(10);
    let rest: number;
    if (typeof value === 'bigint') {
      let wide = BigInt.asUintN(64, value);
      for (; wide > 0x7fff_ffffn; wide >>= 7n) this.array[this.length++] = Number(wide & 0x7fn) | 0x80;
      rest = Number(wide);
    } else {
      rest = value;
      for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) this.array[this.length++] = (rest % 128) | 0x80;
    }
    for (; rest > 0x7f; rest >>>= 7) this.array[this.length++] = (rest & 0x7f) | 0x80;
    this.array[this.length++] = rest;
  }
  bytes(bytes: Uint8Array): void {
    this.room(bytes.length);
    const { array } = this;
    // For the short texts that there are, this is quicker than a call of set.
    if (bytes.length < 48) for (let i = 0, at = this.length; i < bytes.length; i++) array[at++] = bytes[i]!;
    else array.set(bytes, this.length);
    this.length += bytes.length;
  }
  /** Zeros up to `length`. */
  padTo(length: number): void {
    this.room(length - this.length);
    this.array.fill(0, this.length, length);
    this.length = length;
  }
  /** Writes over what is there. */
  setU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }
  setU64(at: number, value: number): void {
    const { length } = this;
    this.length = at;
    this.u64(value);
    this.length = length;
  }

  private room(more: number): void {
    if (this.length + more <= this.array.length) return;
    const larger = new Uint8Array(Math.max(this.length + more, 2 * this.array.length));
    larger.set(this.array.subarray(0, this.length));
    this.array = larger;
    this.view = new DataView(larger.buffer);
  }
}

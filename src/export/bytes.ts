// Bytes that grow: little-endian numbers and texts one behind the other.

import type { FieldValue } from './kvm-forms.ts';

let encoder: InstanceType<typeof TextEncoder> | undefined;
/** A page may be without it until it is needed. */
const encoding = (): InstanceType<typeof TextEncoder> => (encoder ??= new TextEncoder());
/** Texts that are kept encoded. Steps have a few thousand different ones; contents of messages have no end. */
const MOST_KEPT = 8192;
const kept = new Map<string, Uint8Array>();

/** A text as UTF-8, for those who keep it themselves. */
export const encoded = (text: string): Uint8Array => encoding().encode(text);

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

/** Bytes of a text of ASCII, for constants: they are made where no encoder may be. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (one) => one.charCodeAt(0));

/** Bytes of a piece: writers gather so much before they answer any. */
export const PIECE = 1 << 16;

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
  /** A text as UTF-8. */
  text(text: string): void {
    this.room(3 * text.length);
    if (text.length < 64) {
      const { array } = this;
      let at = this.length;
      let k = 0;
      for (; k < text.length; k++) {
        const code = text.charCodeAt(k);
        if (code > 0x7f) break;
        array[at++] = code;
      }
      if (k === text.length) {
        this.length = at;
        return;
      }
    }
    this.length += encoding().encodeInto(text, this.array.subarray(this.length)).written;
  }
  /** A whole number from 0 on, in decimal digits; in front of them `filled`, spaces, up to `width` characters. */
  decimal(value: number, width = 1, filled = 0x20): void {
    if (value > 0x7fff_ffff) {
      this.text(String(value).padStart(width, String.fromCharCode(filled)));
      return;
    }
    let digits = 1;
    for (let rest = value; rest > 9; rest = (rest / 10) | 0) digits++;
    this.room(digits + width);
    const { array } = this;
    for (let k = digits; k < width; k++) array[this.length++] = filled;
    this.length += digits;
    let rest = value;
    for (let at = this.length - 1; digits > 0; digits--, rest = (rest / 10) | 0) array[at--] = 0x30 + (rest % 10);
  }
  /** Bytes that stand here already, once more. */
  again(from: number, count: number): void {
    this.room(count);
    this.array.copyWithin(this.length, from, from + count);
    this.length += count;
  }
  /** What is there when it is at least so much, and then nothing is; else an empty text. For writers, who answer pieces. */
  piece(least: number): Uint8Array | '' {
    if (this.length < least) return '';
    const { all } = this;
    this.length = 0;
    return all;
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

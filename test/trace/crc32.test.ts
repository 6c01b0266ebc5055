import fc from 'fast-check';
import { crc32 as zlibLike } from '../support/slow-crc32.ts';
import { expect, test } from 'vitest';
import { crc32 } from '../../src/trace/crc32.ts';

test('is the checksum of zlib', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('four bytes at a time give what one bit at a time gives, in pieces too', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), (bytes, at) => {
    expect(crc32(bytes)).toBe(zlibLike(bytes));
    expect(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)))).toBe(crc32(bytes));
  }));
});

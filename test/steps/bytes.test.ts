// Content by bytes: fills, little-endian values, clearing; nothing at all in a world without segments.

import { expect, test } from 'vitest';
import { byteOf, clearBytes, copyBytes, fillBytes, getBytes, putBytes } from '../../src/steps/bytes.ts';
import { layouts } from '../../src/memory/layouts/index.ts';
import { makePlan } from '../../src/memory/plan.ts';
import { makeAccess } from '../../src/memory/views.ts';
import type { World } from '../../src/memory/world.ts';
import { sizes as sizesWith } from '../support/memory.ts';

/** Pages of `segments` segments each. */
function pages(segments: number): { world: World; bytes: (pfn: number) => number[] } {
  const sizes = sizesWith({ segment: segments });
  const plan = makePlan([layouts.page_bytes], sizes, 0);
  const { tables } = makeAccess(plan, new Int32Array(new ArrayBuffer(plan.totalWords * 4)));
  const world = { ...tables, facts: { sizes } } as unknown as World;
  return { world, bytes: (pfn) => Array.from({ length: segments }, (_one, i) => world.page_bytes(pfn).byte.at(i)) };
}

const value = { low: 0x44332211, high: 0x88776655 | 0 };

test('a fill writes one value into each segment of the range and none besides', () => {
  const { world, bytes } = pages(5);
  fillBytes(world, 1, 1, 4, 0x1ff);
  expect([bytes(0), bytes(1), bytes(2)]).toEqual([[0, 0, 0, 0, 0], [0, 255, 255, 255, 0], [0, 0, 0, 0, 0]]);
});

test('a value lies little-endian, and may go on in another page', () => {
  const { world, bytes } = pages(8);
  putBytes(world, 1, 5, 8, value);
  putBytes(world, 2, 0, 5, value, 3);
  expect([bytes(1), bytes(2)]).toEqual([[0, 0, 0, 0, 0, 0x11, 0x22, 0x33], [0x44, 0x55, 0x66, 0x77, 0x88, 0, 0, 0]]);
  const [first, second] = [getBytes(world, 1, 5, 8), getBytes(world, 2, 0, 5, 3)];
  expect({ low: first.low | second.low, high: first.high | second.high }).toEqual(value);
  expect(Array.from({ length: 8 }, (_one, i) => byteOf(value, i))).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
});

test('clearing and copying take the whole page', () => {
  const { world, bytes } = pages(3);
  fillBytes(world, 1, 0, 3, 9);
  copyBytes(world, 2, 1);
  clearBytes(world, 1);
  expect([bytes(1), bytes(2)]).toEqual([[0, 0, 0], [9, 9, 9]]);
});

test('without segments there is nothing to write or read', () => {
  const { world, bytes } = pages(0);
  fillBytes(world, 1, 0, 3, 9);
  putBytes(world, 1, 0, 3, value);
  copyBytes(world, 2, 1);
  clearBytes(world, 1);
  expect([bytes(1), getBytes(world, 1, 0, 3)]).toEqual([[], { low: 0, high: 0 }]);
});

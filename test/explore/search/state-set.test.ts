// The set of hashes that a search has seen, against a set of texts.

import { describe, expect, it } from 'vitest';
import { FULL, StateSet } from '../../../src/explore/search/state-set.ts';
import { Random } from '../../../src/runtime/random.ts';

/** Hashes, many of them alike in their lower or upper half, or 0. */
function* hashes(count: number): Iterable<[number, number]> {
  const random = new Random(7);
  const half = (): number => (random.below(4) === 0 ? random.below(3) : (random.below(1 << 16) << 16) ^ random.below(1 << 10));
  const seen: [number, number][] = [];
  for (let k = 0; k < count; k++) {
    const hash = seen.length > 0 && random.below(2) === 0 ? seen[random.below(seen.length)]! : ([half(), half()] as [number, number]);
    seen.push(hash);
    yield hash;
  }
}

describe('the set of states', () => {
  it.each([true, false])('knows which states it has seen, with numbers or without: %s', (numbered) => {
    const set = new StateSet(Infinity, Infinity, undefined, numbered);
    for (let round = 0; round < 2; round++) {
      const numbers = new Map<string, number>();
      for (const [low, high] of hashes(3_000)) {
        // The one state whose hash is that of an empty place counts as its neighbour.
        const key = `${low} ${low === 0 && high === 0 ? 1 : high}`;
        const number = set.add(low, high);
        expect(set.fresh).toBe(!numbers.has(key));
        if (set.fresh) numbers.set(key, numbers.size);
        if (numbered) expect(number).toBe(numbers.get(key));
        expect(set.find(low, high)).not.toBe(FULL);
      }
      expect(set.size).toBe(numbers.size);
      expect(new Set(pairs(set.hashes()))).toEqual(new Set(numbers.keys()));
      // A set that was cleared has seen nothing.
      set.clear();
      expect(set.find(1, 2)).toBe(FULL);
    }
  });

  it.each([true, false])('does not keep what it has no room for, with numbers or without: %s', (numbered) => {
    const set = new StateSet(2, Infinity, undefined, numbered);
    set.add(1, 1);
    set.add(2, 2);
    for (let again = 0; again < 2; again++) expect(set.add(3, 3)).toBe(FULL);
    expect(set.find(3, 3)).toBe(FULL);
    expect(set.add(1, 1)).not.toBe(FULL);
    expect(set.fresh).toBe(false);
  });
});

const pairs = (words: Int32Array): string[] => Array.from({ length: words.length / 2 }, (_one, k) => `${words[k * 2]} ${words[k * 2 + 1]}`);

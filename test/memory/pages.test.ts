import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageSpace } from '../../src/memory/pages.ts';

const start = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: (1n << 52n) - 20n, max: 1n << 52n }));
const ranges = fc.array(fc.record({ start, pages: fc.bigInt({ min: 0n, max: 6n }) }).map(({ start: from, pages }) => ({ start: from, end: from + pages })), { maxLength: 6 });

/** All pages of the ranges, ascending. */
const pagesOf = (list: readonly { start: bigint; end: bigint }[]): bigint[] => {
  const pages = new Set<bigint>();
  for (const range of list) for (let page = range.start; page < range.end; page++) pages.add(page);
  return [...pages].toSorted((a, b) => (a < b ? -1 : 1));
};

describe('compact page numbers', () => {
  it('count the pages of all ranges once, in ascending order', () => {
    fc.assert(fc.property(ranges, (list) => {
      const space = new PageSpace(list);
      const pages = pagesOf(list);
      expect(space.count).toBe(pages.length);
      pages.forEach((page, number) => {
        expect(space.find(page)).toBe(number);
        expect(space.real(number)).toBe(page);
      });
    }));
  });

  it('do not know pages outside the ranges', () => {
    fc.assert(fc.property(ranges, start, (list, page) => {
      if (!pagesOf(list).includes(page)) expect(new PageSpace(list).find(page)).toBe(-1);
    }));
  });

  it('turn any range of real pages into one range of compact ones', () => {
    fc.assert(fc.property(ranges, start, start, (list, a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const space = new PageSpace(list);
      const inside = pagesOf(list).filter((page) => page >= from && page < to);
      const compact = Array.from({ length: space.lowerBound(Number(to)) - space.lowerBound(Number(from)) }, (_one, k) => space.real(space.lowerBound(Number(from)) + k));
      expect(compact).toEqual(inside);
    }));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tracker } from '../../src/explore/search/tracker.ts';
import { hashState, hashText, scramble } from '../../src/memory/hash.ts';
import { layouts } from '../../src/memory/layouts/index.ts';
import { makePlan } from '../../src/memory/plan.ts';
import { makeAccess, type Words } from '../../src/memory/views.ts';
import { sizes } from '../support/memory.ts';

const plan = makePlan(Object.values(layouts), sizes(), 0);
const fresh = () => {
  const words: Words = new Int32Array(new ArrayBuffer(plan.totalWords * 4));
  const tracker = new Tracker(plan, words);
  return { words, tracker, access: makeAccess(plan, words, tracker) };
};
const write = fc.record({ cell: fc.integer({ min: 0, max: plan.stateWords - 1 }), value: fc.integer() });
const writes = fc.array(write, { maxLength: 50 });

describe('the hash of a state', () => {
  it('changed by differences is the hash from nothing, after any writes', () => {
    fc.assert(fc.property(writes, (list) => {
      const { tracker, access } = fresh();
      for (const { cell, value } of list) access.store(0, cell, value);
      const incremental = [...tracker.lanes];
      tracker.start();
      expect([...tracker.lanes]).toEqual(incremental);
    }), { numRuns: 30 });
  });

  it('and every word come back when writes are taken back', () => {
    fc.assert(fc.property(writes, writes, (before, after) => {
      const { words, tracker, access } = fresh();
      for (const { cell, value } of before) access.store(0, cell, value);
      const mark = tracker.mark();
      const hash = [...tracker.lanes];
      const copy = words.slice();
      for (const { cell, value } of after) access.store(0, cell, value);
      tracker.back(mark);
      expect(words).toEqual(copy);
      tracker.start();
      expect([...tracker.lanes]).toEqual(hash);
    }), { numRuns: 30 });
  });

  it('does not see words that are zero, and sees every other word', () => {
    const words = new Int32Array(new ArrayBuffer(plan.totalWords * 4));
    expect(hashState(words, plan.stateWords)).toEqual([0, 0]);
    expect(scramble(0)).toBe(0);
    const seen = new Set<string>();
    for (let cell = 0; cell < plan.stateWords; cell++) {
      words[cell] = 1;
      seen.add(hashText(hashState(words, plan.stateWords)));
      words[cell] = 0;
    }
    expect(seen.size).toBe(plan.stateWords);
  });

  it('is written with sixteen digits', () => {
    expect(hashText([1, -1])).toBe('ffffffff00000001');
  });
});

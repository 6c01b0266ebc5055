import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../src/memory/layout.ts';
import { layouts } from '../../src/memory/layouts/index.ts';
import { indicesOf, locate, makePlan, tableOfObject } from '../../src/memory/plan.ts';
import { sizes } from '../support/memory.ts';

const size = fc.integer({ min: 0, max: 5 });
const anySizes = fc.record({ vm: size, vcpu: size, gfn: size, hp: size, slot: size, file: size, inode: size, index: size, pfn: size, hva: size, actor: fc.integer({ min: 1, max: 70 }) });

describe('the memory map', () => {
  it('gives every object a number of its own, and finds its table and indices again', () => {
    fc.assert(fc.property(anySizes, (given) => {
      const plan = makePlan(Object.values(layouts), sizes(given), 5);
      let next = 0;
      for (const table of plan.tables) {
        expect(table.firstId).toBe(next);
        next += table.count;
        for (const id of [table.firstId, table.firstId + table.count - 1]) {
          if (table.count === 0) continue;
          expect(tableOfObject(plan, id)).toBe(table);
          const indices = indicesOf(plan, id);
          expect(indices).toHaveLength(table.dims.length);
          expect(table.firstId + indices.reduce((number, index, k) => number * table.dims[k]! + index, 0)).toBe(id);
        }
      }
      expect(plan.objects).toBe(next);
    }), { numRuns: 30 });
  });

  it('gives every state word to one field of one object', () => {
    const plan = makePlan(Object.values(layouts), sizes({ actor: 40 }), 0);
    let cell = 0;
    for (const table of plan.tables) {
      for (let element = 0; element < table.count; element++) {
        for (const field of table.fields) {
          for (let word = 0; word < field.words; word++, cell++) {
            const place = locate(plan, cell);
            expect([place.id, place.field.name, place.element]).toEqual([table.firstId + element, field.name, word]);
          }
        }
      }
    }
    expect(cell).toBe(plan.stateWords);
  });

  it('keeps state, versions and constants apart', () => {
    const plan = makePlan(Object.values(layouts), sizes(), 11);
    expect(plan.versions).toBe(plan.stateWords);
    expect(plan.constants).toBe(plan.versions + plan.objects);
    expect(plan.totalWords).toBe(plan.constants + 11);
  });

  it('gives a bit set one word for each 32 members', () => {
    const wide = layout('wide', { set: { bits: 'actor' } });
    expect([1, 32, 33, 64, 65].map((actor) => makePlan([wide], sizes({ actor }), 0).stateWords)).toEqual([1, 1, 2, 2, 3]);
  });

  it('refuses two layouts of one name', () => {
    const one = layout('one', { a: {} });
    expect(() => makePlan([one, one], sizes(), 0)).toThrow("two layouts are named 'one'");
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../src/memory/layout.ts';
import type { Observer } from '../../src/memory/views.ts';
import { memory } from '../support/memory.ts';

const thing = layout('thing', { plain: {}, count: { counter: true }, list: { cells: 'payload' }, set: { bits: 'actor' } }, { per: ['vm', 'gfn'] });
const single = layout('single', { value: {} });
const layouts = { thing, single };

describe('views', () => {
  it('keep the objects of a table apart', () => {
    const { tables } = memory(layouts);
    for (let vm = 0; vm < 3; vm++) for (let gfn = 0; gfn < 3; gfn++) tables.thing(vm, gfn).plain = 10 * vm + gfn + 1;
    for (let vm = 0; vm < 3; vm++) for (let gfn = 0; gfn < 3; gfn++) expect(tables.thing(vm, gfn).plain).toBe(10 * vm + gfn + 1);
  });

  // Beyond some thousand objects views are made when they are first asked for.
  it.each([[3, 3, 'small'], [70, 100, 'large']])('of %i × %i objects, a %s table, are the same object each time, each on its own words', (vm, gfn) => {
    const { tables } = memory(layouts, { vm, gfn });
    const seen = new Set<unknown>();
    for (const [a, b] of [[0, 0], [0, gfn - 1], [1, 0], [vm - 1, gfn - 1], [1, 1]] as const) {
      const view = tables.thing(a, b);
      expect(tables.thing(a, b)).toBe(view);
      seen.add(view);
      view.plain = 100 * a + b + 1;
      view.list.put(1, a);
      view.set.set(b % 2);
      expect([view.id, view.base]).toEqual([tables.thing(0, 0).id + a * gfn + b, tables.thing(0, 0).base + (a * gfn + b) * (tables.thing(0, 1).base - tables.thing(0, 0).base)]);
    }
    for (const [a, b] of [[0, 0], [0, gfn - 1], [1, 0], [vm - 1, gfn - 1], [1, 1]] as const) {
      expect([tables.thing(a, b).plain, tables.thing(a, b).list.at(1), tables.thing(a, b).set.first()]).toEqual([100 * a + b + 1, a, b % 2]);
    }
    expect(seen.size).toBe(5);
    for (const [a, b] of [[vm, 0], [0, gfn], [-1, 0], [0.005, 0], [NaN, 0]] as const) expect(() => tables.thing(a, b), `${a}, ${b}`).toThrow(`thing(${a}, ${b}) does not exist: the table has ${vm} × ${gfn} objects`);
    expect(() => tables.thing(0, -1)).toThrow('does not exist');
  });

  it('add to a counter and answer the sum', () => {
    const { tables } = memory(layouts);
    expect(tables.thing(1, 1).add_count(3)).toBe(3);
    expect(tables.thing(1, 1).add_count(-4)).toBe(-1);
    expect(tables.thing(1, 1).count).toBe(-1);
  });

  it('hold sets of more members than a word has bits', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 69 }), fc.boolean())), (changes) => {
      const { set } = memory(layouts, { actor: 70 }).tables.thing(2, 2);
      const model = new Set<number>();
      for (const [member, add] of changes) {
        if (add) { set.set(member); model.add(member); } else { set.clear(member); model.delete(member); }
      }
      for (let member = 0; member < 70; member++) expect(set.has(member)).toBe(model.has(member));
      expect(set.any()).toBe(model.size > 0);
      expect(set.first()).toBe(model.size === 0 ? -1 : Math.min(...model));
      for (let from = 0; from < 70; from++) {
        let clear = from;
        while (model.has(clear)) clear++;
        expect(set.firstClear(from)).toBe(clear);
      }
      set.clearAll();
      expect(set.any()).toBe(false);
    }));
  });

  it('refuse objects and elements that do not exist, by name', () => {
    const { tables } = memory(layouts);
    expect(() => tables.thing(3, 0)).toThrow('thing(3, 0) does not exist: the table has 3 × 3 objects');
    expect(() => tables.thing(0, 3)).toThrow('thing(0, 3) does not exist');
    expect(() => tables.thing(-1, 0)).toThrow('thing(-1, 0) does not exist');
    expect(() => tables.thing(0, 0).list.at(4)).toThrow('element 4 of an array of 4');
    expect(() => tables.thing(0, 0).list.put(4, 1)).toThrow('element 4 of an array of 4');
  });

  it('tell an observer of every access, with the object and the word', () => {
    const seen: unknown[] = [];
    const observer: Observer = {
      read: (id, cell) => { seen.push(['read', id, cell]); },
      write: (id, cell, previous, value) => { seen.push(['write', id, cell, previous, value]); },
    };
    const { tables } = memory(layouts, {}, observer);
    const one = tables.thing(0, 1);
    one.plain = 5;
    void one.plain;
    one.plain = 5;
    one.add_count(2);
    one.list.put(1, 9);
    expect(seen).toEqual([
      ['write', one.id, one.base, 0, 5], ['read', one.id, one.base], ['write', one.id, one.base, 5, 5],
      ['read', one.id, one.base + 1], ['write', one.id, one.base + 1, 0, 2], ['write', one.id, one.base + 3, 0, 9],
    ]);
  });

  it('tell an observer nothing of the layouts that it ignores', () => {
    const seen: number[] = [];
    const { tables } = memory(layouts, {}, { ignores: ['thing'], write: (id) => { seen.push(id); } });
    tables.thing(0, 0).plain = 1;
    tables.single().value = 2;
    expect(seen).toEqual([tables.single().id]);
    expect(tables.thing(0, 0).plain).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, columnText, shorten, wrap, type ColumnRow } from '../../src/check/columns.ts';

const row = (column: number, text: string, label?: string, marked?: boolean): ColumnRow =>
  ({ column, text, ...(label === undefined ? {} : { label }), ...(marked === undefined ? {} : { marked }) });

describe('one column per actor', () => {
  it('puts each step under its actor, numbers it, marks the one that matters, and drops who did nothing', () => {
    expect(columnText(['vcpu0', 'irq0', 'main'], [row(0, 'fault.map', '9'), row(2, 'slots.lock', '10'), row(0, 'folio.put', '11', true)])).toEqual([
      '      vcpu0      main',
      '   9  fault.map  |',
      '  10  |          slots.lock',
      '> 11  folio.put  |',
    ]);
  });

  it('lets a text run on over the columns behind it when there is no room for all', () => {
    const heads = ['vcpu0', 'vcpu1', 'main.gmem'];
    expect(columnText(heads, [row(0, 'mmu.readLockGranted'), row(1, 'mmu.readLock: queued'), row(2, 'gmem.nextFile'), row(0, 'ok')], 40)).toEqual([
      'vcpu0        vcpu1        main.gmem',
      'mmu.readLockGranted       |',
      '|            mmu.readLock: queued',
      '|            |            gmem.nextFile',
      'ok           |            |',
    ]);
  });

  it('stacks the heads of columns that are too narrow for them', () => {
    const heads = ['first.gmem', 'second.gmem', 'third.gmem'];
    expect(columnText(heads, heads.map((_head, k) => row(k, 'step')), 20)).toEqual([
      'first.gmem',
      '|      second.gmem',
      '|      |      third~',
      'step   |      |',
      '|      step   |',
      '|      |      step',
    ]);
  });

  it('prints notes under their step, in its column', () => {
    expect(columnText(['a', 'b'], [{ column: 1, text: 'step', label: '1', notes: ['x = 1'] }, row(0, 'go', '2')])).toEqual(['   a   b', '1  |   step', '   |   x = 1', '2  go  |']);
  });

  it('never is wider than it may be, has one line a step, and keeps the order and the columns', () => {
    const text = fc.stringMatching(/^[a-z]{1,12}\.[a-zA-Z]{1,20}(: [a-z]{1,10})?$/);
    const rows = fc.array(fc.record({ column: fc.integer({ min: 0, max: 11 }), text }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(rows, fc.integer({ min: 40, max: 120 }), (list, width) => {
      const heads = Array.from({ length: 12 }, (_one, k) => `actor${k}.gmem`);
      const lines = columnText(heads, list.map((one, k) => ({ ...one, label: String(k + 1) })), width);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      const body = lines.slice(-list.length);
      const starts = new Map<number, number>();
      const labels = String(list.length).length + 2;
      list.forEach(({ column }, k) => {
        expect(body[k]!.slice(0, labels - 2).trim()).toBe(String(k + 1));
        const start = labels + body[k]!.slice(labels).search(/[^ |]/);
        expect(starts.get(column) ?? start).toBe(start);
        starts.set(column, start);
      });
      const ordered = [...starts].toSorted(([a], [b]) => a - b).map(([, start]) => start);
      expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
      expect(new Set(ordered).size).toBe(ordered.length);
    }));
  });
});

describe('shortening', () => {
  it('takes the object away first, then cuts, and shows that it did', () => {
    expect(shorten('fault.snapshotSeq', 20)).toBe('fault.snapshotSeq');
    expect(shorten('fault.snapshotSeq', 12)).toBe('snapshotSeq');
    expect(shorten('fault.snapshotSeq', 8)).toBe('snapsho~');
    expect(clip('abc', 1)).toBe('a');
    expect(clip('abc', 0)).toBe('');
  });

  it('breaks text at spaces only, with an indent', () => {
    expect(wrap('one two three', '  ', 9)).toEqual(['  one two', '  three']);
    expect(wrap('unbreakable word', '', 5)).toEqual(['unbreakable', 'word']);
    expect(wrap('', '  ')).toEqual([]);
  });
});

// The committed recordings: exactly these counts, on these kernels.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMITTED, figureOf, judgeCommitted, tableOf, type Row } from '../../src/conform/committed.ts';

const folder = import.meta.dirname;
const root = join(folder, '../..');

/** equal, different, not applicable, beside */
const COUNTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'kernel-6.18-handmade.jsonl.gz v6.18': [3821, 0, 0, 0],
  'kernel-6.18-random.jsonl.gz v6.18': [10_230, 0, 0, 0],
  'kernel-7.3-named.jsonl.gz mainline': [2051, 0, 0, 0],
  'kernel-7.3-content.jsonl.gz mainline': [13_173, 0, 0, 0],
  'kernel-7.3-random.jsonl.gz mainline': [24_958, 0, 0, 0],
  'kernel-7.3-races.jsonl.gz mainline': [17, 0, 0, 6],
  'selftests.json.gz v6.8': [105, 0, 0, 188],
  'selftests.json.gz v6.12': [116, 0, 0, 177],
  'selftests.json.gz v6.18': [178, 0, 0, 115],
  'selftests.json.gz mainline': [187, 0, 0, 106],
  'selftests.json.gz conversions-2026': [90, 0, 5, 198],
};

describe('committed recordings', () => {
  const rows: Row[] = [];

  test.each(COMMITTED)('%s on %s', (file, kernel) => {
    const row = judgeCommitted(folder, file, kernel);
    rows.push(row);
    expect([row.equal, row.different, row.inapplicable, row.beside]).toEqual(COUNTS[`${file} ${kernel}`]);
    expect(row.equal + row.different + row.inapplicable).toBe(row.judged);
  });

  test('97 % of the recorded steps are applicable, 90 % of each file', () => {
    const steps = rows.filter(({ of }) => of === 'steps');
    const share = (list: readonly Row[]): number => 1 - list.reduce((sum, { inapplicable }) => sum + inapplicable, 0) / list.reduce((sum, { judged }) => sum + judged, 0);
    expect(share(steps)).toBeGreaterThanOrEqual(0.97);
    for (const row of steps) expect(share([row]), row.file).toBeGreaterThanOrEqual(0.9);
  });

  test('README.md and docs/conformance.md have these figures; node scripts/conformance.mjs writes them', () => {
    expect(rows.length).toBe(COMMITTED.length);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`<!-- figure of conformance -->\n${figureOf(rows)}\n`);
    expect(readFileSync(join(root, 'docs/conformance.md'), 'utf8')).toContain(`<!-- table of conformance -->\n${tableOf(rows)}\n`);
  });
});

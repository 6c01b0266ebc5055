// Tables of built-in kernels between two starts of the command: what is read is what was made, and what cannot be read is made anew.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { tableFiles } from '../../src/cli/table-files.ts';
import { packTable } from '../../src/kernel/packed-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultline-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tables = join(folder, 'tables');
const store = tableFiles(pathToFileURL(`${tables}/`));

test('a table comes back as it was made', () => {
  expect(store.find('v6.8')).toBeUndefined();
  const packed = packTable(v6_8.table);
  store.keep('v6.8', () => packed);
  expect(store.find('v6.8')).toEqual(packed);
  expect(readdirSync(tables)).toEqual(['v6.8.json']);
});

test('one that is spoilt is as if it was not there', () => {
  writeFileSync(join(tables, 'v6.8.json'), '{"edges": [1, 2');
  expect(store.find('v6.8')).toBeUndefined();
});

test('of a kernel that is not built in nothing is kept, and it is not made for that', () => {
  store.keep('my-patch', () => { throw new Error('was made'); });
  expect(store.find('my-patch')).toBeUndefined();
  expect(existsSync(join(tables, 'my-patch.json'))).toBe(false);
});

test('a folder that cannot be made keeps nothing, and that is no mistake', () => {
  writeFileSync(join(folder, 'file'), '');
  const none = tableFiles(pathToFileURL(`${join(folder, 'file', 'tables')}/`));
  none.keep('v6.8', () => packTable(v6_8.table));
  expect(none.find('v6.8')).toBeUndefined();
});

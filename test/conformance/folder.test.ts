// faultline conform FOLDER: each file by its kernel.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { textOfFile } from '../../src/conform/load.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

const first = textOfFile(join(import.meta.dirname, 'kernel-6.18-handmade.jsonl.gz')).split('\n').find((one) => one.includes('"create-flags-0x1"'))!;
mkdirSync(join(box.folder, 'own'));
mkdirSync(join(box.folder, 'known'));
writeFileSync(join(box.folder, 'own/mine.jsonl'), first);
writeFileSync(join(box.folder, 'known/kernel-6.18-handmade.jsonl.gz'), gzipSync(first));

test('a file of the committed names is judged by its kernel', async () => {
  const { code, out } = await box.run(['conform', 'known']);
  expect(out).toBe('v6.18      kernel-6.18-handmade.jsonl.gz: 6 of 6 steps\n\nresult     nothing differs\n');
  expect(code).toBe(0);
});

test('and one that is not compressed, without a side file', async () => {
  mkdirSync(join(box.folder, 'plain'));
  writeFileSync(join(box.folder, 'plain/kernel-6.18-handmade.jsonl'), first);
  expect(await box.run(['conform', 'plain'])).toMatchObject({ code: 0, out: 'v6.18      kernel-6.18-handmade.jsonl: 6 of 6 steps\n\nresult     nothing differs\n' });
});

test('another one by the kernel that is named, which may do otherwise', async () => {
  const { code, err } = await box.run(['conform', 'own']);
  expect(code).toBe(2);
  expect(err).toContain('which kernel own/mine.jsonl is of is not known: name it with --kernel');
  const told = await box.run(['conform', 'own', '--kernel', 'v6.8', '--json']);
  expect(told.code).toBe(1);
  expect(JSON.parse(told.out)).toMatchObject({ folder: 'own', rows: [{ file: 'mine.jsonl', kernel: 'v6.8', judged: 6, equal: 1, different: 5 }] });
});

test('options of one file are refused, and so is a folder without recordings', async () => {
  expect(await box.run(['conform', 'own', '--id', 'x'])).toMatchObject({ code: 2, err: expect.stringContaining('--id is of one file; own is a folder') as string });
  mkdirSync(join(box.folder, 'empty'));
  expect(await box.run(['conform', 'empty'])).toMatchObject({ code: 2, err: expect.stringContaining('empty has no recordings') as string });
});

// Trace files: growing as the run goes, readable however the process ended.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openTraceFile } from '../../src/trace/file-reader.ts';
import { TraceFileWriter } from '../../src/trace/file-writer.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { bytesOf, ENDLESS, record } from '../support/recorded.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultline-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file holds the bytes that the parts encode to, and reads back', async () => {
  const recorded = await record(ENDLESS, { limits: { steps: 40_000 } });
  const path = join(folder, 'a.trace');
  const writer = new TraceFileWriter(path, recorded.header, false);
  for (const batch of recorded.batches) writer.batch(batch);
  writer.finish(recorded.footer);
  expect(Buffer.from(bytesOf(recorded)).equals(readFileSync(path))).toBe(true);
  expect([...openTraceFile(path).batches()]).toEqual(recorded.batches);
});

test('an existing file is overwritten only when that is asked for', async () => {
  const { header } = await record();
  const path = join(folder, 'b.trace');
  writeFileSync(path, 'mine');
  expect(() => new TraceFileWriter(path, header, false)).toThrow(/EEXIST/);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  new TraceFileWriter(path, header, true).close();
  expect(readFileSync(path, 'utf8')).not.toBe('mine');
});

test('steps are in the file before the next ones are made', async () => {
  const recorded = await record(ENDLESS, { limits: { steps: 40_000 } });
  const path = join(folder, 'c.trace');
  const writer = new TraceFileWriter(path, recorded.header, false);
  for (const batch of recorded.batches) {
    writer.batch(batch);
    const read: number[] = [];
    expect(() => { for (const { first } of openTraceFile(path).batches()) read.push(first); }).toThrow(/c\.trace ends at byte \d+ without a footer/);
    expect(read.at(-1)).toBe(batch.first);
  }
  writer.close();
});

test('a source can be read several times, and left in the middle', async () => {
  const source = traceInMemory('x', bytesOf(await record(ENDLESS, { limits: { steps: 40_000 } })));
  for (const { first } of source.batches()) { expect(first).toBe(1); break; }
  expect([...source.batches()].length).toBe(3);
});

// The recorded traces and the texts made of them, which are reviewed like documents: recorded anew they are what they were, and
// each trace replays on the sources of today.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernels } from '../machines/kernels/index.ts';
import * as api from '../src/index.ts';
import type { Kernel } from '../src/kernel/define.ts';
import { loadKernel } from '../src/kernel/load.ts';
import { hashOf } from '../src/runtime/prepared.ts';
import { checkVersion, Replayer } from '../src/runtime/replay.ts';
import { WriteLog } from '../src/runtime/write-log.ts';
import { compile } from '../src/scenario/compile.ts';
import { openTraceFile } from '../src/trace/file-reader.ts';
import { fingerprintOf } from '../src/trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../src/trace/fingerprints.gen.ts';
import type { TraceHeader } from '../src/trace/header.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Names of the files with that ending in a folder, but for the last run's trace, which is nobody's. */
const namesIn = (folder: string, ending: string): string[] => readdirSync(folder)
  .filter((name) => name.endsWith(ending) && name !== 'last.trace').map((name) => basename(name, ending)).sort();
const traces = namesIn(join(root, 'traces'), '.trace');
const texts = namesIn(join(root, 'test/golden'), '.txt');
const mend = (what: string): string => `${what} has changed. If that is meant: npm run record-traces, then read what git diff says of test/golden`;

/** Where everything is recorded anew. */
const anew = mkdtempSync(join(tmpdir(), 'faultline-golden-'));
beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/record-traces.mjs'), '--into', anew], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`scripts/record-traces.mjs ended with ${status}: ${stderr}`);
});
afterAll(() => rmSync(anew, { recursive: true, force: true }));

test('what is recorded is what is kept, no more and no less', () => {
  expect(namesIn(join(anew, 'traces'), '.trace'), mend('the list of traces')).toEqual(traces);
  expect(namesIn(join(anew, 'test/golden'), '.txt'), mend('the list of texts')).toEqual(texts);
});

test.each(texts)('test/golden/%s.txt is what is printed today', (name) => {
  const [today, kept] = [anew, root].map((folder) => readFileSync(join(folder, `test/golden/${name}.txt`), 'utf8').replaceAll('\r\n', '\n'));
  expect(today, mend(`test/golden/${name}.txt`)).toBe(kept);
  expect(Math.max(...kept!.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
});

/** The kernel of a trace, its own text or one that is built in. */
const kernelOf = ({ kernel: name, kernelText }: TraceHeader): Kernel => (kernelText === undefined
  ? kernels.find((one) => one.name === name)! : loadKernel(kernelText.text, kernelText.file, api, kernels.map((one) => one.name)));

describe.each(traces)('traces/%s.trace', (name) => {
  const path = join(root, 'traces', `${name}.trace`);
  const source = openTraceFile(path);
  const { header } = source;

  test('was recorded with the sources of today, and replays to its end and its last memory', () => {
    const kernel = kernelOf(header);
    const today = fingerprintOf(kernel, header.kernelText?.text);
    const message = `machines, steps or what makes a world have changed since traces/${name}.trace was recorded: npm run record-traces`;
    expect(header.fingerprint, message).toBe(today);
    checkVersion(source, kernel, today, PACKAGE_VERSION);
    const replayer = new Replayer(source, kernel, compile(header.scenario, kernel), (objects) => new WriteLog(objects));
    replayer.runTo(Infinity);
    expect(replayer.footer).toMatchObject({ steps: replayer.step, hash: hashOf(replayer.world) });
    expect(['deadlock', 'violation']).toContain(replayer.footer!.why);
  });

  test('recorded anew is the same, byte by byte', () => {
    expect(readFileSync(path).equals(readFileSync(join(anew, 'traces', `${name}.trace`))), mend(`traces/${name}.trace`)).toBe(true);
  });

  test("carries a person's kernel as it stands in its file", () => {
    if (header.kernelText === undefined) expect(kernels.map((one) => one.name)).toContain(header.kernel);
    else expect(header.kernelText.text, mend(header.kernelText.file)).toBe(readFileSync(join(root, header.kernelText.file), 'utf8'));
  });
});

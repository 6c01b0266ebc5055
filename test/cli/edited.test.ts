// Traces that were edited and given right checksums again: each is one sentence, exit code 2, never a defect of the laboratory.

import { afterAll, expect, test } from 'vitest';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { bytesOf, record, withWord, type Recorded } from '../support/recorded.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

const deadlock = (): Promise<Recorded> => record(builtinScenario('SC22')!, { seed: 3 });

test.each<[string, () => Promise<Pick<Recorded, 'header' | 'batches' | 'footer'>>, RegExp]>([
  ['an actor that is none', async () => withWord(await record(), 30, 0, 999), /x\.trace is malformed at step 30: there is no actor 999; the scenario has \d+$/],
  ['another outcome', async () => { const r = await record(); return withWord(r, 30, 2, r.batches[0]!.records[29 * 4 + 2]! + 1); },
    /^faultline: the trace was edited, or the laboratory is not deterministic: x\.trace, step 30: '.*' answers '.*' here; the trace has outcome '.*'$/],
  ['another start', async () => { const r = await record(); return { ...r, header: { ...r.header, start: '0' } }; },
    /: the trace was edited, or the laboratory is not deterministic: x\.trace: the set-up of the scenario leaves memory [0-9a-f]{16} here; the trace has 0$/],
  ['another end', async () => { const r = await record(); return { ...r, footer: { ...r.footer, hash: '0' } }; },
    /: the trace was edited, or the laboratory is not deterministic: x\.trace, step \d+: behind it, the last, memory is [0-9a-f]{16} here; the trace has 0$/],
  ['an end that is no deadlock', async () => { const r = await record(); return { ...r, footer: { ...r.footer, why: 'deadlock' } }; },
    /x\.trace says in its footer that the run ended in a deadlock, but behind step \d+ nobody waits for anything: the footer was edited$/],
  ['a deadlock that is no end', async () => { const r = await deadlock(); return { ...r, footer: { ...r.footer, why: 'finished' } }; },
    /x\.trace says in its footer that the run came to its end, but behind step 22 'main' waits for ever: it is a deadlock: the footer was edited$/],
  ['an end in the middle', async () => { const r = await record(undefined, { limits: { steps: 20 } }); return { ...r, footer: { ...r.footer, why: 'finished' } }; },
    /x\.trace says in its footer that the run came to its end, but behind step 20 '.*' can still move: the footer was edited$/],
  ['a violation that is none', async () => { const r = await record(); return { ...r, footer: { ...r.footer, why: 'violation', violation: { id: 'S-01', sentence: 'is broken' } } }; },
    /x\.trace says in its footer that step \d+ broke S-01, but its replay breaks nothing: the footer was edited$/],
  ['a violation without a name', async () => { const r = await record(); return { ...r, footer: { ...r.footer, why: 'violation' } }; }, /x\.trace has a footer that does not say what was violated \(byte \d+\)$/],
  ['two formats', async () => { const r = await record(); return { ...r, header: { ...r.header, format: 3 } }; }, /x\.trace is of format 2 by its first line and of format 3 by its header \(byte \d+\)$/],
  ['a runtime that is none', async () => { const r = await record(); return { ...r, header: { ...r.header, runtime: 'dice' } }; },
    /x\.trace has a header that names runtime 'dice', which this faultline does not have; there is simulate/],
])('%s', async (_what, edited, sentence) => {
  box.write('x.trace', bytesOf(await edited()));
  const { code, err } = await box.run(['replay', 'x.trace']);
  expect(err.trimEnd()).toMatch(sentence);
  expect(code).toBe(2);
});

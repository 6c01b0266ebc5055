// A person's own kernel in the page: it can be made of everything that the command lets it be made of, its own objects are shown in words, and what is
// played with it by hand is saved with its text.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { kernelScript } from '../../src/inspect/given.ts';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { errorSentence, ownKernel, type OwnKernel } from '../../src/inspect/page/engine/own-kernel.ts';
import { traceOf } from '../../src/inspect/page/engine/save-trace.ts';
import { Reader } from '../../src/inspect/page/memory/reader.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { traceInMemory } from '../../src/trace/source.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const textOf = (file: string): string => readFileSync(`${examples}${file}`, 'utf8');
const kernelFiles = readdirSync(examples).filter((file) => file.endsWith('.ts') && /\b(?:derive|define)Kernel\(/.test(textOf(file)));
const outside = globalThis as { faultlineKernel?: unknown };
afterEach(() => { delete outside.faultlineKernel; });

/** The kernel of a text, as the page has it from the script that the server puts in front of its own. */
function inPage(file: string, text: string, fingerprint = 'none'): OwnKernel {
  runInThisContext(kernelScript({ file, text }, fingerprint));
  return ownKernel()!;
}

describe("a person's own kernel in the page", () => {
  it.each(kernelFiles)('examples/%s', (file) => {
    const { kernel, text } = inPage(file, textOf(file));
    expect(kernel.machines.length).toBeGreaterThan(0);
    expect(text).toEqual({ file, text: textOf(file) });
  });

  it('is the default of its file, where there are several; and what is no part of a kernel is refused by name', () => {
    const two = `import { deriveKernel, kernels } from 'faultline';
      export const other = deriveKernel(kernels[0], { name: 'other' });
      export default deriveKernel(kernels[0], { name: 'meant' });`;
    expect(inPage('two.ts', two).kernel.name).toBe('meant');
    expect(() => inPage('run.ts', "import { openRun } from 'faultline'; export default openRun();"))
      .toThrow("run.ts: in a page, 'faultline' exports no 'openRun'; a page has what kernels are made of, and 'openRun' is not of that");
  });

  it('is named where a step of it throws', async () => {
    const text = "import { deriveKernel, kernels } from 'faultline'; export default deriveKernel(kernels[0], { name: 'boom', steps: { 'guest.walk': () => { throw new TypeError('no such thing'); } } });";
    const own = inPage('boom.ts', text);
    const failed = await openScenario({ scenario: 'SC01', kernel: 'boom' }, own).then(() => undefined, (error: unknown) => error);
    expect(errorSentence(failed)).toBe('boom.ts: no such thing; in which line, faultline run with this kernel tells');
    const refused = await openScenario({ scenario: 'SC999' }, own).then(() => undefined, (error: unknown) => error);
    expect(errorSentence(refused)).toMatch(/^there is no scenario 'SC999'/);
  });

  it('shows its own objects in words: which huge pages are mixed', async () => {
    const own = inPage('lazy-split.ts', textOf('lazy-split.ts'));
    const session = new Session(await openScenario({ scenario: JSON.parse(textOf('touch-mixed.json')), kernel: 'lazy-split', seed: 1 }, own));
    session.go(session.length);
    const reader = new Reader(session.world, session.event());
    const table = reader.table('file_lpage_info')!;
    const said = (): string[] => reader.values(table, 1).map(({ word, text }) => `${word} ${text}`);
    expect(said()).toEqual(['file_lpage_info(inode 1).mixed_2m index 0', 'file_lpage_info(inode 1).mixed_1g none']);
    session.world.words[table.base + table.words] = 0b10001;
    expect(said()[0]).toBe('file_lpage_info(inode 1).mixed_2m index 0, 4');
  });

  it('goes with a trace that is saved, which opens where the kernel is, and nowhere else', async () => {
    const text = textOf('no-stale-test.ts');
    const own = inPage('no-stale-test.ts', text, 'fingerprint');
    const { name } = own.kernel;
    const session = new Session(await openScenario({ scenario: 'SC01', kernel: name, seed: 7 }, own));
    session.go(3);
    session.choose(session.actors().find(({ enabled }) => enabled)!.number);
    expect(session.forkedAt).toBe(3);
    const bytes = traceOf(session);
    const { header } = traceInMemory('saved', bytes);
    expect([header.kernel, header.kernelText, header.fingerprint]).toEqual([name, { file: 'no-stale-test.ts', text }, 'fingerprint']);
    const again = new Session(openTrace('saved', bytes, own));
    again.go(again.length);
    expect([again.length, again.problem, again.hashAt(4)]).toEqual([4, undefined, session.hashAt(4)]);
    expect(() => openTrace('saved', bytes)).toThrow("saved carries the text of a kernel ('no-stale-test'), which a page does not execute");
  });
});

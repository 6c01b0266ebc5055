// What is opened in the page comes from anybody: traces that were made to do harm, and pages that somebody has sent.

import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { html } from '../../src/export/html.ts';
import { pageFiles } from '../../src/inspect/page-files.ts';
import { singleFile } from '../../src/inspect/single-file.ts';
import { openRun } from '../../src/runtime/open.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { encodeBatch, encodeFooter, encodeHeader, joined } from '../../src/trace/encode.ts';
import type { TraceFooter, TraceHeader } from '../../src/trace/header.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { Looker, missingBrowser } from '../support/browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deadlock = new Uint8Array(readFileSync(join(root, 'traces/sc22-deadlock.trace')));

/** What would run if anything of a trace did. */
const EVIL = '<img src=x onerror="window.harmed = 1"></script><script>window.harmed = 1</script>';

/** A trace as it is, with another header or footer: every checksum is right. */
function changed(bytes: Uint8Array, header: Partial<TraceHeader>, footer: Partial<TraceFooter> = {}): Uint8Array {
  const source = traceInMemory('it', bytes);
  const parts: Uint8Array[] = [encodeHeader({ ...source.header, ...header })];
  const batches = source.batches();
  for (let next = batches.next(); ; next = batches.next()) {
    if (next.done === true) return joined([...parts, encodeFooter({ ...next.value, ...footer })]);
    parts.push(encodeBatch(next.value));
  }
}

/** The page of a trace as `faultline export --format html` writes it. */
function singlePage(bytes: Uint8Array): string {
  const source = traceInMemory('it', bytes);
  const kernel = builtinKernel(source.header.kernel)!;
  const topology = compile(source.header.scenario, kernel);
  const writer = html.open(source.header, topology.actors, { kernel, topology, page: (header) => singleFile(pageFiles(), header) });
  let text = String(writer.header());
  const events = eventsOfTrace(source, kernel, topology);
  for (let next = events.next(); ; next = events.next()) {
    if (next.done === true) return text + String(writer.end(next.value));
    text += String(writer.step(next.value));
  }
}

const unharmed = async (page: Page): Promise<void> => {
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  expect(await page.locator('img').count()).toBe(0);
};

describe.skipIf(missingBrowser !== undefined)(`what comes from anybody${missingBrowser === undefined ? '' : ` (${missingBrowser})`}`, () => {
  let looker: Looker;
  const folder = mkdtempSync(join(tmpdir(), 'faultline-page-'));
  beforeAll(async () => { looker = await Looker.start(); });
  afterAll(async () => {
    await looker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is text, whatever a trace says: names, titles, sentences', async () => {
    const scenario = { ...builtinScenario('SC22')!, title: EVIL, shows: EVIL };
    const trace = changed(deadlock, { scenario: scenario as unknown as Record<string, unknown> }, { why: 'violation', violation: { id: EVIL.slice(0, 60), sentence: EVIL } });
    const page = await looker.open(await looker.serve({ trace: EVIL }, { trace }));
    expect(await page.locator('.ending').innerText()).toContain('<img src=x onerror=');
    await unharmed(page);
    await page.close();
  });

  it('is refused in a sentence when it is wrong, and the page stays alive', async () => {
    const cut = deadlock.subarray(0, deadlock.length - 40);
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [changed(deadlock, { kernel: EVIL }), /there is no kernel '<img src=x/],
      [changed(deadlock, { fingerprint: '0'.repeat(16) }), /was recorded by faultline .* with other sources/],
      [changed(deadlock, { kernelText: { file: 'x.ts', text: 'globalThis.harmed = 1' } }), /carries the text of a kernel .* which a page does not execute/],
      [changed(deadlock, { scenario: { ...builtinScenario('scale')! as unknown as Record<string, unknown>, frames: 1_048_576 } }), /scenario|memory|megabytes|world/i],
      [Uint8Array.of(1, 2, 3), /is no trace|is not a trace|not a faultline trace|truncated|within its header/],
    ];
    const page = await looker.open(await looker.serve({ scenario: 'SC22' }));
    for (const [trace, sentence] of cases) {
      await page.goto('about:blank');
      await page.goto(await looker.serve({ trace: 'it' }, { trace }));
      await page.waitForSelector('.failed [role=alert]');
      expect(await page.locator('.failed [role=alert]').innerText()).toMatch(sentence);
      await unharmed(page);
    }
    await page.goto('about:blank');
    await page.goto(await looker.serve({ trace: 'it' }, { trace: cut }));
    await page.waitForSelector('.banner');
    expect(await page.locator('.banner').innerText()).toMatch(/ends within the chunk .* What stands before it is shown\.$/);
    expect(await page.locator('.status-step').innerText()).toMatch(/of 22/);
    await page.close();
  });

  it('is shown up to the step at which it is not the run that it says', async () => {
    const source = traceInMemory('it', deadlock);
    const [batch] = [...source.batches()];
    const records = batch!.records.slice();
    // Step 12 claims to be of another state.
    records[11 * 4 + 1] = records[11 * 4 + 1]! + 1;
    const trace = joined([encodeHeader(source.header), encodeBatch({ ...batch!, records }), encodeFooter({ why: 'steps', steps: 22, hash: 'x' })]);
    const page = await looker.open(await looker.serve({ trace: 'it' }, { trace }));
    await expect.poll(() => page.locator('.banner').count()).toBe(1);
    expect(await page.locator('.banner').innerText()).toMatch(/^step 12: the run has hw\.mf in state .*; here it is in/);
    await expect.poll(() => page.locator('.status-step').innerText()).toMatch(/of 11/);
    await page.close();
  });

  it('in an address is a sentence too', async () => {
    const address = await looker.serve({ scenario: 'SC22' });
    const page = await looker.open(`${address}#scenario=SC22&kernel=v6.8&seed=3&fork=0&by=nobody*3`);
    expect(await page.locator('.failed [role=alert]').innerText()).toMatch(/the address names actor 'nobody'/);
    for (const [hash, sentence] of [['#scenario=SC22&by=a*b', /which is no step/], ['#scenario=SC22&fork=0&by=main*999999999', /cannot take a step here/], [`#scenario=${encodeURIComponent(EVIL)}`, /there is no scenario '<img/]] as const) {
      await page.goto('about:blank');
      await page.goto(`${address}${hash}`);
      await page.waitForSelector('.failed [role=alert]');
      expect(await page.locator('.failed [role=alert]').innerText(), hash).toMatch(sentence);
      await unharmed(page);
    }
    await page.close();
  });

  it('opens from a disk as one file, executes there, and asks nobody for anything', async () => {
    const file = join(folder, 'run.html');
    const scenario = { ...builtinScenario('SC22')!, title: EVIL };
    writeFileSync(file, singlePage(changed(deadlock, { scenario: scenario as unknown as Record<string, unknown> })));
    const page = await looker.open(pathToFileURL(file).href);
    expect(await page.locator('.status-step').innerText()).toMatch(/^step 22 of 22: main\.gmem/);
    await page.keyboard.press('Home');
    await page.keyboard.press('j');
    await expect.poll(() => page.locator('.status-step').innerText()).toMatch(/^step 1 of 22: hw/);
    await page.getByRole('button', { name: 'let main take its next step' }).click();
    await expect.poll(() => page.locator('.status-step').innerText()).toMatch(/^step 2 of 2: main/);
    await unharmed(page);
    await looker.picture(page, 'single-file');
    await page.close();
    // The trace in it is the trace.
    const text = readFileSync(file, 'utf8');
    const base64 = /<script type="text\/plain" id="faultline-trace">([A-Za-z0-9+/]+={0,2})<\/script>/.exec(text)![1]!;
    const again = traceInMemory('again', Buffer.from(base64, 'base64'));
    const records = (source: typeof again): number[] => [...source.batches()].flatMap((batch) => [...batch.records.subarray(0, batch.count * 4)]);
    expect(records(again)).toEqual(records(traceInMemory('it', deadlock)));
    expect(text).toMatch(/http-equiv="content-security-policy" content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
    expect(text).not.toMatch(/unsafe-|https?:\/\/(?!www\.w3\.org)/);
  });

  it('did no harm, and left for nowhere', () => {
    expect(looker.offSite).toEqual([]);
    expect(looker.complaints).toEqual([]);
  });
});

describe('a page of many steps', () => {
  it('has them all, in chunks', async () => {
    const scenario = builtinScenario('stress')! as Scenario;
    const run = openRun(scenario, { seed: 3, limits: { steps: 9001 } });
    const parts: Uint8Array[] = [];
    run.batches.subscribe((batch) => parts.push(encodeBatch(batch)));
    const { why, steps, hash } = await run.start();
    const source = traceInMemory('it', deadlock);
    const { kernel, topology } = run.options;
    const header = { ...source.header, scenario: scenario as unknown as Record<string, unknown>, seed: 3, start: run.startHash };
    const trace = joined([encodeHeader(header), ...parts, encodeFooter({ why, steps, hash })]);
    const text = singlePage(trace);
    const base64 = /id="faultline-trace">([^<]*)</.exec(text)![1]!;
    const batches = [...traceInMemory('again', Buffer.from(base64, 'base64')).batches()];
    expect(batches.map(({ count }) => count)).toEqual([4096, 4096, 809]);
    expect(batches.flatMap((batch) => [...batch.records])).toEqual([...traceInMemory('it', trace).batches()].flatMap((batch) => [...batch.records]));
    expect([kernel.name, topology.actors.length]).toEqual(['v6.8', 41]);
  });
});

// The memory panel: what it says of page frames, locks and histories, held against the events of the run; and in a real browser, what was changed, the
// life of a page, and the way from a value to the step that wrote it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { folios, frameSentence, frameView, frameViews, namedBy } from '../../src/inspect/page/memory/frames.ts';
import { fileViews, pageSentence } from '../../src/inspect/page/memory/file-pages.ts';
import { History, type Moment } from '../../src/inspect/page/memory/history.ts';
import { Reader } from '../../src/inspect/page/memory/reader.ts';
import { Session } from '../../src/inspect/page/model.ts';
import type { Access } from '../../src/runtime/events.ts';
import { privateAt } from '../../src/steps/shareability.ts';
import { Looker, missingBrowser, seenPart } from '../support/browser.ts';

const trace = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));

/** The whole life of a page frame, found in slices that end each time that the clock is looked at. */
function lifeOf(session: Session, pfn: number): Moment[] {
  const history = new History(session, pfn);
  let slices = 1;
  while (!history.go(0, () => 0)) slices++;
  expect(slices, 'the page goes on in between').toBeGreaterThanOrEqual(Math.floor(session.length / 256));
  const { parts, cut, looked } = history;
  expect([looked, cut, parts[0]!.from, parts.at(-1)!.to]).toEqual([session.length, false, 1, session.length]);
  return parts.flatMap(({ moments }) => moments);
}

/** Layouts of a page frame's own objects. */
const OWN = /^(?:page|folio|folio_ref|folio_lock)$/;

describe('page frames', () => {
  const session = new Session(openTrace('sc22', trace));
  session.go(22);
  const reader = new Reader(session.world, session.event());
  const frames = frameViews(reader, reader.namings(), 100);

  test('what is in them, who has them', () => {
    expect([frames.count, frames.free]).toEqual([3, 2]);
    expect(frames.shown.map(frameSentence)).toEqual(['pfn 1: poison, 2 references, inode 1, index 0, poisoned, locked by hw.mf', 'pfn 2: free', 'pfn 3: free']);
  });

  test('who holds locks and who waits', () => {
    expect(reader.locks(new Set()).map(({ name, exclusive }) => [name, exclusive])).toEqual([['mf_mutex', ['hw.mf']], ['folio_lock(pfn 1)', ['hw.mf']], ['invalidate_lock(inode 1)', ['main.gmem']]]);
  });

  test('what the step changed, and only that', () => {
    session.go(14);
    const at14 = new Reader(session.world, session.event());
    const changed = session.world.plan.tables.filter(({ count, layout }) => count > 0 && layout.name !== 'frame').flatMap((table) => Array.from({ length: table.count }, (_one, k) => at14.values(table, k).filter((one) => one.changed).map(({ word, text }) => `${word} ${text}`)).flat());
    expect(changed).toEqual(['folio_ref(pfn 1).refcount 2']);
    expect([...at14.changedFrames]).toEqual([1]);
  });

  test('of many, those in use are shown', () => {
    const few = frameViews(reader, reader.namings(), 2);
    expect(few.shown.map(({ pfn }) => pfn)).toEqual([1]);
  });
});

describe('the life of a page frame', () => {
  let session: Session;
  beforeAll(async () => { session = new Session(await openScenario({ scenario: 'stress', seed: 5, steps: 3000 })); });

  test('is every step that touched it or changed who names it, as the events of the run say', () => {
    // It begins 2,000 steps before the cursor, and looks at what is before that last.
    session.go(2700);
    const events = session.events(1, 3000);
    for (const pfn of [1, 2]) {
      const moments = lifeOf(session, pfn);
      const own = ({ object, at }: Access): boolean => OWN.test(object) && at['pfn'] === pfn;
      const pointer = ({ object, field }: Access): boolean => session.world.plan.byName.get(object)!.fields.find(({ name }) => name === field)!.spec.ref === 'pfn' && !session.world.plan.byName.get(object)!.layout.ghost;
      const allocated = ({ object, element, old, value }: Access): boolean => object === 'buddy' && (element ?? 0) === pfn >> 5 && ((old! ^ value) & (1 << (pfn & 31))) !== 0;
      const steps = events.filter(({ reads, writes }) => [...reads, ...writes].some(own) || writes.some((one) => allocated(one) || (pointer(one) && one.old !== one.value && (one.old === pfn || one.value === pfn)))).map(({ step }) => step);
      expect(moments.map(({ step }) => step)).toEqual(steps);
      expect(moments.some(({ changes }) => changes.includes('is allocated')), 'something happened to it').toBe(true);
    }
  });

  test('says at each of its steps what memory said then', () => {
    for (const { step, page } of lifeOf(session, 1).filter((_one, k) => k % 7 === 0)) {
      session.go(step);
      const reader = new Reader(session.world, undefined);
      expect({ ...page, changed: false }, `step ${step}`).toEqual(frameView(reader, 1, namedBy(reader.namings(), 1)));
    }
  });
});

describe('pages of files', () => {
  /** What a page of the only file must be said to be, by the steps' own eyes. */
  const expected = ({ world: { objects, facts } }: Session, index: number): unknown => {
    const { pfn } = objects.cache(1, index);
    const mapped = Array.from({ length: facts.sizes.hva }, (_one, hva) => hva).filter((hva) => pfn !== 0 && objects.hpte(hva).pfn === pfn);
    return [privateAt(objects, 0, index) === 1 ? 'private' : 'shared', pfn, pfn === 0 ? 0 : objects.folio_ref(pfn).refcount, mapped.length];
  };

  test.each([['SC40', 'conversions-2026'], ['SC41', 'conversions-2026'], ['SC44', 'conversions-2025'], ['SC44', 'conversions-2026'], ['SC13', 'v6.8']])('%s on %s: private or shared, page frame, references, the host', async (scenario, kernel) => {
    const session = new Session(await openScenario({ scenario, kernel, seed: 1 }));
    const seen = new Set<string>();
    for (let step = 0; step <= session.length; step += 3) {
      session.go(step);
      const reader = new Reader(session.world, session.event());
      const [file] = fileViews(reader, reader.namings(), 100);
      const said = (file?.blocks ?? []).flat().map(({ privacy, frame, hptes }) => [privacy, frame?.pfn ?? 0, frame?.refcount ?? 0, hptes.length]);
      expect(said, `step ${step}`).toEqual(Array.from({ length: file!.pages }, (_one, index) => expected(session, index)));
      for (const [privacy] of said) seen.add(String(privacy));
    }
    expect([...seen].toSorted()).toEqual(['private', 'shared']);
  });

  test('a pinned page names who has it, as long as its reference is there; a conversion in progress is said', async () => {
    const session = new Session(await openScenario({ scenario: 'SC41', kernel: 'conversions-2026', seed: 1 }));
    const sentences = (): string[] => {
      const reader = new Reader(session.world, session.event());
      return fileViews(reader, reader.namings(), 100)[0]!.blocks.flat().map((page) => pageSentence(1, page));
    };
    const pinned: number[] = [];
    const events = session.events(1, session.length);
    for (let step = 0; step <= session.length; step++) {
      session.go(step);
      if (sentences()[1]!.includes('pinned by device')) pinned.push(step);
    }
    const writes = events.filter((one) => one.actor === 'device' && one.writes.some(({ field, old, value }) => field === 'pin0' && old !== value)).map(({ step }) => step);
    expect(writes).toHaveLength(2);
    expect([pinned[0], pinned.at(-1)! + 1, pinned.length]).toEqual([writes[0], writes[1], writes[1]! - writes[0]!]);
  });

  test('a folio of four pages is one block, and its later pages say so', async () => {
    const session = new Session(await openScenario({ scenario: 'SC13', seed: 1 }));
    session.go(session.length);
    const reader = new Reader(session.world, session.event());
    const blocks = folios(frameViews(reader, reader.namings(), 100).shown);
    expect(blocks.map((block) => block.map(({ pfn }) => pfn)).slice(0, 2)).toEqual([[1, 2, 3, 4], [5]]);
    expect(blocks[0]!.map(frameSentence)).toEqual(['pfn 1: zero, 1 reference, a folio of 4 pages, 2 guest mappings, mapped by the host', ...[2, 3, 4].map((pfn) => `pfn ${pfn}: zero, of the folio at pfn 1, mapped by the host`)]);
  });
});

describe.skipIf(missingBrowser !== undefined && process.env['CI'] === undefined)(`in a browser${missingBrowser === undefined ? '' : ` (skipped: ${missingBrowser})`}`, () => {
  let looker: Looker;
  let page: Page;
  beforeAll(async () => {
    looker = await Looker.start();
    page = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace }), { width: 1600, height: 1200 });
    await page.waitForSelector('#memory .frame');
  });
  afterAll(() => looker.stop());
  const at = async (): Promise<number> => Number(/step (\d+)/.exec((await page.textContent('.status-step'))!)![1]);

  test('who waits for a lock stands at it', async () => {
    expect(await page.locator('#memory tr', { hasText: 'folio_lock(pfn 1)' }).textContent()).toContain('held by hw.mfwanted by main.gmem');
  });

  test('a page is chosen: its whole life, and each step of it is gone to', async () => {
    await page.locator('#memory .frame').first().click();
    expect(await seenPart(page, '#memory .lens h3')).toBeGreaterThan(0.9);
    expect(await page.locator('#memory .moment').allTextContents()).toEqual(expect.arrayContaining([expect.stringContaining('folio_ref.refcount 1 → 2'), expect.stringContaining('folio_lock.owner none → hw.mf')]));
    await looker.picture(page, 'memory', '#memory');
    await page.locator('#memory .moment', { hasText: 'refcount 1 → 2' }).click();
    await expect.poll(at).toBe(14);
    expect(await page.locator('#memory .moment.here').textContent()).toContain('refcount 1 → 2');
  });

  test('what this step changed is marked, in the squares and in the values', async () => {
    expect(await page.locator('#memory .frame.changed').count()).toBe(1);
    expect(await page.locator('#memory .lens .value.changed').allTextContents()).toEqual(['refcount 2']);
    await page.keyboard.press('j');
    await expect.poll(at).toBe(15);
    await expect.poll(() => page.locator('#memory .frame.changed').count()).toBe(0);
  });

  test('a value leads to the step that wrote it last', async () => {
    await page.locator('#memory .lens .value', { hasText: 'hwpoison' }).click();
    await expect.poll(at).toBe(12);
  });

  test('the strip is a picture with a name, and a click goes there', async () => {
    const strip = page.locator('#memory .strip');
    expect(await strip.getAttribute('aria-label')).toMatch(/^Its life from step 1 to 22, \d+ steps that touched it$/);
    const { x, y, width, height } = (await strip.boundingBox())!;
    await page.mouse.click(x + width * 0.99, y + height / 2);
    await expect.poll(at).toBe(22);
  });

  test('a conversion that gives up: its chart, and in memory what is private, who has it mapped, and the pin', async () => {
    const own = await looker.open(await looker.serve({ scenario: 'SC44', kernel: 'conversions-2025', seed: 1 }), { width: 1600, height: 1200 });
    const there = async (step: number): Promise<string[]> => {
      await own.locator('#goto').fill(String(step));
      await own.locator('#goto').press('Enter');
      await expect.poll(() => own.textContent('.status-step')).toMatch(new RegExp(`^step ${step} of`));
      return own.locator('#memory .file-page').evaluateAll((all) => all.map((one) => String((one as unknown as { ariaLabel: string }).ariaLabel)));
    };
    expect(await there(60)).toEqual([
      'page 0 of inode 1: shared, being converted by main.gmem, gfn 0 of vm 0, pfn 1, host: 1, 2 references, mapped by hpte(hva 0x7f0020000)', 'page 1 of inode 1: private, gfn 1 of vm 0, no page frame',
      'page 2 of inode 1: shared, being converted by main.gmem, gfn 2 of vm 0, pfn 2, host: 3, 3 references, pinned by device, mapped by hpte(hva 0x7f0020002)',
    ]);
    await expect.poll(() => own.getAttribute('#chart .active', 'data-active')).toMatch(/^convert_gmem\.carryOut\./);
    await own.getByRole('button', { name: 'large', exact: true }).click();
    const { width, height } = (await own.locator('.chart-panel').boundingBox())!;
    expect([width, height]).toEqual([1580, 1180]);
    await looker.picture(own, 'chart-conversion');
    await own.getByRole('button', { name: 'small', exact: true }).click();
    await looker.picture(own, 'memory-conversion', '#memory');
    // A page without a page frame is asked for by its index.
    await own.locator('#memory .file-page').nth(1).click();
    await expect.poll(() => own.locator('#filter').inputValue()).toBe('index:1');
    await expect.poll(() => own.locator('#filter-says').innerText()).toMatch(/^\d+ steps(?!, looked)/);
    // A click on a page of the file shows the life of its page frame, with the pin.
    await own.locator('#memory .file-page').nth(2).click();
    await expect.poll(() => own.locator('#memory .lens h3').textContent()).toMatch(/^pfn 2: host: 3, .*pinned by device/);
    expect(await own.locator('#memory .moment', { hasText: 'frame(device).pin0 names it' }).count()).toBe(1);
    expect(await own.locator('#memory .strip .run.pins').count()).toBeGreaterThan(0);
    await own.close();
  });

  test('a folio of several pages is drawn as one block with its size', async () => {
    const own = await looker.open(await looker.serve({ scenario: 'SC13', seed: 1 }), { width: 1600, height: 1200 });
    await own.keyboard.press('End');
    const folio = own.locator('#memory .frames .folio');
    await folio.waitFor();
    expect(await folio.getAttribute('aria-label')).toBe('Folio of 4 pages at pfn 1');
    expect([await folio.locator('.frame').count(), await folio.locator('.folio-size').textContent()]).toEqual([4, '4 pages']);
    await looker.picture(own, 'memory-folio', '#memory');
    await own.close();
  });

  test('nothing complained', () => {
    expect(looker.complaints).toEqual([]);
    expect(looker.offSite).toEqual([]);
  });
});

// The memory panel: what it says of page frames, locks and histories, held against the events of the run; and in a real browser, what was changed, the
// life of a page, and the way from a value to the step that wrote it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { frameSentence, frameView, frameViews } from '../../src/inspect/page/memory/frames.ts';
import { historyOf } from '../../src/inspect/page/memory/history.ts';
import { Reader } from '../../src/inspect/page/memory/reader.ts';
import { Session } from '../../src/inspect/page/model.ts';
import type { Access } from '../../src/runtime/events.ts';
import { Looker, missingBrowser } from '../support/browser.ts';

const trace = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));

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
  beforeAll(async () => { session = new Session(await openScenario({ scenario: 'stress', seed: 5, steps: 1500 })); });

  test('is every step that touched it or changed who names it, as the events of the run say', () => {
    session.go(700);
    const events = session.events(1, 1500);
    for (const pfn of [1, 2]) {
      const history = historyOf(session, pfn)!;
      expect([history.from, history.to, history.cut]).toEqual([1, 1500, false]);
      const own = ({ object, at }: Access): boolean => OWN.test(object) && at['pfn'] === pfn;
      const pointer = ({ object, field }: Access): boolean => session.world.plan.byName.get(object)!.fields.find(({ name }) => name === field)!.spec.ref === 'pfn' && !session.world.plan.byName.get(object)!.layout.ghost;
      const allocated = ({ object, element, old, value }: Access): boolean => object === 'buddy' && (element ?? 0) === pfn >> 5 && ((old! ^ value) & (1 << (pfn & 31))) !== 0;
      const steps = events.filter(({ reads, writes }) => [...reads, ...writes].some(own) || writes.some((one) => allocated(one) || (pointer(one) && one.old !== one.value && (one.old === pfn || one.value === pfn)))).map(({ step }) => step);
      expect(history.moments.map(({ step }) => step)).toEqual(steps);
      expect(history.moments.some(({ changes }) => changes.includes('is allocated')), 'something happened to it').toBe(true);
    }
  });

  test('says at each of its steps what memory said then', () => {
    const history = historyOf(session, 1)!;
    for (const { step, page } of history.moments.filter((_one, k) => k % 7 === 0)) {
      session.go(step);
      const reader = new Reader(session.world, undefined);
      expect({ ...page, changed: false }, `step ${step}`).toEqual(frameView(reader, 1, (reader.namings().get(1) ?? []).map(({ table }) => table.layout.name)));
    }
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

  test('nothing complained', () => {
    expect(looker.complaints).toEqual([]);
    expect(looker.offSite).toEqual([]);
  });
});

// The explain panel: what it says of a deadlock and of a violation, tried out by playing the scenario otherwise; and in a real browser the way from
// a deadlock to the run that passes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariants } from '../../src/check/invariants/index.ts';
import { Player } from '../../src/explore/player.ts';
import type { Schedule } from '../../src/explore/schedule.ts';
import { linkText } from '../../src/inspect/page/engine/link.ts';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { Explaining, failureOf, type Explained } from '../../src/inspect/page/explain/explaining.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { Random } from '../../src/runtime/random.ts';
import { Looker, missingBrowser } from '../support/browser.ts';

const trace = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));

function looked(session: Session): Session {
  while (session.work(() => 0, 1));
  return session;
}

async function explained(session: Session, smallest: boolean): Promise<Explained> {
  const explaining = new Explaining(session, () => {});
  await explaining.run(smallest);
  expect(explaining.problem).toBeUndefined();
  return explaining.result!;
}

/** Does any of many orders of what follows these decisions pass? */
function avoided(session: Session, schedule: Schedule, tries: number): boolean {
  const { kernel, topology } = session.opened;
  const player = new Player(kernel, topology, { invariants });
  const actors = topology.actors.length;
  return Array.from({ length: tries }, (_one, seed) => {
    const random = new Random(seed + 1);
    const more = Array.from({ length: 400 }, () => ({ actor: 1 + random.below(actors), choice: random.below(2) }));
    const { broken, why } = player.play([...schedule, ...more], { complete: true, most: 3000 });
    return broken === undefined && why === 'finished';
  }).some((one) => one);
}

describe('a deadlock', () => {
  const session = looked(new Session(openTrace('sc22', trace)));

  test('who waits for whom, a twin that passes, and the step behind which it cannot be avoided', async () => {
    const { own, explanation: { waits, reordering }, noReturn, schedule } = await explained(session, false);
    expect(own).toBe(true);
    expect(waits.filter(({ object }) => !object.startsWith('mailbox')).map(({ actor, object, holders }) => [actor, object, ...holders.map((one) => `${one.actor} since ${one.since}`)]))
      .toEqual([['main.gmem', 'folio_lock(pfn 1)', 'hw.mf since 16'], ['hw.mf', 'invalidate_lock(inode 1)', 'main.gmem since 7']]);
    const { kernel, topology } = session.opened;
    const twin = new Player(kernel, topology, { invariants }).play(reordering!.steps.map(({ actor, choice }) => ({ actor, choice: choice ?? -1 })), { strict: true });
    expect([twin.broken, twin.steps.length]).toEqual([undefined, reordering!.steps.length]);
    // In front of that step some order avoids it; behind it none of many does.
    expect(noReturn).toBe(16);
    expect(avoided(session, schedule.slice(0, noReturn! - 1), 60)).toBe(true);
    expect(avoided(session, schedule.slice(0, noReturn), 60)).toBe(false);
  });

  test('the smallest run breaks the same in as few steps', async () => {
    const { own, shrunk, schedule } = await explained(session, true);
    expect(own).toBe(false);
    expect(shrunk!.after.steps).toBe(schedule.length);
    expect(shrunk!.after.steps).toBeLessThanOrEqual(22);
  });
});

describe('a violation', () => {
  let session: Session;
  beforeAll(async () => { session = looked(new Session(await openScenario({ scenario: 'SC26', seed: 2 }))); });

  test('its sentence, the racing pair in the order in which it fails, another order that passes', async () => {
    const failure = failureOf(session);
    expect(failure).toMatchObject({ kind: 'safety', id: 'S-11' });
    const { broken, explanation: { pair, reordering, steps } } = await explained(session, false);
    expect(broken.id).toBe('S-11');
    expect(steps).toHaveLength(session.length);
    expect(pair!.first.at).toBeLessThan(pair!.second.at);
    expect(pair!.first.actor).not.toBe(pair!.second.actor);
    // Each of the two touches what they are said to race for.
    for (const { at } of [pair!.first, pair!.second]) {
      const { reads, writes } = session.event(at)!;
      expect([...reads, ...writes].map(({ object }) => object)).toContain(/^\w+/.exec(pair!.objects[0]!)![0]);
    }
    const { kernel, topology } = session.opened;
    expect(new Player(kernel, topology, { invariants }).play(reordering!.steps.map(({ actor, choice }) => ({ actor, choice: choice ?? -1 })), { strict: true }).broken).toBeUndefined();
  });
});

test('a run in which nothing broke has nothing to explain', async () => {
  expect(failureOf(looked(new Session(await openScenario({ scenario: 'SC01', seed: 3 }))))).toBe('Nothing is broken in this run, so there is nothing to explain.');
});

describe.skipIf(missingBrowser !== undefined && process.env['CI'] === undefined)(`in a browser${missingBrowser === undefined ? '' : ` (skipped: ${missingBrowser})`}`, () => {
  let looker: Looker;
  let page: Page;
  beforeAll(async () => {
    looker = await Looker.start();
    page = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace }), { width: 1600, height: 1200 });
  });
  afterAll(() => looker.stop());
  const at = async (): Promise<string> => /step \d+ of \d+/.exec((await page.textContent('.status-step'))!)![0];

  test('explains, goes to the point of no return', async () => {
    await page.locator('#explain').getByRole('button', { name: 'explain', exact: true }).click();
    await page.waitForSelector('#explain .explain-return button');
    await looker.picture(page, 'explain', '#explain');
    await page.locator('#explain .explain-return button').click();
    await expect.poll(at).toBe('step 16 of 22');
    expect(await page.locator('#explain .twins.two .twin').count()).toBe(2);
    expect(await page.locator('#explain .twin .moved').count()).toBeGreaterThan(1);
  });

  test('shows the run that passes, and keeps the one that fails', async () => {
    await page.getByRole('button', { name: 'show the run that passes' }).click();
    await expect.poll(async () => Number((await at()).split(' ').at(-1))).toBeGreaterThan(22);
    await expect.poll(() => page.textContent('#explain')).toContain('Nothing is broken');
    await page.selectOption('select[aria-label="Runs that are kept"]', { index: 0 });
    await expect.poll(async () => (await at()).split(' ').at(-1)).toBe('22');
    expect(looker.complaints).toEqual([]);
  });

  test('a deadlock that was made by hand is explained too: who waits for whom at once, then the rest', async () => {
    const made = new Session(openTrace('sc22', trace));
    const order = Array.from({ length: 14 }, (_one, k) => made.records.actor(9 + k));
    made.go(8);
    for (const actor of order) made.choose(actor);
    const own = await looker.open(`${await looker.serve({ scenario: 'SC22' })}#${linkText(made.link()!)}`, { width: 1600, height: 1200 });
    expect(await own.locator('.ending.bad').textContent()).toBe('deadlock: nobody can go on behind step 22');
    const waits = own.getByRole('list', { name: 'Who waits for whom' });
    expect(await waits.getByRole('listitem').allTextContents()).toEqual(expect.arrayContaining(['main.gmem waits for folio_lock(pfn 1) of hw.mf', 'hw.mf waits for invalidate_lock(inode 1) of main.gmem']));
    await own.locator('#explain').getByRole('button', { name: 'explain', exact: true }).click();
    await own.waitForSelector('#explain .explain-return button');
    expect(await own.locator('#explain .twins.two .twin').count()).toBe(2);
    await looker.picture(own, 'explain-fork', '#explain');
    // Another step from before it: nothing is wrong there so far.
    await own.keyboard.press('Home');
    for (let k = 0; k < 8; k++) await own.keyboard.press('j');
    await own.getByRole('button', { name: 'let main.gmem take its next step' }).click();
    await expect.poll(() => own.locator('.ending.bad').count()).toBe(0);
    expect(looker.complaints).toEqual([]);
    await own.close();
  });
});

// The page in a real browser, as a person meets it. The points are those of what the page is for.

import axe from 'axe-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrace } from '../../src/inspect/page/engine/open.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { hashOf } from '../../src/runtime/prepared.ts';
import { FIRST_RUNS } from '../../src/inspect/page/engine/first-runs.ts';
import { Looker, missingBrowser, seenPart } from '../support/browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deadlock = new Uint8Array(readFileSync(join(root, 'traces/sc22-deadlock.trace')));

const status = (page: Page): Promise<string> => page.locator('.status-step').innerText();
const stepOf = async (page: Page): Promise<number> => Number(/^step (\d+) of/.exec(await status(page))![1]);
/** A colour of the style sheet, as it is drawn. */
const colourOf = (page: Page, name: string): Promise<string> => page.evaluate(`(() => { const one = document.createElement('i'); one.style.color = 'var(--${name})'; document.body.append(one); const { color } = getComputedStyle(one); one.remove(); return color; })()`);
/** Lets the page draw. */
const drawn = (page: Page): Promise<unknown> => page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
/** Goes to a step by its number. */
async function go(page: Page, step: number): Promise<void> {
  await page.locator('#goto').fill(String(step));
  await page.locator('#goto').press('Enter');
  await page.locator('#goto').press('Escape');
  await drawn(page);
}
/** Presses keys one after the other, and lets the page draw. */
async function keys(page: Page, ...list: string[]): Promise<void> {
  for (const key of list) await page.keyboard.press(key);
  await drawn(page);
}

it('there is a browser, at least where CI runs', () => {
  expect(process.env['CI'] === undefined ? undefined : missingBrowser).toBeUndefined();
});

describe.skipIf(missingBrowser !== undefined)(`the page${missingBrowser === undefined ? '' : ` (${missingBrowser})`}`, () => {
  let looker: Looker;
  let page: Page;
  beforeAll(async () => {
    looker = await Looker.start();
    page = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace: deadlock }));
  });
  afterAll(() => looker?.stop());

  it('opens on the answer: the cursor stands where it ended, and the bar says how', async () => {
    expect(await stepOf(page)).toBe(22);
    expect(await page.locator('.ending').innerText()).toBe('deadlock: nobody can go on behind step 22');
    await expect.poll(() => page.locator('.chip.held').count()).toBeGreaterThan(10);
  });

  it('says of everybody where they stand, what they wait for and who has it', async () => {
    const actors = await page.locator('.actor').allInnerTexts();
    const of = (name: string): string => actors.find((one) => one.startsWith(`${name}\n`))!.replaceAll(/\s+/g, ' ');
    expect(of('main.gmem')).toContain('waits for folio_lock(pfn 1), which hw.mf has');
    expect(of('main.gmem')).toContain('invalidate_lock(inode 1)');
    expect(of('hw.mf')).toContain('waits for invalidate_lock(inode 1), which main.gmem has');
    await looker.picture(page, 'actors', '#actors');
  });

  it('travels: by keys, by the slider, by number, by a click', async () => {
    await keys(page, 'Home');
    expect(await stepOf(page)).toBe(0);
    await keys(page, 'j', 'j', 'j');
    expect(await stepOf(page)).toBe(3);
    await keys(page, 'k');
    expect(await stepOf(page)).toBe(2);
    // Steps 4 to 8 are main.gmem's.
    await keys(page, 'J', 'J');
    expect(await stepOf(page)).toBe(4);
    await keys(page, 'J');
    expect(await stepOf(page)).toBe(9);
    await keys(page, 'K', 'K');
    expect(await stepOf(page)).toBe(3);
    await keys(page, 'g');
    expect(await stepOf(page)).toBe(22);
    await keys(page, '[');
    expect(await stepOf(page)).toBe(22);
    await keys(page, 'n');
    await page.keyboard.type('16');
    await keys(page, 'Enter', 'Escape');
    expect(await status(page)).toContain('hw.mf: MF3: folio_lock · takes folio_lock(pfn 1)');
    await page.locator('.slider').fill('7');
    await expect.poll(() => status(page)).toContain('takes invalidate_lock(inode 1) for writing');
    await page.locator('#step-12').click();
    await expect.poll(() => stepOf(page)).toBe(12);
    await keys(page, 'Home', ' ');
    await expect.poll(() => stepOf(page)).toBeGreaterThan(1);
    await keys(page, ' ');
    const there = await stepOf(page);
    await page.waitForTimeout(600);
    expect(await stepOf(page)).toBe(there);
  });

  it('follows a message, and the locks that somebody waits for', async () => {
    await keys(page, 'Home', 'j', 'j', 'f');
    expect(await stepOf(page)).toBe(4);
    await keys(page, 'F');
    expect(await stepOf(page)).toBe(2);
    // The way that was gone is kept, and each of its steps can be gone to again.
    const trail = page.getByRole('navigation', { name: 'Followed messages' });
    expect(await trail.getByRole('button').allInnerTexts()).toEqual(['2', '4', '2', '×']);
    await trail.getByRole('button', { name: '4', exact: true }).click();
    await expect.poll(() => stepOf(page)).toBe(4);
    await page.getByRole('button', { name: 'forget the followed messages' }).click();
    await expect.poll(() => trail.count()).toBe(0);
    // From a step that receives nothing itself, to what its actor has received before.
    await go(page, 9);
    await keys(page, 'F');
    expect(await stepOf(page)).toBe(3);
    await page.getByRole('button', { name: 'forget the followed messages' }).click();
    await go(page, 2);
    await keys(page, 'w');
    expect(await stepOf(page)).toBe(18);
    await keys(page, 'w');
    expect(await stepOf(page)).toBe(22);
    // A lock that is chosen: only who waits for that one.
    await page.getByRole('button', { name: 'folio_lock(pfn 1)', exact: true }).first().click();
    await keys(page, 'Home');
    await page.getByRole('button', { name: 'next time somebody waits for it' }).click();
    await expect.poll(() => stepOf(page)).toBe(22);
    await page.locator('#actors .lock.chosen').first().click();
  });

  it('shows what a step changed, who wrote that before, and what differs between two markers', async () => {
    await keys(page, 'Home', 'j', 'm', 'End', 'm');
    expect(await page.locator('.markers').innerText()).toContain('A 1, B 22: 21 steps');
    expect(await page.locator('#changes h3').innerText()).toMatch(/^From A to B: 21 steps, \d+ words differ$/);
    await go(page, 16);
    const row = page.locator('#changes tr', { hasText: 'folio_lock(pfn 1).owner' }).first();
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^folio_lock\(pfn 1\)\.owner none hw\.mf/);
    await looker.picture(page, 'changes', '#changes');
    await go(page, 20);
    await page.getByRole('button', { name: 'why: who wrote mmu_lock(vm 0).writer before' }).click();
    await expect.poll(() => stepOf(page)).toBe(11);
    await page.getByRole('button', { name: 'remove the markers' }).click();
  });

  it('searches and filters, by what a record says and by what only execution tells', async () => {
    await keys(page, '/');
    await page.keyboard.type('actor:hw.mf -outcome:ok');
    await expect.poll(() => page.locator('#filter-says').innerText()).toMatch(/^2 steps(?!, looked)/);
    await page.locator('#filter').fill('object:folio_lock');
    await expect.poll(() => page.locator('.row .number').allInnerTexts()).toEqual(['16']);
    // A page frame: what was done with its folio; and the list goes from one to the next.
    await page.locator('#filter').fill('pfn:1 -actor:main.gmem');
    await expect.poll(() => page.locator('.row .number').allInnerTexts()).toEqual(['1', '12', '14', '16', '18']);
    await looker.picture(page, 'steps', '#events');
    await page.locator('#filter').press('Escape');
    await go(page, 2);
    await page.locator('#filter-says').getByRole('button', { name: 'next' }).click();
    await expect.poll(() => stepOf(page)).toBe(12);
    await page.locator('#filter').fill('who:me');
    await expect.poll(() => page.locator('#filter-says').innerText()).toContain("there is no 'who:' to filter by");
    await page.locator('#filter').fill('');
    await keys(page, 'Escape');
    await page.getByLabel('as the kernel prints').check();
    await go(page, 12);
    expect(await page.locator('#step-12').innerText()).toMatch(/hw\.mf +0\.000012: faultline_step: name=mf\.setHwpoison/);
    await page.getByLabel('as the kernel prints').uncheck();
  });

  it('tells what led to a step from what is concurrent with it', async () => {
    await go(page, 18);
    await keys(page, 'c');
    expect(await page.locator('.status').innerText()).toMatch(/\d+ steps around are concurrent with this one/);
    const unrelated = await page.locator('.row.unrelated .number').allInnerTexts();
    // What the punch did under its own locks has nothing to do with the error so far; what the handler did has.
    expect(unrelated).toContain('17');
    expect(unrelated).not.toContain('16');
    await keys(page, 'c');
  });

  it('lets a person be the scheduler, keeps the fork, and opens the same state elsewhere by its address', async () => {
    await keys(page, 'Home');
    for (let k = 0; k < 8; k++) await keys(page, 'j');
    await page.getByRole('button', { name: 'let main.gmem take its next step' }).click();
    await expect.poll(() => status(page)).toMatch(/^step 9 of 9: main.gmem/);
    await page.getByRole('button', { name: 'run on' }).click();
    await expect.poll(() => page.locator('.status-say').innerText()).toMatch(/nobody can go on behind step \d+/);
    await drawn(page);
    const forked = await status(page);
    await expect.poll(() => page.url()).toContain('&fork=0&by=');
    await expect.poll(() => page.url()).toContain(`at=${await stepOf(page)}`);
    const address = page.url();
    const other = await looker.open(`${await looker.serve({ scenario: 'SC01' })}${address.slice(address.indexOf('#'))}`);
    expect(await status(other)).toBe(forked);
    expect(await other.locator('h1').innerText()).toContain('SC22 on v6.8');
    await other.close();
    const kept = page.getByLabel('Runs that are kept');
    for (const [run, actor] of [['the run', 'hw.mf'], ['fork at 8', 'main.gmem'], ['the run', 'hw.mf']]) {
      await kept.selectOption({ label: run! });
      await go(page, 9);
      await expect.poll(() => status(page)).toMatch(new RegExp(`^step 9 of 22: ${actor!}`));
    }
  });

  it('puts a memory error or a hole in, where somebody wants it', async () => {
    const own = await looker.open(`${await looker.serve({ scenario: 'SC01', seed: 1 })}#scenario=SC01&kernel=v6.8&seed=1&at=20`);
    await own.getByLabel('Put something in').selectOption({ label: 'memory error in page 0 of A' });
    await expect.poll(() => own.locator('.status-say').innerText()).toContain('memory error in page 0 of A: strike does it when you let it go on');
    const go = own.getByRole('button', { name: 'let strike take its next step' });
    await go.click();
    await expect.poll(() => status(own)).toMatch(/^step 22 of 22: strike: /);
    await go.click();
    await expect.poll(() => status(own)).toMatch(/^step 23 of 23: strike: /);
    await expect.poll(async () => own.url().includes('hands=1') && own.url().endsWith(`at=${await stepOf(own)}`)).toBe(true);
    // The run as it was is kept beside it.
    const kept = own.getByLabel('Runs that are kept');
    await kept.selectOption({ label: 'before something was put in' });
    await expect.poll(() => status(own)).toMatch(/^step 20 of (?!2\d:)/);
    expect(await own.getByRole('button', { name: 'let strike take its next step' }).count()).toBe(0);
    await kept.selectOption({ label: 'with what was put in' });
    await expect.poll(async () => own.url().includes('hands=1') && own.url().endsWith(`at=${await stepOf(own)}`)).toBe(true);
    expect(await status(own)).toMatch(/^step 23 of 23: strike: /);
    const [there, address] = [await status(own), own.url()];
    const again = await looker.open(`${await looker.serve({ scenario: 'SC22' })}${address.slice(address.indexOf('#'))}`);
    expect(await status(again)).toBe(there);
    await Promise.all([own.close(), again.close()]);
  });

  it('has a lane for everybody, in groups by VM that can be shut, zooms and scrolls', async () => {
    await looker.picture(page, 'timeline', '#timeline');
    const own = await looker.open(`${await looker.serve({ scenario: 'stress' })}#scenario=stress&kernel=v6.8&seed=1&steps=3000&at=1500`);
    const lanes = own.locator('.lane-name:not(.group)');
    const [vm, host] = [own.getByRole('button', { name: /^vm0, \d+ actors$/ }), own.getByRole('button', { name: /^host, \d+ actors$/ })];
    const before = await lanes.count();
    const shots = async (): Promise<string> => (await own.locator('.lanes-canvas').screenshot()).toString('base64');
    await vm.focus();
    await own.keyboard.press('Enter');
    await expect.poll(() => vm.getAttribute('aria-expanded')).toBe('false');
    const [hidden] = /\d+(?= actors)/.exec((await vm.textContent())!)!;
    await expect.poll(() => lanes.count()).toBe(before - Number(hidden));
    await host.click();
    await expect.poll(() => lanes.count()).toBe(0);
    // Columns tell waits, retries and exits from the rest.
    await keys(own, ...'-----');
    const [saved] = await Promise.all([own.waitForEvent('download'), own.getByLabel('Save a picture of a panel').selectOption({ label: 'Timeline, SVG' })]);
    const columns = readFileSync(await saved.path(), 'utf8').match(/<rect [^>]*width="3"[^>]*>/g)!;
    for (const kind of ['wait', 'warn', 'text']) {
      const colour = await colourOf(own, kind);
      expect(columns.filter((one) => one.includes(`fill="${colour}"`)).length, kind).toBeGreaterThan(0);
    }
    await keys(own, ...'+++++');
    // What the groups have done is drawn at their rows: it follows when the run is zoomed and scrolled.
    await drawn(own);
    const all = await shots();
    await own.locator('.lanes-canvas').hover({ position: { x: 300, y: 40 } });
    await own.mouse.wheel(0, 400);
    await expect.poll(shots).not.toBe(all);
    await drawn(own);
    const wide = await shots();
    await own.mouse.wheel(0, -400);
    await own.mouse.wheel(200, 0);
    await expect.poll(shots).not.toBe(wide);
    await host.click();
    await own.locator('.lane-name', { hasText: /^puncher$/ }).click();
    await looker.picture(own, 'timeline-groups', '#timeline');
    // Where there is room for one column only, the parts stand one below the other, and no list makes the page as long as the run.
    await own.setViewportSize({ width: 1000, height: 800 });
    await drawn(own);
    const [long, wide1000] = await own.evaluate('[document.querySelector("main").scrollHeight, document.documentElement.scrollWidth]') as [number, number];
    expect([long < 4000, wide1000]).toEqual([true, 1000]);
    await own.close();
  });

  it('offers runs to choose from where there is none, by link and by key, and comes back to them', async () => {
    const own = await looker.open(await looker.serve({ start: true }));
    await looker.picture(own, 'start');
    expect(await own.locator('.runs a').count()).toBe(FIRST_RUNS.length);
    await own.keyboard.press('4');
    await own.locator('.ending.bad').waitFor();
    expect(await own.locator('h1').innerText()).toContain('SC22 on v6.8, seed 3');
    await own.getByRole('link', { name: 'runs' }).click();
    await own.getByRole('link', { name: 'The same race, made small' }).click();
    await expect.poll(() => own.locator('.ending').innerText()).toMatch(/^S-11 broken by step 40: /);
    // An address that is none is a sentence here too, and not an end without a word.
    await own.evaluate("location.hash = '#scenario=SC22&seed=x'");
    await own.locator('.failed [role=alert]').waitFor();
    await own.getByRole('link', { name: 'other runs to look at' }).click();
    await own.locator('.runs').waitFor();
    await own.close();
  });

  it('opens a violation on its step, with the chip of what was broken first, and explains it: the two that race, and which passes', async () => {
    const own = await looker.open(await looker.serve({ scenario: 'SC26', seed: 2 }));
    await expect.poll(() => stepOf(own)).toBe(41);
    expect(await own.locator('.ending.bad').innerText()).toMatch(/^S-11 broken by step 41: index 0 of file 1 is bound to memslot 1, which was freed$/);
    await expect.poll(() => own.locator('.chip').first().innerText()).toMatch(/^✗ S-11 @41/);
    await looker.picture(own, 'verdicts', '.verdicts');
    // What a person wants first is in sight on a small screen too, without scrolling: what the step did that others see, how to have it explained, who goes on.
    expect(await own.locator('#changes tbody tr').first().innerText()).toMatch(/^memslot\(slot 1\)\.state\s+live\s+freed/);
    for (const part of ['#changes tbody tr:first-child', '#explain .explain-sentence', '#explain .explain-tools', '#actors .go', '#chart .chart', '#memory .frames']) expect(await seenPart(own, part), part).toBeGreaterThan(0.9);
    await keys(own, 'Home', ']');
    expect(await stepOf(own)).toBe(41);
    // What can be taken along: the address, the command, a test.
    await own.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const [what, text] of [['link to this state (y)', own.url()], ['command that comes here', 'npx --no faultline run SC26 --seed 2'], ['test that replays what breaks', /^import .*\n.*replaySchedule\('SC26', 'v6\.8', \[\n.*id: 'S-11',/s]] as const) {
      await own.getByLabel('Copy', { exact: true }).selectOption({ label: what });
      await expect.poll(() => own.locator('.status-say').innerText()).toContain('copied');
      expect(await own.evaluate('navigator.clipboard.readText()'), what).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
    }
    await keys(own, 'Home');
    await own.locator('.chip.violated').click();
    await expect.poll(() => stepOf(own)).toBe(41);
    await own.locator('#explain').getByRole('button', { name: 'explain', exact: true }).click();
    const pair = own.getByRole('group', { name: 'The racing pair' });
    await pair.waitFor();
    const [a, b] = await pair.locator('.racer').allInnerTexts();
    expect([a, b]).toEqual([expect.stringMatching(/^A step \d+: \S+ (?:reads|writes) /), expect.stringMatching(/^B step \d+: \S+ (?:reads|writes) /)]);
    await own.locator('.explain-return button').waitFor();
    expect(await seenPart(own, '#explain .pair .racer:first-child')).toBeGreaterThan(0.9);
    await looker.picture(own, 'explain-violation', '#explain');
    const noReturn = Number(/\d+/.exec(await own.locator('.explain-return button').innerText())![0]);
    // The timeline has the violation, and the step of no return.
    const [saved] = await Promise.all([own.waitForEvent('download'), own.getByLabel('Save a picture of a panel').selectOption({ label: 'Timeline, SVG' })]);
    const svg = readFileSync(await saved.path(), 'utf8');
    expect(svg).toMatch(/>violation<\/text>/);
    expect(svg).toMatch(/>no return<\/text>/);
    expect(noReturn).toBeLessThanOrEqual(41);
    // The smallest run beside it: how small, and what it does without.
    await own.getByRole('button', { name: 'explain the smallest run' }).click();
    await expect.poll(() => own.locator('#explain').innerText()).toMatch(/breaks the same in 40 steps and 3 context switches, .*it was 41 and 9\. Left out: every step of gmem:1\./);
    await own.getByRole('button', { name: 'open it' }).click();
    await expect.poll(() => own.locator('.ending').innerText()).toMatch(/^S-11 broken by step 40: /);
    await own.close();
  });

  it('draws lanes, locks, waiting, messages in the timeline, as its picture says', async () => {
    const own = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace: deadlock }));
    await own.locator('.chip.held').first().waitFor();
    const [saved] = await Promise.all([own.waitForEvent('download'), own.getByLabel('Save a picture of a panel').selectOption({ label: 'Timeline, SVG' })]);
    const svg = readFileSync(await saved.path(), 'utf8');
    for (const text of ['main.gmem', 'hw.mf', 'invalidate_lock(inode 1)', 'mf_mutex', 'folio_lock(pfn 1)']) expect(svg, text).toContain(`>${text}</text>`);
    const parts = async (name: string, tag: string): Promise<number> => {
      const color = await colourOf(own, name);
      return [...svg.matchAll(new RegExp(`<${tag} [^>]*>`, 'g'))].filter(([one]) => one.includes(color)).length;
    };
    // Locks that are held, waiting that is hatched, two messages with their heads.
    expect(await parts('lock', 'rect')).toBeGreaterThanOrEqual(4);
    expect(await parts('wait', 'rect')).toBeGreaterThan(4);
    expect(await parts('message', 'line')).toBe(6);
    // What lies under the pointer is said, as long as it is there.
    const lane = own.locator('.lane-name', { hasText: /^hw\.mf$/ });
    const [{ y }, { x, width }] = [(await lane.boundingBox())!, (await own.locator('.lanes-canvas').boundingBox())!];
    await own.mouse.move(x + width * 0.93, y + 20);
    await expect.poll(() => own.locator('.lanes-told').innerText()).toBe('hw.mf holds mf_mutex, from step 9 on; folio_lock(pfn 1), from step 16 on');
    await own.locator('h1').hover();
    await expect.poll(() => own.locator('.lanes-told').isVisible()).toBe(false);
    expect(await lane.getAttribute('title')).toBe('machine memory-failure; 6 steps, 1 wait for a lock');
    await own.close();
  });

  it('saves what was made by hand as a trace, which opens and replays like any other', async () => {
    const own = await looker.open(`${await looker.serve({ scenario: 'SC22' })}#scenario=SC22&kernel=v6.8&seed=3&at=8`);
    await own.getByRole('button', { name: 'let main.gmem take its next step' }).click();
    await own.getByRole('button', { name: 'run on' }).click();
    await expect.poll(() => own.locator('.status-say').innerText()).toMatch(/nobody can go on behind step/);
    const [saved] = await Promise.all([own.waitForEvent('download'), own.getByRole('button', { name: 'save trace' }).click()]);
    expect(saved.suggestedFilename()).toBe('SC22-fork.trace');
    const opened = openTrace('saved', new Uint8Array(readFileSync(await saved.path())));
    expect(opened.records.count).toBe(Number(/of (\d+)/.exec(await status(own))![1]));
    const session = new Session(opened);
    session.go(session.length);
    expect([session.problem, hashOf(session.world)]).toEqual([undefined, opened.footer!.hash]);
    await expect.poll(() => own.locator('.status-say').innerText()).toContain('faultline replay SC22-fork.trace');
    await own.close();
  });

  it('saves pictures of all panels', async () => {
    const own = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace: deadlock }));
    await own.locator('#chart .active').waitFor();
    const labels = await own.getByLabel('Save a picture of a panel').locator('option').allInnerTexts();
    expect(labels.slice(1)).toEqual(['Timeline', 'Steps', 'Actors', 'Statechart', 'This step', 'Explain', 'Memory'].flatMap((title) => [`${title}, SVG`, `${title}, PNG`]));
    for (const label of labels.slice(1)) {
      // A browser lets a page save one file after the other only while somebody does something.
      await own.locator('h1').click();
      const [saved] = await Promise.all([own.waitForEvent('download'), own.getByLabel('Save a picture of a panel').selectOption({ label })]);
      const bytes = readFileSync((await saved.path()));
      if (label.endsWith('SVG')) {
        const svg = bytes.toString();
        expect(svg, label).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
        // What is written by the style sheet is in it too.
        expect(svg, label).toContain({ Timeline: '>main.gmem<', Steps: '>Steps<', Actors: '>main.gmem<', Statechart: 'folio_lock', 'This step': 'written', Explain: 'nobody can go on', Memory: '0 · pfn 1' }[label.replace(', SVG', '')]!);
      } else {
        expect(bytes.subarray(0, 8), label).toEqual(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]));
        expect(bytes.length, label).toBeGreaterThan(3000);
      }
    }
    await own.close();
  });

  it('is usable by keyboard alone, with names for everything', async () => {
    await keys(page, '?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await looker.picture(page, 'help');
    // It begins at its beginning, and the way out is in sight wherever one reads.
    for (const part of ['.keys > div', '.help-head button']) expect(await seenPart(page, part), part).toBeGreaterThan(0.9);
    await page.evaluate("document.querySelector('dialog').scrollTo(0, 10000)");
    expect(await seenPart(page, '.help-head button')).toBeGreaterThan(0.9);
    await keys(page, 'Escape');
    expect(await page.locator('dialog').count()).toBe(0);
    // Everything that can be pressed is reached by the tabulator, and is seen to be.
    await page.evaluate('document.activeElement.blur(); window.scrollTo(0, 0)');
    const reached = new Set<string>();
    for (let k = 0; k < 140; k++) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate(`(() => { const one = document.activeElement; return { name: one === document.body ? '' : one.getAttribute('aria-label') || one.textContent.slice(0, 40) || one.id, outline: getComputedStyle(one).outlineStyle }; })()`) as { name: string; outline: string };
      if (name === '') continue;
      expect(outline, name).not.toBe('none');
      if (reached.has(name) && name.startsWith('deadlock')) break;
      reached.add(name);
    }
    for (const wanted of ['Copy', 'play', 'Step', 'Filter of steps', 'Steps', 'hw.mf', 'run on', 'Put something in']) expect([...reached].some((one) => one.startsWith(wanted)), wanted).toBe(true);
  });

  it('has no serious fault that axe finds, in light and dark, at 1280 and 1920', async () => {
    for (const [scheme, width, height] of [['light', 1280, 800], ['dark', 1280, 800], ['light', 1920, 1080], ['dark', 1920, 1080]] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      await keys(page, 'g');
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })') as { violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] };
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary.slice(0, 300)}`)).toEqual([]);
      await looker.picture(page, `page-${scheme}-${width}`);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('has asked nobody but its own server, and complained of nothing', () => {
    expect(looker.offSite).toEqual([]);
    expect(looker.complaints).toEqual([]);
  });
});

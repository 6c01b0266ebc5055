// The statechart panel in a real browser: where actors are and what they wait for, what was seen and what cannot be, keys, two kernels beside
// each other. What it counts is checked against the run itself.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mainline } from '../../machines/kernels/mainline.ts';
import { builtLayouts } from '../../src/cli/chart-layouts.ts';
import { sceneOf, type Scene } from '../../src/export/machines/scene.ts';
import { fitted, following, moved, zoomed } from '../../src/inspect/page/chart/camera.ts';
import { countSteps, heatOf, impossibleIn, marksAgainst, visitsOf } from '../../src/inspect/page/chart/facts.ts';
import { openTrace } from '../../src/inspect/page/engine/open.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { Looker, missingBrowser } from '../support/browser.ts';
import { v6_8 } from '../support/recorded.ts';

const trace = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));
const layouts = builtLayouts();
const scene = (name: string, kernel = v6_8): Scene => sceneOf(kernel, kernel.machines.find(({ machine }) => machine === name)!, layouts);

describe('what a chart says of a run', () => {
  const { records } = openTrace('sc22', trace);
  const gmem = scene('gmem-op');
  const visits = visitsOf(countSteps(v6_8, records), gmem);

  test('every step of the machine counts where it was made, around it, and at the lines that it took', () => {
    const steps = Array.from({ length: records.count }, (_one, k) => v6_8.table.leaves[records.leaf(k + 1)]!).filter(({ machine }) => machine === 'gmem-op');
    expect(visits.states.get('')).toBe(steps.length);
    for (const { path } of gmem.boxes) if (path !== '') expect(visits.states.get(path) ?? 0, path).toBe(steps.filter((leaf) => leaf.path === path || leaf.path.startsWith(`${path}.`)).length);
    const begun = [...visits.lines].filter(([id]) => gmem.lines.find((line) => line.id === id)!.labels.length > 0 && visits.states.has(gmem.lines.find((line) => line.id === id)!.from));
    expect(begun.filter(([id]) => v6_8.table.leaves.some(({ machine, path }) => machine === 'gmem-op' && path === gmem.lines.find((line) => line.id === id)!.from)).reduce((sum, [, count]) => sum + count, 0)).toBe(steps.length);
  });

  test('heat grows with the count, from the first visit to the most', () => {
    expect([0, 1, 2, 30, 1000].map((count) => heatOf(count, 1000))).toEqual([0, 1, 1, 3, 5]);
    expect(heatOf(1, 1)).toBe(1);
  });

  test('a state that no transition leads to is impossible, others are not', () => {
    expect([...impossibleIn(v6_8, scene('vcpu'))]).toEqual([]);
    // Nobody finds a root stale any more: what follows from it stays drawn, and cannot be.
    const cut = deriveKernel(v6_8, { name: 'cut', fragments: { 'mmu.fault': (edit) => edit.redirect('stale', 'stale', 'map') } });
    expect([...impossibleIn(cut, { ...scene('vcpu'), kernel: 'cut' })].map((path) => path.split('.').at(-1))).toEqual(['unlockStale', 'putStale']);
  });

  test('two kernels: what only one has, and what both have otherwise', () => {
    const [old, late] = [scene('vcpu'), scene('vcpu', mainline)];
    expect([...marksAgainst(old, old)]).toEqual([]);
    const marks = marksAgainst(late, old);
    const known = new Set(old.boxes.map(({ path }) => path));
    for (const { path } of late.boxes) expect(marks.get(path) === 'only here', path).toBe(!known.has(path));
    expect([...marks.values()].filter((one) => one === 'changed').length).toBeGreaterThan(0);
  });
});

describe('what is seen of a drawing', () => {
  const panel = { width: 400, height: 300 };
  test('all of it fits; the point under the pointer stays when it grows; what is followed comes into sight', () => {
    const all = fitted({ width: 4000, height: 1000 }, panel);
    expect([all.x, all.y]).toEqual([2000, 500]);
    expect(4000 * all.scale).toBeLessThanOrEqual(400);
    const camera = { x: 100, y: 100, scale: 1 };
    const at = { x: 300, y: 50 };
    const place = ({ x, y, scale }: typeof camera): number[] => [x + (at.x - 200) / scale, y + (at.y - 150) / scale];
    const [before, after] = [place(camera), place(zoomed(camera, 1.7, panel, at))];
    after.forEach((one, k) => expect(one).toBeCloseTo(before[k]!, 6));
    expect(moved({ x: 0, y: 0, scale: 2 }, 10, -20)).toEqual({ x: -5, y: 10, scale: 2 });
    expect(following(camera, [90, 90, 20, 20], panel)).toBe(camera);
    expect(following(camera, [1000, 2000, 20, 10], panel)).toMatchObject({ x: 1010, y: 2005 });
    expect(following(all, [0, 0, 20, 10], panel).scale).toBe(1);
  });
});

describe.skipIf(missingBrowser !== undefined && process.env['CI'] === undefined)(`in a browser${missingBrowser === undefined ? '' : ` (skipped: ${missingBrowser})`}`, () => {
  let looker: Looker;
  let page: Page;
  beforeAll(async () => {
    looker = await Looker.start();
    page = await looker.open(await looker.serve({ trace: 'sc22.trace' }, { trace }), { width: 1600, height: 1000 });
    await page.waitForSelector('#chart .active');
  });
  afterAll(() => looker.stop());

  test('the state is lit, and why the actor cannot go on is said: on what, held by whom', async () => {
    expect(await page.getAttribute('#chart .active', 'data-active')).toBe('fallocate.carryOut.punch.truncate.lock');
    expect(await page.locator('#chart .active.blocked').count()).toBe(1);
    expect(await page.textContent('#chart .chart-next')).toContain('it waits for folio_lock(pfn 1), held by hw.mf');
    // The way that it came: from the state before, drawn once more.
    expect(await page.locator('#chart .taken').count()).toBe(1);
    await looker.picture(page, 'chart', '#chart');
  });

  test('the active state can be seen in its panel', async () => {
    const [panel, active] = [await page.locator('#chart .chart').boundingBox(), await page.locator('#chart .active').boundingBox()];
    expect(active!.x).toBeGreaterThanOrEqual(panel!.x);
    expect(active!.y).toBeGreaterThanOrEqual(panel!.y);
    expect(active!.x + active!.width).toBeLessThanOrEqual(panel!.x + panel!.width);
    expect(active!.y + active!.height).toBeLessThanOrEqual(panel!.y + panel!.height);
  });

  test('a step by key moves it; another actor has another chart', async () => {
    await page.keyboard.press('k');
    await page.waitForSelector('#chart [data-active$="truncate.find"]');
    await page.locator('.lane-name', { hasText: 'hw.mf' }).click();
    await expect.poll(() => page.textContent('#chart .chart-next')).toContain('hw.mf is in');
    expect(await page.textContent('#chart .chart-next')).toContain('held by main.gmem');
  });

  test('states that were seen and not seen are told apart by more than colour', async () => {
    expect(await page.locator('#chart .leaf.seen').count()).toBeGreaterThan(3);
    const unseen = page.locator('#chart .leaf.unseen rect').first();
    expect(await unseen.getAttribute('fill')).toBe('url(#chart-here-unseen)');
  });

  test('by keyboard: from state to state, with what it stands for; Enter goes to the step; plus zooms, 0 shows all', async () => {
    const chart = page.locator('#chart .chart');
    await chart.focus();
    const told = (): Promise<string | null> => page.textContent('#chart .chart-told');
    await page.keyboard.press('ArrowUp');
    await expect.poll(told).toMatch(/in this run/);
    expect(await page.locator('#chart .pointed').count()).toBe(1);
    for (let k = 0; k < 120 && !/\d+ steps? in this run/.test((await told())!); k++) await page.keyboard.press('ArrowUp');
    const path = /^\S+/.exec((await told())!)![0];
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getAttribute('#chart .active', 'data-active')).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')}`));
    const camera = (): Promise<string> => page.locator('#chart .camera').evaluate((element) => (element as unknown as { style: { transform: string } }).style.transform);
    const seen = await camera();
    await page.keyboard.press('+');
    await expect.poll(camera).not.toBe(seen);
    await page.keyboard.press('0');
    await expect.poll(async () => Number(/scale\(([^)]*)\)/.exec(await camera())![1])).toBeLessThan(0.4);
    await page.keyboard.press('Escape');
  });

  test('another kernel beside it: what is different is marked in both', async () => {
    await page.locator('.lane-name', { hasText: 'main.gmem' }).click();
    await expect.poll(() => page.textContent('#chart .chart-next')).toContain('main.gmem');
    await page.selectOption('#chart select', 'mainline');
    await page.waitForSelector('#chart .charts.two svg >> nth=1');
    expect(await page.locator('#chart .chart').count()).toBe(2);
    expect(await page.locator('#chart .only-here').count()).toBeGreaterThan(0);
    expect(await page.locator('#chart figcaption').allTextContents()).toEqual([expect.stringMatching(/^kernel v6\.8: \d+ only here, \d+ changed$/), expect.stringMatching(/^kernel mainline: \d+ only here, \d+ changed$/)]);
    await page.getByRole('button', { name: 'large', exact: true }).click();
    await looker.picture(page, 'chart-two-kernels');
    await page.getByRole('button', { name: 'small', exact: true }).click();
    await page.selectOption('#chart select', '');
  });

  test('a state that is pointed at says what it stands for; the last transition moves, unless somebody wants no motion', async () => {
    await page.getByRole('button', { name: 'fit', exact: true }).click();
    // It comes to its place a moment later.
    const told = async (): Promise<string | null> => {
      await page.locator('#chart .leaf.seen rect').first().hover({ force: true });
      return page.textContent('#chart .chart-told');
    };
    await expect.poll(told).toMatch(/\d+ steps? in this run/);
    const motion = (): Promise<string> => page.locator('#chart .taken').first().evaluate((element) => (globalThis as unknown as { getComputedStyle(one: unknown): { animationName: string } }).getComputedStyle(element).animationName);
    expect(await motion()).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await motion()).toBe('chart-take');
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  test('nothing was fetched from elsewhere, nothing complained', () => {
    expect(looker.offSite).toEqual([]);
    expect(looker.complaints).toEqual([]);
  });
});

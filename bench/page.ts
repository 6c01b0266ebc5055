// npm run bench:page: how long a trace of a million steps takes to open in a real browser, how smoothly its timeline scrolls, how long any
// step takes to be reached, also while the life of a page frame is looked for, and in a large world. Of each the middle one of several, since machines are busy.

import { chromium, type Page } from 'playwright-core';
import { kernels } from '../machines/kernels/index.ts';
import { pageFiles } from '../src/inspect/page-files.ts';
import { serve } from '../src/inspect/server.ts';
import { tableOf } from '../src/inspect/table.ts';
import { openRun, recordTrace } from '../src/runtime/open.ts';
import { chromiumPath } from './chromium.ts';

const STEPS = Number(process.argv[2] ?? 1_000_000);

async function traceOf(steps: number): Promise<Uint8Array> {
  const run = openRun('stress', { seed: 7, limits: { steps } });
  const finish = recordTrace(run);
  return finish(await run.start());
}

/** Milliseconds from when the trace has arrived until the state at the cursor is on the screen. */
const opened = (page: Page): Promise<number> => page.evaluate(`new Promise((done) => {
  const see = () => {
    const here = performance.getEntriesByName('faultline-shown')[0];
    const there = performance.getEntriesByName('faultline-arrived')[0];
    if (here === undefined) requestAnimationFrame(see); else done(here.startTime - there.startTime);
  };
  see();
})`);

/** Milliseconds of each frame while the timeline is scrolled over the whole run, and zoomed. */
const frames = (page: Page): Promise<number[]> => page.evaluate(`new Promise((done) => {
  const canvas = document.querySelector('.lanes-canvas');
  const times = [];
  let last = 0, n = 0;
  const tick = (now) => {
    if (last > 0) times.push(now - last);
    last = now;
    if (n++ >= 180) { done(times); return; }
    const zoom = n % 60 < 20;
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: zoom ? (n % 120 < 60 ? 40 : -40) : 0, deltaX: zoom ? 0 : 60, shiftKey: !zoom, cancelable: true }));
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})`);

/** How long steps take to be reached, in milliseconds: by the clock, and of the page's own thread for each, which others on a busy machine do not change. */
interface Reached { readonly times: readonly number[]; readonly own: number }

/** Goes to steps here and there, until they are on the screen with all panels. */
async function reached(page: Page): Promise<Reached> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async (): Promise<number> => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  const before = await spent();
  const times = await page.evaluate<number[]>(`(async () => {
  const slider = document.querySelector('.slider');
  const times = [];
  for (let k = 1; k <= 40; k++) {
    const step = Math.floor((k * 0.6180339887 % 1) * Number(slider.max));
    const from = performance.now();
    slider.value = String(step);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)));
    times.push(performance.now() - from);
  }
  return times;
})()`);
  const own = (await spent() - before) / times.length;
  await session.detach();
  return { times, own };
}

const reachedText = ({ times, own }: Reached): string => `${middle(times).toFixed(1)} ms until it is on the screen, at most ${Math.max(...times).toFixed(1)} ms of ${times.length}; ${own.toFixed(1)} ms of the page's own thread`;

/** Milliseconds until the life of the first page frame in use is whole, and those that steps take meanwhile. */
async function lived(page: Page): Promise<{ readonly whole: number; readonly count: string; readonly meanwhile: Reached }> {
  const from = performance.now();
  await page.locator('#memory .frame:not(.free)').first().click();
  await page.waitForSelector('#memory .lens [role=status]');
  const meanwhile = await reached(page);
  await page.locator('#memory .lens [role=status]').filter({ hasNotText: '%' }).waitFor({ timeout: 120_000 });
  return { whole: performance.now() - from, count: (await page.locator('#memory .lens [role=status]').innerText()).replace(/ .*/, ''), meanwhile };
}

const middle = (list: readonly number[], at = 0.5): number => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * at))]!;

const executablePath = chromiumPath();
if (executablePath === undefined) {
  console.error("bench:page needs a browser: install Debian's package chromium");
  process.exit(2);
}
const trace = await traceOf(STEPS);
const server = await serve(tableOf(pageFiles(), { trace: 'stress.trace' }, { trace, kernels: kernels.map(({ name }) => name) }), 0);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
try {
  const opens: number[] = [];
  let page: Page | undefined;
  for (let k = 0; k < 3; k++) {
    await page?.close();
    page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(server.address);
    opens.push(await opened(page));
  }
  await page!.waitForSelector('.chip.held', { timeout: 60_000 });
  const times = await frames(page!);
  const steps = await reached(page!);
  const life = await lived(page!);
  await page!.close();
  const large = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await large.goto(`${server.address}#scenario=scale&kernel=v6.8&seed=1`);
  await large.waitForSelector('.chip.held', { timeout: 60_000 });
  const inLarge = await reached(large);
  console.log(`trace      ${STEPS.toLocaleString('en')} steps of stress, ${(trace.length / 2 ** 20).toFixed(1)} MB`);
  console.log(`opens in   ${middle(opens).toFixed(0)} ms after transfer (${opens.map((one) => one.toFixed(0)).join(', ')}); wanted: under 3000`);
  console.log(`scrolls    ${(1000 / middle(times)).toFixed(0)} frames a second, one frame in twenty takes more than ${middle(times, 0.95).toFixed(1)} ms; wanted: above 50 frames`);
  console.log(`any step   ${reachedText(steps)}; wanted: under 50`);
  console.log(`a life     ${life.count} steps that touched a page frame, all found after ${(life.whole / 1000).toFixed(1)} s; any step meanwhile ${reachedText(life.meanwhile)}`);
  console.log(`scale      any step of 20,000 of scenario scale, a world of 48 MB: ${reachedText(inLarge)}`);
} finally {
  await browser.close();
  await server.close();
}

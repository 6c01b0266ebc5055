// Makes docs/page.png, the picture of the page in the README, from the page itself: `npm run page-picture`, when it has changed.

import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, install } from './setup.mjs';

install();
await build();
const { kernels } = await import('../dist/machines/kernels/index.js');
const { pageFiles } = await import('../dist/src/inspect/page-files.js');
const { serve } = await import('../dist/src/inspect/server.js');
const { tableOf } = await import('../dist/src/inspect/table.js');
const { chromiumPath } = await import('../dist/bench/chromium.js');

const executablePath = chromiumPath();
if (executablePath === undefined) {
  console.error("page-picture needs a browser: install Debian's package chromium");
  process.exit(2);
}
const server = await serve(tableOf(pageFiles(), { scenario: 'SC22', kernel: 'v6.8', seed: 3 }, { kernels: kernels.map(({ name }) => name) }), 0);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(server.address);
  await page.locator('.chip.held').first().waitFor();
  await page.getByRole('button', { name: 'explain', exact: true }).click();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: fileURLToPath(new URL('../docs/page.png', import.meta.url)) });
} finally {
  await browser.close();
  await server.close();
}

// A real browser for tests of the page: Chromium, where the system keeps it. Pictures of what was seen are kept in artefacts/.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumPath } from '../../bench/chromium.ts';
import { kernels } from '../../machines/kernels/index.ts';
import type { Given } from '../../src/inspect/given.ts';
import { pageFiles } from '../../src/inspect/page-files.ts';
import { serve, type PageServer } from '../../src/inspect/server.ts';
import { tableOf, type Beside } from '../../src/inspect/table.ts';

const place = chromiumPath();

/** Why no page can be looked at; nothing where one can. */
export const missingBrowser: string | undefined = place === undefined ? "a browser is missing here: install Debian's package chromium" : undefined;

const ARTEFACTS = fileURLToPath(new URL('../../artefacts', import.meta.url));

/** Milliseconds in which a page does what it is told, on a machine that is busy too. */
const PATIENCE = 120_000;

/** How much of an element is in sight, from 0 to 1, cut by whatever scrolls or ends around it. */
export const seenPart = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`new Promise((done) => new IntersectionObserver(([one]) => done(one.intersectionRatio)).observe(document.querySelector(${JSON.stringify(selector)})))`);

/** A browser, and the servers of the pages that it looks at. */
export class Looker {
  readonly browser: Browser;
  /** Requests that left for anywhere but the page's own server. */
  readonly offSite: string[] = [];
  /** What the page complained of. */
  readonly complaints: string[] = [];
  private readonly servers: PageServer[] = [];

  private constructor(browser: Browser) {
    this.browser = browser;
  }

  static async start(): Promise<Looker> {
    return new Looker(await chromium.launch({ executablePath: place!, args: ['--no-sandbox', '--disable-dev-shm-usage'], timeout: PATIENCE }));
  }

  /** Serves what is given, as the command does; answers the address. */
  async serve(given: Given, beside: Partial<Beside> = {}): Promise<string> {
    const server = await serve(tableOf(pageFiles(), given, { kernels: kernels.map(({ name }) => name), ...beside }), 0);
    this.servers.push(server);
    return server.address;
  }

  /** Opens an address and waits until the page has said something. */
  async open(address: string, { width = 1280, height = 800, scheme = 'light' }: { width?: number; height?: number; scheme?: 'light' | 'dark' } = {}): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce' });
    page.setDefaultTimeout(PATIENCE);
    const own = new URL(address);
    page.on('request', (request) => {
      const url = request.url();
      if (/^(?:data|blob|about):/.test(url) || [own.origin + own.pathname, ...this.servers.map((server) => server.address)].some((one) => one.startsWith('http') && url.startsWith(one))) return;
      if (own.protocol !== 'file:' || url.split('#')[0] !== own.href.split('#')[0]) this.offSite.push(url);
    });
    page.on('pageerror', (error) => { this.complaints.push(error.message); });
    page.on('console', (message) => { if (message.type() === 'error') this.complaints.push(message.text()); });
    await page.goto(address);
    await page.waitForSelector('.status-step, .failed, .live, .start');
    return page;
  }

  /** Keeps a picture of the page, or of one panel. */
  async picture(page: Page, name: string, panel?: string): Promise<void> {
    mkdirSync(ARTEFACTS, { recursive: true });
    const path = join(ARTEFACTS, `${name}.png`);
    await (panel === undefined ? page.screenshot({ path }) : page.locator(panel).screenshot({ path }));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    for (const server of this.servers) await server.close();
  }
}

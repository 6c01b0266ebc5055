// faultline inspect, as a person meets it on the command line; and a run on real threads that is followed.

import { chmodSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Looker, missingBrowser } from '../support/browser.ts';
import { PATCH, Sandbox } from '../support/command.ts';
import { inspecting as started, type Inspecting } from '../support/inspecting.ts';

const box = new Sandbox();
beforeAll(async () => {
  box.write('patch.ts', PATCH);
  await Promise.all([box.run(['run', 'SC22', '--seed', '3']), box.run(['run', 'SC01', '--seed', '7', '--kernel', './patch.ts', '--trace', 'own.trace'])]);
});
afterAll(() => box.remove());

const inspecting = (...args: readonly string[]): Promise<Inspecting> => started(box.folder, args);

describe('inspect', () => {
  it('prints the address of the last run, and ends in order at Ctrl-C', async () => {
    const { child, address, out, ended } = await inspecting('--port', '0');
    expect(out()).toMatch(/^inspecting traces\/last\.trace, kernel v6\.8: http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\non this machine only; Ctrl-C ends it\n$/);
    const answer = await fetch(`${address}session.json`);
    expect(await answer.json()).toEqual({ trace: 'traces/last.trace' });
    expect((await fetch(`${address}trace`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('takes the next port when one is taken, and says so', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen({ host: '127.0.0.1', port: 0 }, resolve); });
    const { port } = taken.address() as AddressInfo;
    const { child, address, err, ended } = await inspecting('SC01', '--seed', '7', '--kernel', './patch.ts', '--port', String(port));
    await expect.poll(err).toBe(`faultline: port ${port} is taken; this is the next one that is free\n`);
    expect(Number(new URL(address).port)).toBeGreaterThan(port);
    const session = await (await fetch(`${address}session.json`)).json() as { scenario: string; kernel: string; seed: number };
    expect(session).toMatchObject({ scenario: 'SC01', seed: 7 });
    expect(await (await fetch(`${address}kernel.js`)).text()).toContain(`globalThis.faultlineKernel = { file: "./patch.ts"`);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await new Promise((resolve) => { taken.close(resolve); });
  });

  it('offers runs to choose from where there is no last one, and a scenario where options say how to run it', async () => {
    const folder = join(box.folder, 'fresh');
    mkdirSync(folder);
    const { child, address, out, ended } = await started(folder, ['--port', '0']);
    expect(out()).toMatch(/^runs to choose from, since there is no traces\/last\.trace: http:\S+\n/);
    expect(await (await fetch(`${address}session.json`)).json()).toEqual({ start: true });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const other = await started(folder, ['--port', '0', '--seed', '4']);
    expect(await (await fetch(`${other.address}session.json`)).json()).toMatchObject({ scenario: 'stress-small', seed: 4 });
    other.child.kill('SIGINT');
    await other.ended;
  });

  it('opens the address in what the system has for that with --open; where there is nothing, it says so and goes on', async () => {
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
    const programs = join(box.folder, 'programs');
    mkdirSync(programs);
    box.write(`programs/${opener}`, '#!/bin/sh\nprintf %s "$1" > opened.part && mv opened.part opened\n');
    chmodSync(join(programs, opener), 0o755);
    const { child, address, ended } = await started(box.folder, ['--port', '0', '--open'], { PATH: `${programs}:${process.env['PATH']}` });
    await expect.poll(() => box.has('opened')).toBe(true);
    expect(box.read('opened').toString()).toBe(address);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const alone = await started(box.folder, ['--port', '0', '--open'], { PATH: join(box.folder, 'fresh') });
    await expect.poll(() => alone.err()).toBe('faultline: there is nothing here that opens a browser; open the address yourself\n');
    expect((await fetch(alone.address)).status).toBe(200);
    alone.child.kill('SIGINT');
    expect(await alone.ended).toBe(0);
  });

  it('runs the text of a kernel that came with a trace only where it is told to trust it', async () => {
    // The file that the trace names is there, with the same text: nothing is to be trusted that is not there already.
    const here = await inspecting('own.trace', '--port', '0');
    expect(await (await fetch(`${here.address}kernel.js`)).text()).toContain('globalThis.faultlineKernel');
    here.child.kill('SIGINT');
    await here.ended;
    renameSync(join(box.folder, 'patch.ts'), join(box.folder, 'away.ts'));
    try {
      const { code, err } = await box.run(['inspect', 'own.trace', '--port', '0']);
      expect(code).toBe(2);
      expect(err).toContain('--trust');
      const trusting = await inspecting('own.trace', '--port', '0', '--trust');
      expect(await (await fetch(`${trusting.address}kernel.js`)).text()).toContain('no-stale-test');
      trusting.child.kill('SIGINT');
      expect(await trusting.ended).toBe(0);
    } finally {
      renameSync(join(box.folder, 'away.ts'), join(box.folder, 'patch.ts'));
    }
  });

  it('refuses in a sentence what it cannot show', async () => {
    for (const [args, sentence] of [
      [['nothing.trace'], 'trace nothing.trace: there is no such file or folder'],
      [['traces/last.trace', '--seed', '4'], '--seed is for scenarios, and traces/last.trace is a trace, which says that itself'],
      [['traces/last.trace', '--kernel', 'v6.12'], '--kernel is for scenarios, and traces/last.trace is a trace, which says that itself; leave it out, or execute its schedule on another kernel: npx --no faultline replay traces/last.trace --kernel K'],
      [['SC01', '--live'], '--live follows a run on real threads; add --runtime threads'],
      [['SC01', '--runtime', 'threads'], '--runtime threads needs --live'],
      [['SC01', '--port', '70000'], '--port: it takes a whole number from 0 to 65535'],
    ] as const) {
      const { code, err } = await box.run(['inspect', ...args]);
      expect(`${code} ${err}`).toContain(`2 faultline: ${sentence}`);
    }
  });
});

describe.skipIf(missingBrowser !== undefined)(`a kernel of one's own${missingBrowser === undefined ? '' : ` (${missingBrowser})`}`, () => {
  it('has its charts, in the page that is served and in the one that is a file', async () => {
    const looker = await Looker.start();
    const { child, address, ended } = await inspecting('SC01', '--seed', '7', '--kernel', './patch.ts', '--port', '0');
    try {
      expect(await box.run(['export', 'own.trace', '--format', 'html', '-o', 'own.html', '--force'])).toMatchObject({ code: 0, err: '' });
      for (const [place, name] of [[address, 'served'], [pathToFileURL(join(box.folder, 'own.html')).href, 'file']] as const) {
        const page = await looker.open(place);
        expect(await page.locator('h1').innerText(), name).toContain('on no-stale-test');
        await page.locator('.lane-name', { hasText: 'vcpu0' }).click();
        await page.getByLabel(/^vcpu, kernel no-stale-test: vcpu0 is in /).waitFor();
        // What it has otherwise than v6.8 is drawn so: the test for staleness leads on whatever it finds.
        expect(await page.locator('#chart [data-path$="fault.stale"]').count(), name).toBe(0);
        expect(await page.locator('#chart .leaf.seen').count(), name).toBeGreaterThan(5);
        await looker.picture(page, `own-kernel-${name}`, '#chart');
        // What is played by hand goes out with the text of the kernel, and is the same run on the command line.
        await page.keyboard.press('Home');
        await page.keyboard.press('j');
        await page.getByRole('button', { name: 'run on' }).click();
        const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'save trace' }).click()]);
        expect(await page.locator('.status-say').innerText(), name).toBe('saved, with the text of ./patch.ts; it is replayed with: faultline replay SC01-fork.trace');
        box.write(`${name}.trace`, readFileSync(await saved.path()));
        if (name === 'file') expect(await box.run(['replay', `${name}.trace`])).toMatchObject({ err: '', code: 0, out: expect.stringContaining('each did what the trace says') });
        await page.close();
      }
      expect(looker.complaints).toEqual([]);
      expect(looker.offSite).toEqual([]);
    } finally {
      child.kill('SIGINT');
      await looker.stop();
    }
    expect(await ended).toBe(0);
  });
});

describe.skipIf(missingBrowser !== undefined)(`a run on real threads${missingBrowser === undefined ? '' : ` (${missingBrowser})`}`, () => {
  it('is followed, looked at, and followed on', async () => {
    const looker = await Looker.start();
    // So slow that it goes on for as long as anybody looks at it.
    const { child, address, ended } = await inspecting('stress', '--runtime', 'threads', '--live', '--port', '0', '--steps', '1000000', '--jitter', '1000');
    try {
      const page = await looker.open(address);
      const steps = async (): Promise<number> => Number((await page.locator('#live-steps').innerText()).replaceAll(',', ''));
      await expect.poll(steps).toBeGreaterThan(1000);
      const before = await steps();
      await expect.poll(steps).toBeGreaterThan(before);
      await page.getByRole('button', { name: 'vcpu0', exact: true }).click();
      await page.getByLabel('Statechart of vcpu0').first().waitFor();
      await looker.picture(page, 'live');
      await page.getByRole('button', { name: 'pause and look' }).click();
      await page.waitForSelector('.status-step');
      const [, length] = /of (\d+)/.exec(await page.locator('.status-step').innerText())!;
      expect(Number(length)).toBeGreaterThan(0);
      expect(await page.locator('.banner').count()).toBe(0);
      await page.locator('.chip.held').first().waitFor();
      await page.keyboard.press('Home');
      await page.keyboard.press('j');
      await expect.poll(() => page.locator('.status-step').innerText()).toMatch(/^step 1 of/);
      await page.getByRole('button', { name: 'back to the run' }).click();
      await page.waitForSelector('#live-steps');
      await expect.poll(steps).toBeGreaterThan(before);
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      await expect.poll(() => page.locator('.ending').innerText()).toBe('the server has ended');
      expect(await page.getByRole('button', { name: 'pause and look' }).isDisabled()).toBe(true);
      expect(looker.offSite).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await looker.stop();
    }
  });
});

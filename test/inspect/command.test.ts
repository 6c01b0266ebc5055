// faultline inspect, as a person meets it on the command line; and a run on real threads that is followed.

import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Looker, missingBrowser } from '../support/browser.ts';
import { bin, PATCH, Sandbox } from '../support/command.ts';

const box = new Sandbox();
beforeAll(async () => {
  box.write('patch.ts', PATCH);
  await box.run(['run', 'SC22', '--seed', '3']);
});
afterAll(() => box.remove());

/** The command while it goes on, and the address that it has printed. */
async function inspecting(...args: readonly string[]): Promise<{ child: ChildProcess; address: string; out: () => string; err: () => string; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [bin, 'inspect', ...args], { cwd: box.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.on('data', (text: Buffer) => { err += text.toString(); });
  const ended = new Promise<number | null>((resolve) => { child.on('close', resolve); });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      const found = /http:\S+/.exec(out);
      if (found !== null && out.includes('Ctrl-C')) resolve(found[0]);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return { child, address, out: () => out, err: () => err, ended };
}

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
    expect(err()).toBe(`faultline: port ${port} is taken; this is the next one that is free\n`);
    expect(Number(new URL(address).port)).toBeGreaterThan(port);
    const session = await (await fetch(`${address}session.json`)).json() as { scenario: string; kernel: string; seed: number };
    expect(session).toMatchObject({ scenario: 'SC01', seed: 7 });
    expect(await (await fetch(`${address}kernel.js`)).text()).toContain(`globalThis.faultlineKernel = { file: "./patch.ts"`);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await new Promise((resolve) => { taken.close(resolve); });
  });

  it('refuses in a sentence what it cannot show', async () => {
    for (const [args, sentence] of [
      [['nothing.trace'], 'trace nothing.trace: there is no such file or folder'],
      [['traces/last.trace', '--seed', '4'], '--seed is for scenarios, and traces/last.trace is a trace, which says that itself'],
      [['SC01', '--live'], '--live follows a run on real threads; add --runtime threads'],
      [['SC01', '--runtime', 'threads'], '--runtime threads needs --live'],
      [['SC01', '--port', '70000'], '--port: it takes a whole number from 0 to 65535'],
    ] as const) {
      const { code, err } = await box.run(['inspect', ...args]);
      expect(`${code} ${err}`).toContain(`2 faultline: ${sentence}`);
    }
  });
});

describe.skipIf(missingBrowser !== undefined)(`a run on real threads${missingBrowser === undefined ? '' : ` (${missingBrowser})`}`, () => {
  it('is followed, looked at, and followed on', async () => {
    const looker = await Looker.start();
    const { child, address, ended } = await inspecting('stress', '--runtime', 'threads', '--live', '--port', '0', '--steps', '30000', '--jitter', '200');
    try {
      const page = await looker.open(address);
      const steps = async (): Promise<number> => Number((await page.locator('#live-steps').innerText()).replaceAll(',', ''));
      await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(1000);
      const before = await steps();
      await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(before);
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
      await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(before);
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      await expect.poll(() => page.locator('.ending').innerText()).toBe('the server has ended');
      expect(looker.offSite).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await looker.stop();
    }
  });
});

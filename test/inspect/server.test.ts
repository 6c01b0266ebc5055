// The server of the page, asked by everybody who might.

import { request } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type PageServer } from '../../src/inspect/server.ts';
import { tableOf } from '../../src/inspect/table.ts';

let server: PageServer;
let token = '';
beforeAll(async () => {
  server = await serve(new Map([['', { type: 'text/html', body: 'the page' }], ['trace', { type: 'application/octet-stream', body: Uint8Array.of(0, 255) }]]), 0);
  token = new URL(server.address).pathname.split('/')[1]!;
});
afterAll(() => server.close());

interface Answer { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }

/** Asks for a path exactly as it stands. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => new Promise((resolve, reject) => {
  const one = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => { body += chunk.toString('latin1'); });
    response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }));
  });
  one.on('error', reject);
  one.end();
});

describe('the server of the page', () => {
  it('gives what is in its table, with a policy that lets nothing else run', async () => {
    const page = await ask(`/${token}/`);
    expect(page).toMatchObject({ status: 200, body: 'the page' });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/);
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    expect(await ask(`/${token}/trace`)).toMatchObject({ status: 200, body: '\u0000\u00ff' });
    expect(await ask(`/${token}/`, {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('has a token that nobody can guess, and another one each time', async () => {
    expect(token).toMatch(/^[\w-]{32}$/);
    const other = await serve(new Map(), 0);
    expect(new URL(other.address).pathname).not.toContain(token);
    await other.close();
    for (const path of ['/', '/trace', `/${token.slice(0, -1)}/`, `/${token}x/`, `/${token.toLowerCase()}/`, '//']) expect(await ask(path), path).toMatchObject({ status: 404 });
  });

  it('answers to its own address and its own page only', async () => {
    const own = `127.0.0.1:${server.port}`;
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1', `127.0.0.1:${server.port + 1}`]) expect(await ask(`/${token}/`, { host }), host).toMatchObject({ status: 403 });
    expect(await ask(`/${token}/`, { host: `localhost:${server.port}` })).toMatchObject({ status: 200 });
    for (const origin of ['http://evil.example', 'null', `https://${own}`, `http://${own}.evil.example`]) expect(await ask(`/${token}/trace`, { origin }), origin).toMatchObject({ status: 403 });
    expect(await ask(`/${token}/trace`, { origin: `http://${own}` })).toMatchObject({ status: 200 });
    expect(await ask(`/${token}/`, {}, 'POST')).toMatchObject({ status: 405 });
  });

  it('has no path to a file', async () => {
    const paths = ['../package.json', '..%2fpackage.json', '%2e%2e/package.json', '..\\package.json', 'page/../../package.json', '/etc/passwd', '%00', 'trace/', 'trace/x', '__proto__', 'constructor', 'toString', 'trace%2f', './trace'];
    for (const path of paths) expect(await ask(`/${token}/${path}`), path).toMatchObject({ status: 404 });
    expect(await ask(`/${token}`)).toMatchObject({ status: 404 });
  });

  it('listens on loopback only', async () => {
    const outer = Object.values(networkInterfaces()).flat().filter((one) => one !== undefined && !one.internal && one.family === 'IPv4').map((one) => one!.address);
    for (const host of outer) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ host, port: server.port, timeout: 2000 }, () => resolve(true));
        for (const event of ['error', 'timeout']) socket.on(event, () => resolve(false));
        socket.on('connect', () => socket.destroy());
      });
      expect(reached, host).toBe(false);
    }
  });

  it('takes the next port when the one that is wanted is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve); });
    const { port } = taken.address() as AddressInfo;
    const other = await serve(new Map(), port);
    expect(other.port).toBeGreaterThan(port);
    expect(other.moved).toBe(true);
    await other.close();
    await new Promise((resolve) => { taken.close(resolve); });
  });
});

it("lays the charts of a person's own kernel out once, however often a page asks", async () => {
  let times = 0;
  const table = tableOf({ html: '', script: '', style: '', layouts: () => undefined }, {}, { kernels: ['v6.8', 'mine'], layOut: () => Promise.resolve(`laid out ${++times} times`) });
  const own = await serve(table, 0);
  const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`${own.address}layouts-mine.json`)).text()));
  expect([...answers, await (await fetch(`${own.address}layouts-v6.8.json`)).text()]).toEqual(['laid out 1 times', 'laid out 1 times', 'laid out 1 times', 'null']);
  await own.close();
});

// Serves the page to this machine and nobody else: on loopback, behind a token that nobody can guess, to requests that name this server as
// their host and come from no other site. What can be fetched stands in a table; no path leads to a file.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that can be fetched. */
export interface Served {
  readonly type: string;
  /** Its bytes; or what goes on answering until the connection ends. */
  readonly body: string | Uint8Array | ((response: ServerResponse) => void);
}

/** What can be fetched, by its name behind the token; the empty name is the page itself. */
export type ServedTable = ReadonlyMap<string, Served>;

/** Ports that are tried when the wanted one is taken. */
const TRIED = 64;
const HOST = '127.0.0.1';

/** What every answer says. The page gets no more from anywhere than from this server, and nobody may frame it. */
export const CONTENT_SECURITY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin',
};

/** A server that listens. */
export interface PageServer {
  readonly port: number;
  /** With the token: who has it can look. */
  readonly address: string;
  /** The port that was wanted was taken. */
  readonly moved: boolean;
  close(): Promise<void>;
}

/** Serves a table from `port` on, the next one that is free; 0: any. Throws what node:net throws when none is. */
export async function serve(table: ServedTable, port: number): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => answer(table, token, request, response));
  // Nobody sends anything here: short is long enough.
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  const there = await listening(server, port);
  return {
    port: there, moved: port !== 0 && there !== port, address: `http://${HOST}:${there}/${token}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function listening(server: Server, port: number): Promise<number> {
  for (let tried = 0; ; tried++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: HOST, port: port === 0 ? 0 : port + tried, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || port === 0 || tried + 1 >= TRIED || port + tried + 1 > 65_535) throw error;
    }
  }
}

function answer(table: ServedTable, token: string, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, sentence: string): void => {
    response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${sentence}\n`);
  };
  const { port } = request.socket.address() as AddressInfo;
  const hosts = [`${HOST}:${port}`, `localhost:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return refuse(403, 'this server answers to its own address only');
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) return refuse(403, 'this server answers to its own page only');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'there is nothing here but to look at');
  const [, given, name, ...more] = (request.url ?? '').replace(/[?#].*$/s, '').split('/');
  if (!same(given ?? '', token)) return refuse(404, 'the address is the one that faultline inspect has printed, with everything behind the port');
  const served = name === undefined || more.length > 0 ? undefined : table.get(name);
  if (served === undefined) return refuse(404, 'there is nothing of this name');
  const { type, body } = served;
  response.writeHead(200, { ...HEADERS, 'content-type': type });
  if (request.method === 'HEAD') response.end();
  else if (typeof body === 'function') body(response);
  else response.end(body);
}

/** Compares in a time that tells nothing. */
function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

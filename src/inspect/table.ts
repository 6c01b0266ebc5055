// What the server serves, as one table.

import type { ServerResponse } from 'node:http';
import type { Given } from './given.ts';
import type { PageFiles } from './page-files.ts';
import type { Served, ServedTable } from './server.ts';

/** What there is beside the page. */
export interface Beside {
  readonly trace?: Uint8Array | undefined;
  /** Script of a person's own kernel. */
  readonly kernelScript?: string | undefined;
  /** Kernels whose charts may be asked for. */
  readonly kernels: readonly string[];
  /** Events of a run that goes on, and its trace so far. */
  readonly live?: ((response: ServerResponse) => void) | undefined;
  readonly liveTrace?: (() => Uint8Array) | undefined;
}

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', json: 'application/json; charset=utf-8' };

/** Everything that can be fetched. */
export function tableOf(files: PageFiles, given: Given, { trace, kernelScript, kernels, live, liveTrace }: Beside): ServedTable {
  const table = new Map<string, Served>([
    ['', { type: TYPES.html, body: files.html }],
    ['page.js', { type: TYPES.js, body: files.script }],
    ['page.css', { type: TYPES.css, body: files.style }],
    ['kernel.js', { type: TYPES.js, body: kernelScript ?? '' }],
    ['session.json', { type: TYPES.json, body: JSON.stringify(given) }],
  ]);
  if (trace !== undefined) table.set('trace', { type: 'application/octet-stream', body: trace });
  if (live !== undefined) table.set('live', { type: 'text/event-stream; charset=utf-8', body: live });
  if (liveTrace !== undefined) table.set('live-trace', { type: 'application/octet-stream', body: (response) => { response.end(liveTrace()); } });
  for (const kernel of kernels) {
    // Charts of a person's own kernel are laid out by nobody.
    table.set(`layouts-${kernel}.json`, { type: TYPES.json, body: files.layouts(kernel) ?? 'null' });
  }
  return table;
}

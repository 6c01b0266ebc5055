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
  /** Kernels whose charts may be asked for; the last one is the one that is shown. */
  readonly kernels: readonly string[];
  /** Lays out the charts of the kernel that is shown, where the build has not: JSON, or nothing where that cannot be done. */
  readonly layOut?: (() => Promise<string | undefined>) | undefined;
  /** Events of a run that goes on, and its trace so far. */
  readonly live?: ((response: ServerResponse) => void) | undefined;
  readonly liveTrace?: (() => Uint8Array) | undefined;
}

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', json: 'application/json; charset=utf-8' };

/** Everything that can be fetched. */
export function tableOf(files: PageFiles, given: Given, { trace, kernelScript, kernels, layOut, live, liveTrace }: Beside): ServedTable {
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
  // Those of a person's own kernel are laid out once, when a page first asks for them.
  let laid: Promise<string | undefined> | undefined;
  for (const kernel of kernels) {
    const ready = files.layouts(kernel);
    const later = layOut === undefined || kernel !== kernels.at(-1) ? 'null' : (response: ServerResponse): void => { void (laid ??= layOut()).then((text) => response.end(text ?? 'null'), () => response.end('null')); };
    table.set(`layouts-${kernel}.json`, { type: TYPES.json, body: ready ?? later });
  }
  return table;
}

// The engine runs in a page: everything that a page may use is bundled into one script, without any module of Node, and executed
// where there is nothing but the language and what every page has of this.

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build, normalizePath, type Plugin } from 'vite';
import { beforeAll, expect, test, vi } from 'vitest';
import * as here from './support/page-entry.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = normalizePath(join(root, 'test/support/page-entry.ts'));

/** What a page may use, and what of it is left out: what is for Node alone, and the loader of people's kernels with its transpiler. */
const FOLDERS = ['machines', 'src/memory', 'src/steps', 'src/kernel', 'src/scenario', 'src/check', 'src/explore', 'src/runtime', 'src/trace', 'src/export'];
const LEFT_OUT = /^src\/(?:kernel\/load\.ts|scenario\/load\.ts|runtime\/threads\/.*|explore\/(?:search-)?pool\.ts|trace\/file-[a-z]+\.ts)$/;

const files = FOLDERS.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .map((name) => normalizePath(`${folder}/${name}`))
  .filter((path) => path.endsWith('.ts') && !LEFT_OUT.test(path)));
/** Files that went through the bundler. */
const bundled = new Set<string>();

/** Imports all files of a page beside what its entry needs, and refuses Node's modules with the file that asks for one. */
const asPage: Plugin = {
  name: 'as-page',
  enforce: 'pre',
  resolveId(id, importer) {
    if (!id.startsWith('node:') && !builtinModules.includes(id)) return null;
    throw new Error(`${relative(root, importer ?? '')} imports '${id}': a page does not have it; move what needs it to a file that is for Node alone`);
  },
  transform(code, id) {
    bundled.add(normalizePath(relative(root, id)));
    return id === entry ? `${files.map((path) => `import ${JSON.stringify(normalizePath(join(root, path)))};\n`).join('')}${code}` : null;
  },
};

/** The script; it leaves what the entry exports in the variable `page`. */
let script = '';
beforeAll(async () => {
  // Packages choose what they are by this: a page has what they are in production.
  vi.stubEnv('NODE_ENV', 'production');
  try {
    const built = await build({
      root, configFile: false, envFile: false, publicDir: false, logLevel: 'error', plugins: [asPage],
      build: { write: false, minify: false, lib: { entry, name: 'page', formats: ['iife'] } },
    });
    const [{ output }] = built as { output: { type: string; code?: string }[] }[] as [{ output: { type: string; code?: string }[] }];
    expect(output.map(({ type }) => type)).toEqual(['chunk']);
    script = output[0]!.code!;
  } finally {
    vi.unstubAllEnvs();
  }
});

/** Runs the script as a page would; `more` is what the page has beside the language, a timer, a clock, a console and UTF-8. */
function page(more: object = {}): typeof here {
  const context = createContext({ setTimeout, performance, console, TextEncoder, ...more });
  runInContext(script, context, { filename: 'page.js' });
  return (context as { page: typeof here }).page;
}

test('every file that a page may use is in it', () => {
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((path) => !bundled.has(path))).toEqual([]);
});

test('the context is as bare as it says', () => {
  const context = createContext({});
  const known = ['SharedArrayBuffer', 'Atomics', 'process', 'require', 'Buffer', 'TextEncoder', 'queueMicrotask', 'structuredClone'];
  expect(known.filter((name) => runInContext(`typeof ${name}`, context) !== 'undefined')).toEqual(['SharedArrayBuffer', 'Atomics']);
});

test('SC01 compiles and runs to the same memory as in Node', async () => {
  // Spread: an object of another global object has another prototype.
  expect({ ...await page().simulateBuiltin('SC01', 1) }).toEqual(await here.simulateBuiltin('SC01', 1));
});

test('a recorded trace opens and replays as in Node', () => {
  const bytes = new Uint8Array(readFileSync(join(root, 'traces/sc22-deadlock.trace')));
  expect({ ...page({ TextEncoder, TextDecoder }).replayTrace(bytes) }).toEqual(here.replayTrace(bytes));
});

// Bundles the page of `faultline inspect`: one script and one style sheet in dist/page, beside the page itself, so that nobody needs a
// bundler who uses it. Runs behind every build; does nothing while nothing that is in it has changed.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src/inspect/page');
const target = join(root, 'dist/page');
/** What is never in it. */
const OTHERS = /^src\/(?:cli|vitest|report|record)\//;

/** Everything that may be bundled, by hash of names and texts. */
function stampOfSources() {
  const hash = createHash('sha256');
  const add = (file) => hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  for (const folder of ['src', 'machines']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) if (/\.(?:tsx?|css|html)$/.test(name) && !OTHERS.test(`${folder}/${name}`)) add(`${folder}/${name}`);
  }
  for (const file of ['scripts/page.mjs', 'package-lock.json']) add(file);
  return hash.digest('hex');
}

const stampFile = join(target, '.stamp');
const stamp = stampOfSources();
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const { build } = await import('vite');
  await build({
    root, configFile: false, envFile: false, publicDir: false, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: target, emptyOutDir: true, minify: true, target: 'es2022', sourcemap: false, cssCodeSplit: false, reportCompressedSize: false,
      lib: { entry: join(source, 'main.tsx'), name: 'faultlinePage', formats: ['iife'], fileName: () => 'page.js', cssFileName: 'page' },
    },
  });
  mkdirSync(target, { recursive: true });
  copyFileSync(join(source, 'index.html'), join(target, 'index.html'));
  writeFileSync(stampFile, stamp);
}

// Writes dist/layouts.json: where the states and arrows of every fragment of every built-in kernel are drawn; and for the page, those of each
// kernel. A fragment is laid out once, whatever kernels and machines it is in; what is there from before stays while neither the fragment nor the
// code of the layout has changed.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const built = (file) => import(pathToFileURL(join(dist, file)).href);
const { fragmentKeys, textKey } = await built('src/export/machines/fragment-key.js');
const { kernels, weakKernels } = await built('machines/kernels/index.js');

const CODE = ['elk', 'layout', 'dispatch', 'fragment-key'].map((name) => readFileSync(join(dist, `src/export/machines/${name}.js`), 'utf8'));
const require = createRequire(import.meta.url);
const version = textKey([...CODE, require('elkjs/package.json').version].join('\n'));

const target = join(dist, 'layouts.json');
const before = existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : {};
const known = new Map(before.version === version ? Object.entries(before.layouts) : []);

const all = [...kernels, ...weakKernels];
const wanted = new Set(all.flatMap(({ fragments, machines }) => {
  const keyOf = fragmentKeys(fragments);
  const used = new Set();
  const walk = (name) => {
    if (used.has(name)) return;
    used.add(name);
    for (const state of Object.values(fragments.get(name).states)) if ('use' in state) walk(state.use);
  };
  for (const { root } of machines) walk(root);
  return [...used].map(keyOf);
}));

const changed = wanted.size !== known.size || [...wanted].some((key) => !known.has(key));
if (changed) {
  const missing = [...wanted].filter((key) => !known.has(key)).length;
  if (missing > 20) console.error(`faultline: laying out ${missing} charts; this is done once`);
  const { layoutFragments } = await built('src/export/machines/elk.js');
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const elk = new Elk();
  const layouts = new Map(known);
  for (const { fragments, machines } of all) {
    for (const [key, layout] of await layoutFragments((graph) => elk.layout(graph), fragments, machines.map(({ root }) => root), layouts)) layouts.set(key, layout);
  }
  // Under its name only when it is whole.
  writeFileSync(`${target}.tmp`, `${JSON.stringify({ version, layouts: Object.fromEntries([...layouts].filter(([key]) => wanted.has(key))) })}\n`);
  renameSync(`${target}.tmp`, target);
}

const folder = join(dist, 'page/layouts');
if (changed || all.some(({ name }) => !existsSync(join(folder, `${name}.json`)))) {
  const { storedFor } = await built('src/export/machines/stored-layouts.js');
  const stored = JSON.parse(readFileSync(target, 'utf8'));
  mkdirSync(folder, { recursive: true });
  for (const kernel of all) writeFileSync(join(folder, `${kernel.name}.json`), `${JSON.stringify(storedFor([kernel], stored))}\n`);
}

// Writes src/trace/fingerprints.gen.ts: for each kernel a hash of the sources that decide what a step of it does, so that a
// trace of other sources is refused and never replayed wrongly. Runs before every build; touches the file only when it changes.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src/trace/fingerprints.gen.ts');
/** What makes a world of a scenario, whatever the kernel. */
const COMMON = ['src/runtime/world.ts', 'src/runtime/setup.ts', 'src/runtime/injection.ts', 'src/scenario/compile.ts', 'src/memory/hash.ts'];

/** What makes a world of a recorded case, beside that. */
const CASES = ['topology', 'needs', 'names'].map((name) => `src/conform/${name}.ts`);

const sources = new Map();
const source = (file) => {
  if (!sources.has(file)) sources.set(file, readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
  return sources.get(file);
};

/** Relative imports of a file that exist when it runs: types are gone by then. */
const importsOf = (file) => [...source(file).matchAll(/^(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm)]
  .map((match) => join(dirname(file), match[1]));

/** The files and everything that they import, by hash of names and texts. */
const hashOf = (files) => {
  const seen = new Set();
  const work = files.filter((file) => existsSync(file));
  for (let file = work.pop(); file !== undefined; file = work.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    work.push(...importsOf(file));
  }
  const hash = createHash('sha256');
  for (const file of [...seen].sort()) hash.update(`${relative(root, file).split(sep).join('/')}\n${source(file)}\n`);
  return hash.digest('hex').slice(0, 16);
};

const common = COMMON.map((file) => join(root, file));
const folder = join(root, 'machines/kernels');
const kernels = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts' && name !== 'fix.ts').sort();
const rows = kernels.map((name) => `  '${basename(name, '.ts')}': '${hashOf([join(folder, name), ...common])}',`);
const cases = createHash('sha256');
for (const file of CASES) cases.update(`${file}\n${source(join(root, file))}\n`);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const text = `// Made by scripts/fingerprints.mjs.

/** Version of the package. */
export const PACKAGE_VERSION = '${version}';

/** Hash of what makes a world of a recorded case. */
export const CASES_FINGERPRINT = '${cases.digest('hex').slice(0, 16)}';

/** Hash of everything that decides what a step of a kernel does, by the kernel's name. */
export const FINGERPRINTS: Readonly<Record<string, string>> = {
${rows.join('\n')}
};
`;
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);

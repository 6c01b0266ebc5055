// Writes src/export/c/parts.gen.ts: the fixed parts of C programs as texts, since a page, which has no files, writes such programs too. Runs
// before every build; touches the file only when it changes.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'tools/reproducer');
const target = join(root, 'src/export/c/parts.gen.ts');

const texts = readdirSync(folder).filter((name) => name.endsWith('.c')).sort().map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'));
const made = `// Made of tools/reproducer by scripts/reproducer-parts.mjs.\n\nexport const PARTS: readonly string[] = ${JSON.stringify(texts, null, 2)};\n`;
if (!existsSync(target) || readFileSync(target, 'utf8') !== made) writeFileSync(target, made);

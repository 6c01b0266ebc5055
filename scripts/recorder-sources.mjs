// Copies the recorder's C sources into dist, where the built command compiles them. Runs behind every build.

import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dist/tools/recorder');

rmSync(target, { recursive: true, force: true });
cpSync(join(root, 'tools/recorder'), target, { recursive: true });

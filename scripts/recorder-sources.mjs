// Copies C sources into dist: the recorder's, which the built command compiles, and the fixed parts of programs that it writes. Runs behind
// every build.

import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const name of ['recorder', 'reproducer']) {
  const target = join(root, 'dist/tools', name);
  rmSync(target, { recursive: true, force: true });
  cpSync(join(root, 'tools', name), target, { recursive: true });
}

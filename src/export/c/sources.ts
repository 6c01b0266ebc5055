// The fixed parts of the program, which a build copies beside this file's own tree.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Parts } from './program.ts';

const FOLDER = fileURLToPath(new URL('../../../tools/reproducer/', import.meta.url));

/** The parts in their order; the last one stands behind the scenario's own. */
export function fixedParts(): Parts {
  const texts = readdirSync(FOLDER).filter((name) => name.endsWith('.c')).toSorted().map((name) => readFileSync(join(FOLDER, name), 'utf8'));
  return { before: texts.slice(0, -1), behind: texts.at(-1)! };
}

// BUGS_FOUND.md is what the kernels' lists say, and what it takes to find each bug.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kernels } from '../../../machines/kernels/index.ts';
import { gallery, todayTable } from '../../../src/explore/bugs/gallery.ts';

const page = readFileSync(join(import.meta.dirname, '../../../BUGS_FOUND.md'), 'utf8');
const made = (name: string): string => new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n?<!-- end of ${name} -->`).exec(page)![1]!;

it('has the tables that npm run bugs-found makes', () => {
  expect(made('bugs of today')).toBe(todayTable());
  const now = gallery();
  expect(made('gallery')).toBe(now);
  // An order of locks no single state shows; samples find everything.
  expect(now).not.toMatch(/\| not in [\d,]+ \| (?:no release|nowhere|`)/);
}, 120_000);

it('names every bug of every kernel, with a command that names it too', () => {
  const text = made('gallery');
  for (const { bugs, unshown } of kernels) {
    for (const { id } of bugs) expect(text).toMatch(new RegExp(`^\\| ${id} \\|.*\`npx --no faultline bugs ${id}\` \\|$`, 'm'));
    for (const { id } of unshown) expect(text).toMatch(new RegExp(`^\\| ${id} \\|`, 'm'));
  }
});

// BUGS_FOUND.md is what the kernels' lists say, and what it takes to find each bug.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kernels } from '../../../machines/kernels/index.ts';
import { bugNamed, kernelsWith } from '../../../src/explore/bugs/bug.ts';
import { gallery, todayTable } from '../../../src/explore/bugs/gallery.ts';

const page = readFileSync(join(import.meta.dirname, '../../../BUGS_FOUND.md'), 'utf8');
const made = (name: string): string => new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n?<!-- end of ${name} -->`).exec(page)![1]!;

it('has the tables that npm run bugs-found makes', () => {
  expect(made('bugs of today')).toBe(todayTable());
  const now = gallery();
  expect(made('gallery')).toBe(now);
  // An order of locks no single state shows; samples find everything.
  expect(now).not.toMatch(/\| not in [\d,]+ \| (?:no release|nowhere|`)/);
});

it('names every bug of every kernel, with a command that names it too', () => {
  const text = made('gallery');
  for (const { bugs, unshown } of kernels) {
    for (const { id } of bugs) expect(text).toMatch(new RegExp(`^\\| ${id} \\|.*\`npx --no faultline bugs ${id}\` \\|$`, 'm'));
    for (const { id } of unshown) expect(text).toMatch(new RegExp(`^\\| ${id} \\|`, 'm'));
  }
});

// The tables are made by looking for each row's bug in its kernel, above; the command of the row looks for the same.
it('has commands that mean the bug of their row, in a kernel that has it and stands in its heading', () => {
  let kernel = '';
  const seen = new Map<string, string[]>();
  for (const line of page.split('\n')) {
    kernel = /^### (\S+):/.exec(line)?.[1] ?? kernel;
    const found = /^\| (\S+) \|.*\| `npx --no faultline bugs (\S+?)(?: --kernel (\S+))?` \|$/.exec(line);
    if (found === null) continue;
    const [, id, what, on] = found;
    const among = on === undefined ? kernels : kernels.filter(({ name }) => name === on);
    const named = bugNamed(what!, among);
    expect([named?.bug?.id, named?.kernel.name]).toEqual([id, on ?? kernelsWith(id!)[0]!.name]);
    if (kernel !== '') expect(named?.kernel.name).toBe(kernel);
    seen.set(named!.kernel.name, [...seen.get(named!.kernel.name) ?? [], id!]);
  }
  for (const one of kernels) expect(seen.get(one.name) ?? [], one.name).toEqual(expect.arrayContaining(one.bugs.filter(({ id }) => kernelsWith(id)[0] === one).map(({ id }) => id)));
});

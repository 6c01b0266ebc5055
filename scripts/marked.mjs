// Parts of pages that are made: they stand between two marks.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Puts `text` between the marks of `name`; with --check it only compares, and says which `command` writes it. */
export function put(file, name, text, command) {
  const path = join(root, file);
  const old = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [old.indexOf(begin) + begin.length, old.indexOf(end)];
  if (to < from || !old.includes(begin)) throw new Error(`${file} has no place marked '${name}'`);
  const made = `${old.slice(0, from)}${text}${old.slice(to)}`;
  if (made === old) return;
  if (process.argv.includes('--check')) {
    console.error(`${file} is not what it should be at '${name}'; ${command} writes it`);
    process.exitCode = 1;
  } else writeFileSync(path, made);
}

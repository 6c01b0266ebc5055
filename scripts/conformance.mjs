// Judges all committed recordings, and writes what comes of it into README.md and docs/conformance.md; --check only compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root } from './setup.mjs';

install();
await build();
const { COMMITTED, figureOf, judgeCommitted, tableOf } = await import(join(root, 'dist/src/conform/committed.js'));

const rows = COMMITTED.map(([file, kernel]) => {
  const before = process.cpuUsage();
  const row = judgeCommitted(join(root, 'test/conformance'), file, kernel);
  const { user, system } = process.cpuUsage(before);
  console.log(`${file} ${kernel}: ${row.equal} of ${row.judged} ${row.of}, ${row.different} different, ${row.inapplicable} not applicable; ${((user + system) / 1e6).toFixed(2)} s of processor time`);
  return row;
});
const total = process.cpuUsage();
console.log(`in all ${((total.user + total.system) / 1e6).toFixed(2)} s of processor time, building and start-up included`);

/** Puts `text` between the marks of `name`. */
function put(file, name, text) {
  const path = join(root, file);
  const old = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [old.indexOf(begin) + begin.length, old.indexOf(end)];
  if (to < from || !old.includes(begin)) throw new Error(`${file} has no place marked '${name}'`);
  const made = `${old.slice(0, from)}${text}${old.slice(to)}`;
  if (made === old) return;
  if (process.argv.includes('--check')) {
    console.error(`${file} has other figures; node scripts/conformance.mjs writes them`);
    process.exitCode = 1;
  } else writeFileSync(path, made);
}
put('README.md', 'figure of conformance', figureOf(rows));
put('docs/conformance.md', 'table of conformance', tableOf(rows));

// Judges all committed recordings, and writes what comes of it into README.md and docs/conformance.md; --check only compares.

import { join } from 'node:path';
import { put } from './marked.mjs';
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

put('README.md', 'figure of conformance', figureOf(rows), 'node scripts/conformance.mjs');
put('docs/conformance.md', 'table of conformance', tableOf(rows), 'node scripts/conformance.mjs');

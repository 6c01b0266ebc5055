// npm start: sets itself up, runs `stress` on real threads for a few seconds, shows a known bug as threads have just found it, says
// what to try next. Whatever a run finds in a kernel is what it is for, not an error; only the laboratory's own failure is.
// With arguments it is `faultline run` with these.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, node, root } from './setup.mjs';

const bin = join(root, 'bin/faultline.js');
const given = process.argv.slice(2);

/** What a run may end with: it held, or it found something; 2 would be a mistake of this script. */
const fine = (code) => code <= 5 && code !== 2;

/** A run that looks for a known bug of v6.8, what is said of it when it is there, and the exit code that says so. */
const TEASER = { args: ['SC22', '--runtime', 'threads', '--repeat', '10000', '--seconds', '10'], finds: 3, bug: 'G4-B10' };

/** Lets threads find a known bug and prints it, one column for each actor. */
function teaser() {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-start-'));
  const trace = join(folder, 'found.trace');
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'run', ...TEASER.args, '--json', '--trace', trace], { cwd: root, encoding: 'utf8' });
    if (!fine(status ?? 70)) {
      process.stderr.write(stderr);
      return status ?? 70;
    }
    const command = `npx --no faultline run ${TEASER.args.slice(0, 5).join(' ')}`;
    if (status !== TEASER.finds) {
      console.log(`\nKnown bugs show as well, sooner or later: ${command}\n`);
      return 0;
    }
    console.log(`
A known bug of v6.8 (${TEASER.bug}), met on real threads in round ${JSON.parse(stdout).rounds}:
memory_failure() holds the folio and wants invalidate_lock, a hole in the same
page the other way round.
`);
    const code = node(bin, 'show', trace);
    console.log(`
again      ${command}
           npx --no faultline explain ${TEASER.bug}`);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

install();
await build({ charts: false });
const code = given.length > 0 ? node(bin, 'run', ...given) : node(bin, 'run', 'stress', '--runtime', 'threads', '--seconds', '4', '--brief');
const told = given.length === 0 && fine(code) ? teaser() : 0;
if (fine(code)) {
  console.log(`
more       npx --no faultline inspect SC22 --seed 3    # the same in a browser
           npx --no faultline list scenarios
           npx --no faultline help`);
}
process.exitCode = fine(code) ? told : code;

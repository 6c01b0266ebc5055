// npm run record-traces: records the traces in traces/ again, and the texts in test/golden that are made of them. To be run
// whenever machines or steps have changed: a trace says which sources it was made from and is refused by others. The same sources
// give the same bytes. With `--into FOLDER` it writes there and builds nothing, which is how test/golden.test.ts compares.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build, install, root } from './setup.mjs';

/** What `show` prints of the trace. */
const shown = ({ file }) => faultline(0, 'show', file);
/** The report of what was broken, out of what `run` prints. */
const reported = ({ run, seed, exits }) => {
  const text = faultline(exits, 'run', ...run, '--seed', String(seed));
  return `${/^[A-Z]-\d+ broken: [^]*?(?=\n\nnext )/m.exec(text)[0]}\n`;
};

/** A seed named here is named in README.md as well. */
const RECORDINGS = [
  { name: 'sc22-deadlock', run: ['SC22', '--kernel', 'v6.8'], seed: 3, exits: 3, golden: shown },
  { name: 'sc01-no-stale-test', run: ['SC01', '--kernel', 'examples/no-stale-test.ts'], seed: 40, exits: 1, golden: reported },
];
/** Seeds that are tried when one does not lead where it did. */
const MOST_SEEDS = 1000;

/** Commands run in a folder of their own, so that no path of this machine gets into a text. */
const folder = mkdtempSync(join(tmpdir(), 'faultline-record-'));
const command = (...args) => spawnSync(process.execPath, [join(root, 'bin/faultline.js'), ...args], { cwd: folder, encoding: 'utf8' });

class Problem extends Error {}

function faultline(exits, ...args) {
  const { status, stdout, stderr } = command(...args);
  if (status !== exits) throw new Problem(`faultline ${args.join(' ')} ended with ${status} and not with ${exits}\n${stderr}`);
  return stdout;
}

/** Records one and answers its files: path below the project, content. */
function recorded(recording) {
  const { name, run, seed, exits, golden } = recording;
  const file = `traces/${name}.trace`;
  if (command('run', ...run, '--seed', String(seed), '--trace', file).status !== exits) {
    const other = Array.from({ length: MOST_SEEDS }, (_one, k) => k).find((k) => command('run', ...run, '--seed', String(k)).status === exits);
    throw new Problem(`faultline run ${run.join(' ')} --seed ${seed} does not end with ${exits} any more; ${other === undefined
      ? `no seed below ${MOST_SEEDS} does` : `the smallest seed that does is ${other}: write it into scripts/record-traces.mjs and README.md`}`);
  }
  return [[file, readFileSync(join(folder, file))], [`test/golden/${name}.txt`, golden({ ...recording, file })]];
}

const [option, into] = process.argv.slice(2);
const elsewhere = option === '--into' && into !== undefined;
const target = elsewhere ? resolve(into) : root;
try {
  if (option !== undefined && !elsewhere) throw new Problem(`unknown arguments '${process.argv.slice(2).join(' ')}'; it takes none, or --into FOLDER`);
  if (!elsewhere) {
    install();
    await build();
  }
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  mkdirSync(join(folder, 'traces'));
  const files = RECORDINGS.flatMap(recorded);
  for (const [path, content] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), content);
  }
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`record-traces: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

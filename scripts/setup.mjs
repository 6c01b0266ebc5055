// What start and test share: packages installed as the lock file says, sources built. Quiet when there is nothing to do.

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`faultline: needs Node 20.19 or newer, this is ${process.versions.node}; install one from https://nodejs.org`);
  process.exit(2);
}

const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Are all packages there that the lock file asks for, in its versions? */
function installed() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const have = json('node_modules/.package-lock.json').packages;
  return Object.entries(json('package-lock.json').packages)
    .every(([path, { version, optional }]) => path === '' || optional === true || have[path]?.version === version);
}

/** Runs a program; its output is shown only when it fails. Ends this process then. */
function quietly(what, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\nfaultline: ${what} failed; what it said stands above\n`);
  process.exit(70);
}

/** Installs what is missing. */
export function install() {
  if (installed()) return;
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error('faultline: node_modules is a link and its packages are not those of package-lock.json; bring them up to date where it leads');
    process.exit(2);
  }
  console.error('faultline: installing packages (npm ci); this is done once');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  if (npm !== undefined && /\.c?js$/.test(npm)) quietly('npm ci', process.execPath, [npm, ...args]);
  else quietly('npm ci', process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

/** A program of a package, as arguments to Node. */
export const tool = (path) => join(root, 'node_modules', path);

/** Compiles what has changed, and lays out the charts that are new, unless this can wait: who draws one lays it out then. */
export async function build({ charts = true } = {}) {
  if (!existsSync(join(root, 'dist/.tsbuildinfo'))) console.error('faultline: building');
  await import('./reproducer-parts.mjs');
  await import('./fingerprints.mjs');
  quietly('the build', process.execPath, [tool('typescript/bin/tsc'), '-b']);
  await import('./scenario-schema.mjs');
  await import('./recorder-sources.mjs');
  await import('./page.mjs');
  if (charts) await import('./layouts.mjs');
  await import('./bundle.mjs');
}

/** Runs a Node program with this terminal; answers its exit code. */
export function node(...args) {
  // Ctrl-C is the child's to answer; this process waits for what it says.
  process.on('SIGINT', () => {});
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return signal === 'SIGINT' ? 130 : status ?? 70;
}

// npm start, as a person meets it who has nothing but the sources, packages installed and built.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const start = (...args: string[]) => spawnSync(process.execPath, [join(root, 'scripts/start.mjs'), ...args], { encoding: 'utf8' });

test('runs stress on real threads, shows a known bug of v6.8 with one column for each actor, says what is next, ends with 0', () => {
  const { status, stdout } = start();
  expect(status).toBe(0);
  for (const part of [
    /\nseed {7}1, runtime threads, \d workers?, placement/, /\nsteps {6}[\d,]+ in all\n/, /\na second {3}[\d,]+ steps in \d+\.\d s, worker 0 [\d,]+/,
    /\nfaults {5}[\d,]+ fixed, [\d,]+ tried again, [\d,]+ left to userspace\n +[\d,]+ of those tried again because of an invalidation/,
    /\nevents {5}[\d,]+ conversions, [\d,]+ punch/, /\nchecked {4}\d+ of \d+ invariants, evaluated [\d,]+ times\n/, /transitions: vcpu \d+ of \d+/,
    /\nresult {5}held as far as it went: ended by its limit of seconds/,
    /\nA known bug of v6\.8 \(G4-B10\), met on real threads in round \d+:\n/, /\n +main +main\.gmem +hw +hw\.mf\n/, /\nend {8}deadlock, behind step \d+\n/,
    /\nagain {6}npx --no faultline run SC22 --runtime threads --repeat 10000\n/, /npx --no faultline help\n$/,
  ]) expect(stdout).toMatch(part);
  expect(Math.max(...stdout.split('\n').filter((line) => !line.includes('npx')).map((line) => line.length))).toBeLessThanOrEqual(78);
  expect(existsSync(join(root, 'traces/last.trace'))).toBe(true);
  expect(readdirSync(join(root, 'traces')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('with arguments it is run with these; a mistake is one', () => {
  expect(start('SC22', '--seed', '3').stdout).toMatch(/\nresult {5}DEADLOCK behind step 22[^]*npx --no faultline help\n$/);
  expect(start('SC22', '--seed', '3').status).toBe(0);
  expect(start('SC99').status).toBe(2);
});

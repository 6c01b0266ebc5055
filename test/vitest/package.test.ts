// faultline/vitest as somebody else's project has it: the example of docs/ci.md, run by Vitest on the built package; and the package
// without Vitest.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATCH, Sandbox } from '../support/command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const box = new Sandbox();
beforeAll(async () => {
  mkdirSync(join(box.folder, 'node_modules'));
  for (const name of ['faultline', 'vitest']) symlinkSync(name === 'faultline' ? root : join(root, 'node_modules', name), join(box.folder, 'node_modules', name));
  box.write('package.json', '{ "type": "module" }');
  expect((await box.run(['new', 'kernel', 'my-patch'])).code).toBe(0);
  const [, example] = /^```ts\n([^]*?)^```/m.exec(readFileSync(join(root, 'docs/ci.md'), 'utf8'))!;
  // As it stands there, with ten times the time: machines may be slow, or busy with something else.
  box.write('ci.test.ts', example!.replaceAll(/\b(timeout|seconds): /g, '$1: 10 * '));
});
afterAll(() => box.remove());

const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: box.folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
const vitest = (...args: readonly string[]) => node(join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', box.folder, ...args);

test('the example of docs/ci.md passes, and is right to TypeScript', () => {
  const { status, stdout, stderr } = vitest();
  expect(`${status} ${stderr}`, stdout).toBe('0 ');
  expect(stdout).toMatch(/Tests +2 passed/);
  const types = node(join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--skipLibCheck', '--types', '', 'ci.test.ts', 'my-patch.ts');
  expect(`${types.status} ${types.stdout}`).toBe('0 ');
});

test('with a patch that breaks something it fails with the report', () => {
  box.write('my-patch.ts', PATCH);
  const { status, stdout, stderr } = vitest();
  expect(status).toBe(1);
  expect(stdout).toMatch(/Tests +1 failed \| 1 passed/);
  expect(`${stdout}${stderr}`).toContain('SC01 does not hold on no-stale-test: S-01');
  expect(`${stdout}${stderr}`).toContain('npx --no faultline explore SC01 --kernel ./my-patch.ts');
});

test('the rest of the package does without Vitest', () => {
  const seen = new Map<string, string>();
  const packages = new Map<string, string>();
  const walk = (file: string, from: string): void => {
    if (seen.has(file)) return;
    seen.set(file, from);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s[^;=(]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gms)) {
      if (specifier === undefined) continue;
      if (specifier.startsWith('.')) walk(join(dirname(file), specifier), file);
      else packages.set(specifier, relative(root, file));
    }
  };
  walk(join(root, 'dist/src/index.js'), '');
  walk(join(root, 'dist/src/cli/main.js'), '');
  expect(packages.has('xstate')).toBe(true);
  expect([...packages].filter(([name]) => name.includes('vitest'))).toEqual([]);
  // The walk sees what it looks for.
  walk(join(root, 'dist/src/vitest/index.js'), '');
  expect(packages.get('vitest')).toBe(join('dist', 'src', 'vitest', 'index.js'));
  // What people import writes nothing and listens to nothing by itself.
  expect([...seen].filter(([file]) => file.endsWith('cli/output.js')).map(([, from]) => relative(root, from))).not.toContain('dist/src/vitest/options.js');
});

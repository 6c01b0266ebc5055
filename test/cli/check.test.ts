// faultline check and new: a file is in order or it is told what is wrong with it; what new writes works as it stands.

import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { changesNothing, changesOf } from '../../src/kernel/difference.ts';
import { outcome, ok } from '../../src/memory/outcome.ts';
import { step } from '../../machines/fragment.ts';
import { PATCH, Sandbox, THROWS } from '../support/command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const box = new Sandbox();
afterAll(() => box.remove());
const width = (text: string): number => Math.max(...text.split('\n').filter((line) => !line.startsWith('next')).map((line) => line.length));

describe('new', () => {
  beforeAll(async () => {
    for (const args of [['kernel', 'my-patch'], ['scenario', 'mine'], ['scenario', 'other.json']]) {
      const { code, out, err } = await box.run(['new', ...args]);
      expect([code, err]).toEqual([0, '']);
      const next = [...out.matchAll(/npx --no faultline (.*)$/gm)].map(([, command]) => command!.split(' '));
      expect(next.length).toBe(3);
      // What it says to do next can be done.
      for (const command of next) expect(`${command.join(' ')}: ${(await box.run(command)).code}`).toBe(`${command.join(' ')}: 0`);
    }
  });

  test('the kernel holds where its step is executed, and says what it changes', async () => {
    const { out } = await box.run(['check', './my-patch.ts']);
    expect(out).toContain('+ state mmu.fault.early\n');
    expect(out).toContain('+ step mine.look\n');
    const explored = await box.run(['explore', 'SC01', '--kernel', './my-patch.ts', '--json']);
    expect(JSON.parse(explored.out)).toMatchObject({ complete: true, exitCode: 0, findings: [] });
    expect((await box.run(['run', 'SC01', '--kernel', './my-patch.ts'])).code).toBe(0);
    expect((await box.run(['show', '--actor', 'vcpu0'])).out).toContain('mine.look');
  });

  test('both scenarios are the same but for their names, and are searched to the end', async () => {
    const [mine, other] = await Promise.all(['./mine.ts', './other.json'].map(async (file) => JSON.parse((await box.run(['explore', file, '--json'])).out) as { states: number; complete: boolean; exitCode: number }));
    expect(mine).toMatchObject({ complete: true, exitCode: 0 });
    expect(other!.states).toBe(mine!.states);
  });

  test('what it writes is right to TypeScript', () => {
    mkdirSync(join(box.folder, 'node_modules'));
    symlinkSync(root, join(box.folder, 'node_modules/faultline'));
    box.write('package.json', '{ "type": "module" }');
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--skipLibCheck', '--types', '', 'my-patch.ts', 'mine.ts'], { cwd: box.folder, encoding: 'utf8' });
    expect(`${status} ${stdout}`).toBe('0 ');
  });

  test.each([
    [['kernel', 'my-patch'], 'my-patch.ts exists already'], [['kernel', 'no/where/patch'], 'cannot write no/where/patch.ts: there is no such file or folder'],
    [['kernl', 'a'], "there is nothing like 'kernl' to write; did you mean 'kernel'?"], [['scenario', 'SC01'], "'SC01' is the name of a built-in scenario"],
    [['scenario', '9a'], "'9a' is no name for a scenario"], [['kernel', 'patch.json'], 'the file of a kernel ends in .ts, not .json'], [['kernel'], "missing required argument 'name'"],
  ])('%s is refused: %s', async (args, sentence) => {
    const { code, out, err } = await box.run(['new', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});

describe('check', () => {
  beforeAll(() => {
    box.write('patch.ts', PATCH);
    box.write('throws.ts', THROWS);
    box.write('bad.json', '{ "name": "bad",\n "vms": [}');
    box.write('wrong.json', JSON.stringify({ name: 'wrong', vms: [{}], threads: [{ name: 'main', program: [{ op: 'punch', fd: 'B', page: 0, pages: 1 }] }] }));
    box.write('setup.json', JSON.stringify({ name: 'setup', vms: [{}], setup: [{ op: 'create_gmem', fd: 'A', pages: 0 }] }));
    box.write('broken.ts', "import { deriveKernel, kernels } from 'faultline';\nexport default deriveKernel(kernels[0]!, {\n  name: 'x', fragments: { 'mmu.fault': (edit) => edit.remove('stal', 'map') } });\n");
    box.write('typo.ts', "import { scenario, crateGmem } from 'faultline';\nexport default scenario({ name: 'typo', vms: [{}], setup: [crateGmem('A', 1)] });\n");
  });

  test('a scenario: its size, actors, states, and the kernels that it fits', async () => {
    const { code, out, err } = await box.run(['check', 'SC01']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^actors {5}9 actors, 4 of them with a program$/m);
    expect(out).toMatch(/^states {5}11,017, exactly, on v6\.8: explore searches every interleaving$/m);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('kernels it fits v6.8, fseal-2021, private-ops-2022, rfc-v11, rfc-v11-flipped, v6.8-fixed, v6.12, v6.18, mainline, conversions-2025, conversions-2025-huge not conversions-2026: SC01: setup[2].op: \'set_attributes\' is of no use');
    expect(width(out)).toBeLessThanOrEqual(78);
    const json = JSON.parse((await box.run(['check', 'SC01', '--json', '--kernel', './patch.ts'])).out) as object;
    expect(json).toMatchObject({ kind: 'scenario', name: 'SC01', states: { exact: true, strategy: 'exhaustive' }, fits: expect.arrayContaining(['no-stale-test', 'fseal-2021', 'v6.8', 'mainline', 'conversions-2025']) as unknown, refused: [{ kernel: 'conversions-2026' }] });
  });

  test('an endless scenario has no end in sight', async () => {
    expect((await box.run(['check', 'stress'])).out.replaceAll(/\s+/g, ' ')).toContain('no end in sight, on v6.8: explore takes samples');
  });

  test('a kernel: what it consists of and what it changes', async () => {
    const { code, out, err } = await box.run(['check', './patch.ts']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('changes    against v6.8 (+ added, - removed, ~ changed):\n  - state mmu.fault.stale\n  ~ state mmu.fault.lock\n\n');
    expect(width(out)).toBeLessThanOrEqual(78);
    const json = JSON.parse((await box.run(['check', './patch.ts', '--json'])).out) as object;
    expect(json).toMatchObject({ kind: 'kernel', name: 'no-stale-test', base: 'v6.8', changes: { states: { added: [], removed: ['mmu.fault.stale'], changed: ['mmu.fault.lock'] } } });
    expect((await box.run(['check', 'v6.8'])).out).not.toMatch(/changes|note/);
    // What to explore: the scenario of a bug that it says it mends.
    const patch = join(root, 'examples/p2-memslot-generation.ts');
    expect((await box.run(['check', patch])).out).toContain(`\nnext       npx --no faultline explore SC66 --kernel ${patch}\n`);
  });

  test.each([
    [['bad.json'], 'bad.json: is not JSON: line 2, column 10: unexpected "}"'],
    [['wrong.json'], "wrong.json: threads[0].program[0].fd: there is no descriptor 'B'"],
    [['setup.json'], 'setup.json, on kernel v6.8: '],
    [['broken.ts'], "broken.ts:3: fragment 'mmu.fault' has no state 'stal'; did you mean 'stale'"],
    [['typo.ts'], "typo.ts: does not load: line 1: 'faultline' exports no 'crateGmem'; did you mean 'createGmem'?"],
    [['none.ts'], 'none.ts: there is no such file'], [['SC99'], "there is no scenario and no kernel 'SC99'; did you mean 'SC09'"], [['v6.9'], "there is no scenario and no kernel 'v6.9'; did you mean 'v6.8'"],
    [['patch.ts', '--as', 'scenario'], 'patch.ts: '], [['mine.ts', '--as', 'kernel'], 'mine.ts: exports no kernel'],
    [['patch.ts', '--kernel', 'v6.8'], '--kernel is for scenarios, and patch.ts is a kernel'], [['SC01', '--as', 'patch'], '--as: it takes kernel or scenario'],
  ])('%s: %s', async (args, sentence) => {
    const { code, out, err } = await box.run(['check', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});

describe('what a kernel changes', () => {
  test('nothing, when it changes nothing, or states the same otherwise', () => {
    expect(changesNothing(changesOf(v6_8, deriveKernel(v6_8, { name: 'same' })))).toBe(true);
    const [name, state] = Object.entries(v6_8.fragments.get('mmu.fault')!.states).find(([, one]) => 'on' in one && Object.keys(one.on).length > 1)!;
    const turned = 'on' in state ? { ...state, on: Object.fromEntries(Object.entries(state.on).toReversed()) } : state;
    expect(changesNothing(changesOf(v6_8, deriveKernel(v6_8, { name: 'turned', fragments: { 'mmu.fault': (edit) => edit.replace(name, turned) } })))).toBe(true);
  });

  test('every kind of difference, by name', () => {
    void outcome('elsewhere');
    const kernel = deriveKernel(v6_8, {
      name: 'all', mended: ['G4-B1'], steps: { 'mine.look': () => ok, 'fault.testStale': () => ok },
      fragments: { 'mmu.fault': (edit) => {
        edit.insertBefore('map', 'look', step('mine.look', 'a look', { ok: 'map' }));
        edit.remove('stale', 'map');
      } },
    });
    expect(changesOf(v6_8, kernel)).toMatchObject({
      fragments: { added: [], removed: [], changed: [] }, states: { added: ['mmu.fault.look'], removed: ['mmu.fault.stale'], changed: ['mmu.fault.lock'] },
      steps: { added: ['mine.look'], removed: [], changed: ['fault.testStale'] }, bugs: { added: [], removed: ['G4-B1'], changed: [] }, config: [],
    });
    expect(changesNothing(changesOf(v6_8, kernel))).toBe(false);
  });
});

// faultline list and explain: everything that has a name can be found by it.

import { afterAll, expect, test } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { catalog } from '../../src/cli/catalog.ts';
import { functionEntry } from '../../src/cli/kernel-functions.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { Sandbox } from '../support/command.ts';
import { v6_8 } from '../support/recorded.ts';

const box = new Sandbox();
afterAll(() => box.remove());

test.each([
  ['scenarios', builtinScenarios.map(({ name }) => name)], ['kernels', kernels.map(({ name }) => name)], ['invariants', invariants.map(({ id }) => id)],
  ['actors', ['vcpu0', 'irq0', 'cpu0']], ['steps', ['guest.execute', 'fault.testStale']],
])('list %s', async (kind, names) => {
  const text = await box.run(['list', kind]);
  expect(text.code).toBe(0);
  const json = JSON.parse((await box.run(['list', kind, '--json'])).out) as { name: string }[];
  for (const name of names) {
    expect(text.out).toContain(name);
    expect(json.map((one) => one.name)).toContain(name);
  }
  for (const line of text.out.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
});

test.each([
  ['S-01', 'invariant'], ['fault.testStale', 'step'], ['gmem.punchHole', 'fragment'], ['call.run.guest', 'state of machine vcpu'], ['EFAULT', 'errno'],
  ['stale', 'outcome'], ['spte', 'object'], ['fallocate', 'system call'], ['v6.8', 'kernel'], ['v6.8-weak', 'kernel'], ['G4-B2', 'known bug'], ['G4-B7', 'known bug that cannot be shown'], ['kvm_tdp_mmu_map', 'function of the kernel'], ['sc01', 'scenario'], ['gmem-op', 'machine'],
])('explain %s: %s', async (name, kind) => {
  const { code, out } = await box.run(['explain', name]);
  expect(code).toBe(0);
  expect(out.toLowerCase()).toContain(`${name.toLowerCase()}: ${kind}`);
});

test('a function of the kernel is known by the fragments and steps that stand for it, whole names only', () => {
  const told = (name: string): string => functionEntry(name, v6_8)!.text().join('\n');
  expect(told('kvm_gmem_punch_hole')).toContain('gmem.punchHole');
  expect(told('kvm_tdp_mmu_map')).toMatch(/Steps\n +fault\.map .*\n\n? +States\n +vcpu +call\.run\.tlbMiss\.fault\.map/);
  expect(functionEntry('kvm_tdp_mmu', v6_8)).toBeUndefined();
  expect(functionEntry('(', v6_8)).toBeUndefined();
});

test('a bug is explained with the release that lost it, as bugs lists it', async () => {
  expect((await box.run(['explain', 'G4-B2'])).out.replaceAll(/\s+/g, ' ')).toContain('Shown by S-11 in scenario SC26; mended in v6.18.');
});

test('every entry has a text of at most 78 columns', () => {
  const entries = catalog(kernels[0]!);
  expect(entries.length).toBeGreaterThan(1000);
  const texts = entries.map(({ name, text }) => ({ name, text: text().join('\n') }));
  expect(texts.filter(({ text }) => text.trim() === '' || text.split('\n').some((line) => line.length > 78)).map(({ name }) => name)).toEqual([]);
});

test.each([
  [['explain', 'fault.testStall'], /nothing is named 'fault\.testStall'; did you mean 'fault\.testStale'/], [['list', 'kernel'], /did you mean 'kernels'/],
  [['list', 'steps', 'SC01'], /takes no scenario/], [['list', 'scenarios', '--kernel', 'v6.12'], /list scenarios takes no --kernel; list steps and list actors do/], [['list', 'constructor'], /nothing like 'constructor' to list/], [['explain'], /missing required argument 'name'/],
])('%s is refused in one sentence', async (args, message) => {
  const { code, out, err } = await box.run(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).toMatch(/^faultline: [^\n]+\n$/);
});

// faultline list and explain: everything that has a name can be found by it.

import { afterAll, expect, test } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { catalog } from '../../src/cli/catalog.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { Sandbox } from '../support/command.ts';

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
  ['stale', 'outcome'], ['spte', 'object'], ['fallocate', 'system call'], ['v6.8', 'kernel'], ['sc01', 'scenario'], ['gmem-op', 'machine'],
])('explain %s: %s', async (name, kind) => {
  const { code, out } = await box.run(['explain', name]);
  expect(code).toBe(0);
  expect(out.toLowerCase()).toContain(`${name.toLowerCase()}: ${kind}`);
});

test('every entry has a text of at most 78 columns', () => {
  const entries = catalog(kernels[0]!);
  expect(entries.length).toBeGreaterThan(1000);
  const texts = entries.map(({ name, text }) => ({ name, text: text().join('\n') }));
  expect(texts.filter(({ text }) => text.trim() === '' || text.split('\n').some((line) => line.length > 78)).map(({ name }) => name)).toEqual([]);
});

test.each([
  [['explain', 'fault.testStall'], /nothing is named 'fault\.testStall'; did you mean 'fault\.testStale'/], [['list', 'kernel'], /did you mean 'kernels'/],
  [['list', 'steps', 'SC01'], /takes no scenario/], [['list', 'constructor'], /nothing like 'constructor' to list/], [['explain'], /missing required argument 'name'/],
])('%s is refused in one sentence', async (args, message) => {
  const { code, out, err } = await box.run(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).toMatch(/^faultline: [^\n]+\n$/);
});

// What the commands say of themselves fits a terminal of 80 columns, but for lines to be pasted.

import { afterAll, expect, test } from 'vitest';
import { exporters } from '../../src/export/index.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

test.each([[[]], [['export']], [['conform']], [['inspect']], [['show']]])('help of %j', async (words) => {
  const { code, out } = await box.run([...words, '--help']);
  expect(code).toBe(0);
  const [told, pasted] = out.split('\nExamples:\n');
  for (const line of told!.split('\n')) expect(line.length, line).toBeLessThanOrEqual(78);
  expect(out).not.toMatch(/\n\n\n|\n\n$/);
  expect(pasted ?? '  faultline').toMatch(/^ {2}faultline/);
});

test('every format of export is listed with what it is good for', async () => {
  const { out } = await box.run(['export', '--help']);
  for (const { name } of exporters) expect(out).toMatch(new RegExp(`\\n {2}${name} {2,}\\S`));
});

test('help for what is no command is refused like the command itself', async () => {
  expect(await box.run(['help', 'exprt'])).toEqual({ code: 2, out: '', err: "faultline: unknown command 'exprt'; did you mean 'export'?; see: faultline --help\n" });
});

test('an argument that is missing is told with what it would be', async () => {
  expect((await box.run(['list'])).err).toBe("faultline: missing required argument 'kind' (one of: scenarios, kernels, invariants, steps, actors); see: faultline list --help\n");
});

// What the commands make of texts that are not their own, and of commands that they suggest.

import { afterAll, expect, test } from 'vitest';
import { counted, harmless, labelledCommand, shellWord } from '../../src/cli/output.ts';
import { SC01 } from '../support/recorded.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

test('control characters are escaped, line ends and tabs are not', () => {
  expect(harmless('a\tb\nc\r\nd é')).toBe('a\tb\nc\r\nd é');
  expect(harmless('\x1b[2J\x9b1m\x07\r\x7f')).toBe('\\u001b[2J\\u009b1m\\u0007\\u000d\\u007f');
});

test('a title cannot steer the terminal, nor can a sentence of complaint', async () => {
  box.write('evil.json', JSON.stringify({ ...SC01, name: 'evil', title: 'a\x1b[2Jb\x9bc' }));
  const { out } = await box.run(['run', 'evil.json']);
  expect(out).toContain('evil: a\\u001b[2Jb\\u009bc\n');
  expect((await box.run(['show'])).out).toContain('a\\u001b[2Jb\\u009bc');
  const { code, err } = await box.run(['run', '\x1b[31mSC01']);
  expect(code).toBe(2);
  expect(err).toContain("there is no scenario '\\u001b[31mSC01'");
});

test('one is not many', async () => {
  expect([counted(0, 'step'), counted(1, 'step'), counted(1234, 'time')]).toEqual(['0 steps', '1 step', '1,234 times']);
  await box.run(['run', 'SC01', '--steps', '1', '--trace', 'one.trace']);
  expect((await box.run(['replay', 'one.trace'])).out).toContain('replayed   1 step, all of them; ');
});

test('a suggested command stays on one line, its words as a shell takes them', async () => {
  expect(labelledCommand('next', 'x '.repeat(60))).toBe(`next       ${'x '.repeat(60)}`);
  expect([shellWord('a/b-c.ts'), shellWord('my file'), shellWord("it's")]).toEqual(['a/b-c.ts', "'my file'", "'it'\\''s'"]);
  const { out } = await box.run(['run', 'SC01', '--trace', `a trace with ${'a long name '.repeat(5)}.trace`]);
  expect(out).toContain(`npx --no faultline replay 'a trace with ${'a long name '.repeat(5)}.trace'\n`);
});

test('what replay suggests can be run: a built-in scenario with its seed; another scenario is not suggested', async () => {
  await box.run(['run', 'SC02', '--seed', '1']);
  const { out } = await box.run(['replay', '--kernel', 'v6.8-fixed']);
  expect(out).toMatch(/\nnext {7}npx --no faultline run SC02 --kernel v6\.8-fixed --seed 1\n$/);
});

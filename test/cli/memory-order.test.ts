// --memory: the same kernel on weakly ordered memory, for every command that executes one.

import { afterAll, describe, expect, test } from 'vitest';
import { PATCH, Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

describe('--memory weak', () => {
  test('is the kernel with that name behind it; commands that are written out name it', async () => {
    const [weak, named] = await Promise.all([['--memory', 'weak'], ['--kernel', 'v6.8-weak']].map((words) => box.run(['explore', 'SC01', ...words, '--json'])));
    const told = (out: string): object => ({ ...JSON.parse(out) as object, seconds: 0 });
    expect(weak!.err).toBe('');
    expect(told(weak!.out)).toMatchObject({ kernel: 'v6.8-weak' });
    const { states } = JSON.parse(weak!.out) as { states: number };
    expect(states).toBe((JSON.parse(named!.out) as { states: number }).states);
    expect(states).toBeGreaterThan((JSON.parse((await box.run(['explore', 'SC01', '--json'])).out) as { states: number }).states);
    const run = await box.run(['run', 'SC01', '--memory', 'weak', '--seed', '3', '--trace', 'weak.trace']);
    expect(run.out).toContain('v6.8-weak: ');
    expect((await box.run(['replay', 'weak.trace'])).out).toContain('on kernel v6.8-weak');
    const sample = await box.run(['explore', 'SC01', '--memory', 'weak', '--strategy', 'random', '--schedules', '5']);
    expect(sample.out).toContain('--kernel v6.8-weak');
  });

  test('is for hunt and compare, too', async () => {
    expect((await box.run(['hunt', '--memory', 'weak', '--scenarios', '1'])).out).toContain('v6.8-weak: ');
    const { out, code } = await box.run(['compare', 'v6.8', 'v6.8', 'SC01', '--memory', 'weak', '--json']);
    expect(code).toBe(0);
    expect(out).toContain('"v6.8-weak"');
  });

  test.each([
    [['explore', 'SC01', '--memory', '500'], /--memory.*it is the order of memory, sc or weak; how many megabytes a search may take is --megabytes/],
    [['run', 'SC01', '--memory', 'tso'], /--memory.*it takes sc or weak, not 'tso'/],
    [['explore', 'SC01', '--memory', 'weak', '--kernel', './patch.ts'], /--memory weak is for built-in kernels; let \.\/patch\.ts derive from weakened\(…\) of one instead/],
    [['hunt', '--memory', 'sc', '--kernel', 'v6.8-weak'], /--memory sc, and v6\.8-weak is a kernel on weakly ordered memory; leave one of them out/],
    [['compare', 'v6.8', 'v6.9', '--memory', 'weak'], /there is no kernel 'v6\.9'/],
  ])('%s is refused', async (args, sentence) => {
    box.write('patch.ts', PATCH);
    const { code, out, err } = await box.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
  });
});

// The exhaustive search through the command: jobs, checkpoints, limits.

import { afterAll, describe, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { Sandbox, PATCH } from '../support/command.ts';

const box = new Sandbox();
box.write('patch.ts', PATCH);
afterAll(() => box.remove());

interface Said { jobs: number; states: number; transitions: number; terminals: object; complete: boolean; checkpoint: string | null; exitCode: number; notes: string[]; findings: { id: string; hash: string }[] }
const said = (out: string): Said => JSON.parse(out) as Said;
/** What must not depend on how the search was cut and shared. */
const told = ({ states, transitions, terminals, complete, findings }: Said): object => ({ states, transitions, terminals, complete, findings: findings.map(({ id, hash }) => ({ id, hash })) });

describe('jobs', () => {
  test.each(['SC01', 'SC22', 'SC26'])('%s comes to the same by two and four as by one', async (name) => {
    const [one, two, four] = await Promise.all([1, 2, 4].map(async (jobs) => said((await box.run(['explore', name, '--strategy', 'exhaustive', '--jobs', String(jobs), '--json'])).out)));
    expect([one!.jobs, two!.jobs, four!.jobs]).toEqual([1, 2, 4]);
    expect(told(two!)).toEqual(told(one!));
    expect(told(four!)).toEqual(told(one!));
    expect(two!.exitCode).toBe(one!.exitCode);
  });

  test('are one where the search cannot be shared, which is said', async () => {
    for (const [option, why] of [['--exact', 'whole states lie in one thread'], ['--reduction', 'reduction must know the one path']] as const) {
      const { code, out } = await box.run(['explore', 'SC22', '--strategy', 'exhaustive', option, '--jobs', '2']);
      expect(code).toBe(3);
      expect(out.replace(/\s+/g, ' ')).toContain(`one job, not 2: ${why}`);
    }
  });

  test('that die end the command with one sentence', async () => {
    const { code, err } = await box.run(['explore', 'SC01', '--jobs', '2'], { preload: fileURLToPath(new URL('../support/dying-job.mjs', import.meta.url)) });
    expect(code).toBe(70);
    expect(err.replace(/\n(faultline: )?/g, ' ')).toContain('job 2 of 2 ended with code 7 in the middle of its work');
  });

  test('search a kernel of one\'s own', async () => {
    const [one, two] = await Promise.all(['1', '2'].map(async (jobs) => said((await box.run(['explore', 'SC01', '--kernel', './patch.ts', '--jobs', jobs, '--json'])).out)));
    expect(one!.findings.map(({ id }) => id)).toContain('S-01');
    expect(told(two!)).toEqual(told(one!));
  });

  test('share one limit of memory, and end inconclusive', async () => {
    const { code, out } = await box.run(['explore', 'stress-small', '--strategy', 'exhaustive', '--megabytes', '12', '--jobs', '2', '--seconds', '280']);
    expect(code).toBe(5);
    expect(out.replace(/\s+/g, ' ')).toContain('inconclusive: it was cut at its limit of 12 MB; raise it with --megabytes');
  });
});

describe('checkpoints', () => {
  test.each([['1', '2'], ['2', '1']])('a search that %s began and %s ended comes to what it would have come to uncut', async (first, second) => {
    const uncut = said((await box.run(['explore', 'SC26', '--strategy', 'exhaustive', '--states', '5000', '--json'])).out);
    const file = `sc26-${first}.search`;
    const cut = await box.run(['explore', 'SC26', '--states', '400', '--checkpoint', file, '--jobs', first, '--json']);
    expect(said(cut.out)).toMatchObject({ states: 400, complete: false, checkpoint: file });
    const again = await box.run(['explore', 'SC26', '--resume', file, '--checkpoint', file, '--states', '900', '--jobs', second, '--json']);
    expect(said(again.out)).toMatchObject({ states: 900, complete: false, checkpoint: file });
    expect(box.has(`${file}.part`)).toBe(false);
    const rest = await box.run(['explore', 'SC26', '--resume', file, '--jobs', second, '--json']);
    expect(told(said(rest.out))).toEqual(told(uncut));
    expect([uncut.complete, rest.code]).toEqual([true, 1]);
  });

  test('with the graph, livelocks and points of no return are decided at the end', async () => {
    // Its seconds are over before the search begins, so all of it is left.
    const { code } = await box.run(['explore', 'SC22', '--seconds', '0.0001', '--checkpoint', 'sc22.search', '--jobs', '2']);
    expect(code).toBe(5);
    const { code: second, out } = await box.run(['explore', 'SC22', '--resume', 'sc22.search', '--jobs', '1']);
    expect(second).toBe(3);
    expect(out).toMatch(/searched {3}904 states, 1,677 transitions/);
    expect(out).toContain('livelocks are decided');
    expect(out).toContain('Point of no return');
  });

  test('Ctrl-C leaves one', async () => {
    // It listens before it says anything; a second later it searches. Whatever it has until then is in the checkpoint.
    let looks = 0;
    const { code, out } = await box.run(['explore', 'stress-small', '--checkpoint', 'stress.search', '--jobs', '2'], { interruptWhen: (text) => text !== '' && ++looks > 100 });
    expect([code, box.has('stress.search')]).toEqual([130, true]);
    const states = Number(/^searched +([\d,]+) states?, /m.exec(out)![1]!.replaceAll(',', ''));
    const on = said((await box.run(['explore', 'stress-small', '--resume', 'stress.search', '--states', String(states + 1000), '--json'])).out);
    expect(on).toMatchObject({ states: states + 1000, complete: false });
  });

  test('are refused in one sentence where they do not fit', async () => {
    await box.run(['explore', 'SC01', '--states', '500', '--checkpoint', 'sc01.search']);
    const whole = box.read('sc01.search');
    box.write('cut.search', whole.subarray(0, whole.length - 100));
    box.write('none.search', 'x'.repeat(100));
    const cases: [string[], string][] = [
      [['SC02', '--resume', 'sc01.search'], 'sc01.search: the checkpoint is of a search of another scenario'],
      [['SC01', '--resume', 'sc01.search', '--kernel', 'v6.8-fixed'], "sc01.search: the checkpoint is of a search with kernel 'v6.8', not 'v6.8-fixed'"],
      [['SC01', '--resume', 'cut.search'], 'cut.search: the checkpoint ends too early'],
      [['SC01', '--resume', 'none.search'], 'none.search: there is no checkpoint of a search in it'],
      [['SC01', '--resume', 'nothing.search'], 'checkpoint nothing.search: there is no such file or folder'],
      [['SC01', '--checkpoint', 'sc01.search'], 'sc01.search exists already'],
      [['SC01', '--checkpoint', 'a.search', '--schedules', '5'], '--schedules is for samples, and --checkpoint means the exhaustive search'],
      [['SC01', '--checkpoint', 'a.search', '--strategy', 'random'], '--checkpoint is for the exhaustive search, and the strategy is random'],
    ];
    for (const [args, sentence] of cases) {
      const { code, out, err } = await box.run(['explore', ...args]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(sentence);
      expect(err.trim().split('\n').length).toBe(1);
    }
  });
});

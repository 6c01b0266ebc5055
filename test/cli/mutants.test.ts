// faultline mutants as a person calls it.

import { afterAll, describe, expect, test } from 'vitest';
import { mutants, notCut } from '../kernels/mutants/index.ts';
import { PATCH, Sandbox, THROWS } from '../support/command.ts';

const box = new Sandbox();
box.write('patch.ts', PATCH);
box.write('throws.ts', THROWS);
afterAll(() => box.remove());

interface Said {
  readonly exitCode: number; readonly interrupted: boolean;
  readonly rows: readonly { readonly id: string; readonly base: string; readonly hiddenBy: readonly string[]; readonly notCut: string | null; readonly cells: readonly { readonly way: string; readonly noticed: string | null; readonly effort: number }[] }[];
  readonly score: { readonly of: number; readonly killed: number; readonly survived: readonly string[]; readonly equivalentReported: readonly string[] };
}

describe('mutants', () => {
  test('a row a mutant, a column a strategy, and the score', async () => {
    const { code, out, err } = await box.run(['mutants', '--seconds', '1000', '--only', 'M02,m05,EQ8', '--schedules', '50', '--jobs', '2']);
    expect([code, err]).toEqual([0, '']);
    const rows = out.split('\n');
    expect(rows.find((row) => row.includes('exhaustive'))!.trim().split(/ +/)).toEqual(['exhaustive', 'random', 'pct', 'pos']);
    expect(rows.filter((row) => /^(M|EQ)\d/.test(row)).map((row) => row.replace(/ +\d+\.\d/g, '').replace(/ +/g, ' ').trim())).toEqual([
      expect.stringMatching(/^M02 (S-01 [\d,]+ ?){4}$/), expect.stringMatching(/^M05 (S-02 [\d,]+ ?){4}$/), 'EQ8 - 613 - 50 - 50 - 50',
    ]);
    expect(out).toContain('score      2 of 2 mutants noticed (100 %); 0 of 1 that do no harm reported');
    expect(rows.filter((row) => row.length > 78)).toEqual([]);
  });

  test('each from the oldest kernel that has what it changes; on weakly ordered memory and on one named kernel what there is', async () => {
    const ask = async (...args: readonly string[]): Promise<unknown[]> => {
      const { rows, kernels } = JSON.parse((await box.run(['mutants', '--seconds', '1000', '--strategy', 'exhaustive', '--json', ...args])).out) as Said & { kernels: { name: string }[] };
      return [kernels.map(({ name }) => name), ...rows.map(({ id, base, cells }) => `${id} ${base} ${cells[0]?.noticed ?? '-'}`)];
    };
    const both = [['v6.8-fixed', 'v6.12-fixed'], 'M77 v6.8-fixed S-19', 'M78 v6.12-fixed L-01'];
    expect(await ask('--only', 'M77,M78', '--jobs', '1')).toEqual(both);
    expect(await ask('--only', 'M77,M78', '--jobs', '2')).toEqual(both);
    expect(await ask('--only', 'M78', '--kernel', 'mainline-fixed')).toEqual([['mainline-fixed'], 'M78 mainline-fixed L-01']);
    expect((await box.run(['mutants', '--seconds', '1000', '--only', 'M78', '--memory', 'weak'])).err).toContain('M78 is cut from v6.12-fixed, which is not there on weakly ordered memory');
  });

  test('one that survives: 1, and what it does', async () => {
    const { code, out, err } = await box.run(['mutants', '--seconds', '1000', '--only', 'M01', '--strategy', 'random', '--schedules', '20']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/M01 survived: kvm_faultin_pfn takes the snapshot of\n +mmu_invalidate_seq behind/);
    expect(out).toContain('0 of 1 mutant noticed (0 %)');
  });

  test('as JSON, the same on one thread and on two', async () => {
    const ask = async (jobs: string): Promise<Said> => {
      const { out } = await box.run(['mutants', '--seconds', '1000', '--only', 'M01,M06,M20', '--strategy', 'pct,exhaustive', '--seed', '3', '--jobs', jobs, '--json']);
      return JSON.parse(out) as Said;
    };
    const [one, two] = [await ask('1'), await ask('2')];
    const found = ({ rows }: Said) => rows.map(({ id, cells }) => [id, cells.map(({ way, noticed, effort }) => [way, noticed, effort])]);
    expect(found(two)).toEqual(found(one));
    expect(one).toMatchObject({ exitCode: 0, interrupted: false, score: { of: 3, killed: 3, survived: [], equivalentReported: [] } });
    expect(one.rows.map(({ cells }) => cells.map(({ way }) => way))).toEqual([['exhaustive', 'pct'], ['exhaustive', 'pct'], ['exhaustive', 'pct']]);
  });

  test('on a kernel that breaks things itself only what the mistake adds counts', async () => {
    const { code, out } = await box.run(['mutants', '--seconds', '1000', '--kernel', 'v6.8', '--only', 'M19,M39,M44,M95', '--strategy', 'exhaustive', '--json']);
    const { rows, score } = JSON.parse(out) as Said;
    expect(rows.map(({ id, hiddenBy, notCut: why, cells }) => [id, hiddenBy, why === null, cells.map(({ noticed }) => noticed)])).toEqual([
      ['M19', [], false, []], ['M39', ['S-11'], true, [null]], ['M44', [], false, []], ['M95', [], true, ['S-32']],
    ]);
    expect([code, score]).toEqual([0, { of: 1, killed: 1, survived: [], equivalentReported: [] }]);
  });

  test('in a kernel of one\'s own, on threads; a mistake of the file is named', async () => {
    const { code, out } = await box.run(['mutants', '--seconds', '1000', '--kernel', './patch.ts', '--only', 'M02,M05,M77', '--strategy', 'exhaustive', '--jobs', '2', '--json']);
    const { rows } = JSON.parse(out) as Said;
    expect(rows.map(({ id, notCut: why, cells }) => [id, why === null, cells.map(({ noticed }) => noticed)])).toEqual([['M02', false, []], ['M05', true, ['S-02']], ['M77', true, ['S-19']]]);
    expect(code).toBe(0);
    const none = await box.run(['mutants', '--seconds', '1000', '--kernel', './patch.ts', '--only', 'M02', '--jobs', '1']);
    expect(none.code).toBe(5);
    expect(none.out).toContain('INCONCLUSIVE: none of them can be cut from this kernel');
    const thrown = await box.run(['mutants', '--seconds', '1000', '--kernel', './throws.ts', '--only', 'M05', '--jobs', '1']);
    expect([thrown.code, thrown.err]).toEqual([2, expect.stringContaining('throws.ts')]);
  });

  test('--memory weak: barriers can be forgotten; a run on such memory replays', async () => {
    const { code, out } = await box.run(['mutants', '--seconds', '1000', '--memory', 'weak', '--only', 'M02,B01,B02,B03,EQB1', '--strategy', 'exhaustive', '--json']);
    const { rows } = JSON.parse(out) as Said;
    expect(rows.map(({ id, cells }) => [id, cells[0]!.noticed])).toEqual([['M02', 'S-01'], ['B01', 'S-01'], ['B02', 'S-02'], ['B03', 'S-02'], ['EQB1', null]]);
    expect(code).toBe(0);
    expect((await box.run(['run', 'SC09', '--kernel', 'v6.8-fixed-weak', '--seed', '5'])).code).toBe(0);
    expect((await box.run(['replay'])).code).toBe(0);
    expect((await box.run(['run', 'SC09', '--kernel', 'v6.8-fixed-weak', '--runtime', 'threads', '--repeat', '5'])).code).toBe(0);
  });

  test('Ctrl-C: what is done until then, and 130', async () => {
    for (const jobs of ['1', '2']) {
      const { code, out } = await box.run(['mutants', '--schedules', '1000000', '--seconds', '1000', '--jobs', jobs], { interruptWhen: (said) => /^M\d+ .*\n/m.test(said) });
      expect(code).toBe(130);
      const [, noticed] = /score {6}(\d+) of \d+ mutants? noticed/.exec(out)!;
      expect(Number(noticed)).toBeGreaterThan(0);
      expect(out).toContain('interrupted; what was done until then stands above');
    }
  });

  test('--list: each of the catalogue, also those that are not cut', async () => {
    const { code, out } = await box.run(['mutants', '--list']);
    expect(code).toBe(0);
    for (const { id } of [...mutants, ...notCut]) expect(out).toMatch(new RegExp(`^ {2}${id} `, 'm'));
    expect(out.split('\n').filter((row) => row.length > 78)).toEqual([]);
    const listed = JSON.parse((await box.run(['mutants', '--list', '--only', 'M02', '--json'])).out) as { mutants: object[] };
    expect(listed.mutants).toEqual([expect.objectContaining({ id: 'M02', scenario: 'SC01', where: 'kvm_tdp_page_fault' })]);
  });

  test.each([
    [['--only', 'M04'], /there is no mutant 'M04'; did you mean 'M0/],
    [['--only', 'M38'], /M38 is not cut: with two-dimensional paging no vCPU takes slots_arch_lock/],
    [['--only', 'B01'], /B01 forgets a barrier, which is a step on weakly ordered memory only; add --memory weak/],
    [['--memory', 'weak', '--kernel', './patch.ts'], /--memory weak is for built-in kernels; let \.\/patch\.ts derive from weakened\(…\) of one instead/],
    [['--memory', 'tso'], /--memory.*it takes sc or weak, not 'tso'/],
    [['--only', ','], /--only names no mutant/],
    [['--strategy', 'psc'], /there is no strategy 'psc' to look for mutants by; did you mean 'pct' or 'pos'\?/],
    [['--schedules', '0'], /--schedules.*it takes a whole number from 1/],
    [['--kernel', 'v6.9'], /there is no kernel 'v6\.9'/],
  ])('%j is refused in one sentence, 2', async (args, sentence) => {
    const { code, out, err } = await box.run(['mutants', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

// faultline run --runtime threads, as a person meets it: what it says, what it leaves behind, how it ends when something goes wrong.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDLESS } from '../support/recorded.ts';
import { bin, PATCH, Sandbox, THROWS, withoutProgress } from '../support/command.ts';

const box = new Sandbox();
const THREADS = ['--runtime', 'threads'];
/** A kernel whose stale test does this. */
const stale = (name: string, body: string): string => `import { deriveKernel, kernels } from 'faultline';
export default deriveKernel(kernels.find((one) => one.name === 'v6.8')!, { name: '${name}', steps: { 'fault.testStale': () => { ${body} } } });
`;
beforeAll(() => {
  box.write('endless.json', JSON.stringify(ENDLESS));
  box.write('patch.ts', PATCH);
  box.write('throws.ts', THROWS);
  box.write('exits.ts', stale('exits', 'process.exit(9);'));
  box.write('hangs.ts', stale('hangs', 'for (;;);'));
});
afterAll(() => box.remove());

const width = (text: string): number => Math.max(...text.split('\n').filter((line) => !line.includes('npx')).map((line) => line.length));
/** Steps that a command says it has replayed, all of which the trace has. */
const replayed = async (trace: string): Promise<number> => {
  const { code, out, err } = await box.run(['replay', trace]);
  expect([code, err]).toEqual([0, '']);
  return Number(/replayed +([\d,]+) steps?, all of them/.exec(out)![1]!.replaceAll(',', ''));
};

describe('a run', () => {
  test('says how it is run and how fast; its trace replays, shows and exports', async () => {
    const { code, out, err } = await box.run(['run', 'endless.json', ...THREADS, '--workers', '2', '--placement', 'kind', '--steps', '20000', '--trace', 'one.trace']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/seed {7}1, runtime threads, 2 workers, placement kind\n/);
    expect(out).toMatch(/a second {3}[\d,]+ steps in \d+\.\d s, worker 0 [\d,]+, worker 1 [\d,]+\n/);
    expect(out).toMatch(/\n +npx --no faultline run endless\.json --runtime threads --workers 2 --placement kind --steps 20000 --seed 2\n/);
    expect(width(out)).toBeLessThanOrEqual(78);
    expect(await replayed('one.trace')).toBe(20_000);
    expect((await box.run(['show', 'one.trace', '--from', '19990'])).out).toMatch(/\n *20000 /);
    expect((await box.run(['export', 'one.trace', '--to', '5'])).out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { step?: number }).step).filter(Boolean)).toEqual([1, 2, 3, 4, 5]);
  });

  test('in rounds ends with the first finding, which the trace repeats', async () => {
    const { code, out, err } = await box.run(['run', 'SC26', ...THREADS, '--repeat', '10000', '--trace', 'found.trace']);
    expect([code, err]).toEqual([1, '']);
    const [, step] = /\nresult +BROKEN: S-11, by step (\d+)(?: of round [\d,]+)?\n +known: G4-B2/.exec(out)!;
    expect(out).toContain('To repeat it:\n  npx --no faultline replay found.trace\n  npx --no faultline run SC26 --runtime threads --repeat 10000 --seed 1\n');
    const again = await box.run(['replay', 'found.trace']);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/^trace {6}found\.trace: SC26 on kernel v6\.8, on real threads\n/);
    expect(again.out).toMatch(new RegExp(`BROKEN: S-11, by step ${step}: index 0`));
  });

  test('says what its analyses have found: the lock order that G4-B10 breaks, with both chains', async () => {
    const { code, out } = await box.run(['run', 'stress', ...THREADS, '--steps', '400000', '--trace', 'order.trace']);
    expect(code).toBe(0);
    expect(out).toMatch(/\nanalysed {3}\d+ lock-order cycles?, no data race, \d+ distinct race windows hit\n +most waited for: \w+ [\d,]+ of [\d,]+/);
    expect(out.replace(/\s+/g, ' ')).toMatch(/ lock order folio_lock -> invalidate_lock -> folio_lock: known: G4-B10 of v6\.8, .* held folio_lock\(pfn \d+\) since mf\.lockFolio.* This can hang: /);
    expect(width(out)).toBeLessThanOrEqual(78);
  });

  test('as JSON has what each worker did, and what depends on the clock apart', async () => {
    const { code, out } = await box.run(['run', 'SC01', ...THREADS, '--workers', '2', '--repeat', '3', '--json', '--trace', 'json.trace']);
    expect(code).toBe(0);
    const report = JSON.parse(out) as { steps: number; allSteps: number; rounds: number; workers: { steps: number }[]; times: { seconds: number; workers: number[] }; metrics: { punches: number } };
    expect(report).toMatchObject({ runtime: 'threads', check: 'live', rounds: 3, metrics: { punches: 1 } });
    expect(report.workers.reduce((sum, { steps }) => sum + steps, 0)).toBe(report.allSteps);
    expect(report.times.workers.length).toBe(2);
    expect(await replayed('json.trace')).toBe(report.steps);
  });

  test('with --check after ends at the step that its trace breaks, and cuts it there', async () => {
    const { code, out } = await box.run(['run', 'endless.json', ...THREADS, '--kernel', './patch.ts', '--steps', '100000', '--check', 'after', '--trace', 'after.trace']);
    expect(code).toBe(1);
    const [, step] = /BROKEN: S-01, by step ([\d,]+)\n/.exec(out)!;
    const again = await box.run(['replay', 'after.trace']);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(new RegExp(`replayed +${step} steps, all of them`));
    expect(again.out).toMatch(new RegExp(`BROKEN: S-01, by step ${step}: `));
  });
});

describe('the same for simulate', () => {
  test('checked after, a run and its trace are what they are when checked live', async () => {
    const [live, after] = await Promise.all(['live', 'after'].map((check) =>
      box.run(['run', 'endless.json', '--kernel', './patch.ts', '--check', check, '--json', '--trace', `checked-${check}.trace`])));
    expect([live!.code, after!.code]).toEqual([1, 1]);
    const [one, other] = [live!, after!].map(({ out }) => ({ ...(JSON.parse(out) as object), check: '', trace: '' }));
    expect(other).toEqual(one);
    expect(box.read('checked-after.trace').equals(box.read('checked-live.trace'))).toBe(true);
  });

  test('unchecked, it says that nothing was checked', async () => {
    const { code, out } = await box.run(['run', 'endless.json', '--kernel', './patch.ts', '--check', 'off', '--steps', '20000']);
    expect(code).toBe(0);
    expect(out).toContain('\nchecked    nothing (--check off)\n');
    expect(out).toMatch(/\nresult +ended by its limit of steps, nothing was checked \(--check off\)\n/);
  });

  test('rounds have one seed after the other; the last is recorded as if it had been run alone', async () => {
    const many = await box.run(['run', 'SC22', '--repeat', '100', '--trace', 'many.trace']);
    expect(many.code).toBe(3);
    expect(many.out).toContain('\nrounds     3, with ');
    expect(many.out).toContain('\nresult     DEADLOCK behind step 22 of round 3: nobody can go on\n');
    await box.run(['run', 'SC22', '--seed', '3', '--trace', 'third.trace']);
    expect(box.read('many.trace').equals(box.read('third.trace'))).toBe(true);
  });

  test('rounds that all hold are counted, with their steps', async () => {
    const json = async (...args: string[]): Promise<{ steps: number; allSteps?: number; rounds?: number; seed: number; hash: string }> => JSON.parse((await box.run(['run', 'SC01', '--json', ...args])).out);
    const all = await json('--repeat', '3', '--trace', 'r.trace');
    const each = await Promise.all(['1', '2', '3'].map((seed) => json('--seed', seed, '--trace', `r${seed}.trace`)));
    expect(all).toMatchObject({ rounds: 3, seed: 3, allSteps: each.reduce((sum, { steps }) => sum + steps, 0), steps: each[2]!.steps, hash: each[2]!.hash });
  });
});

describe('Ctrl-C gives the partial result and a whole trace, exit code 130', () => {
  const LONG = ['--seconds', '300'];

  test.each<[string, number]>([['while the threads start', 0], ['in the middle', 400_000]])('%s', async (_when, bytes) => {
    const trace = `interrupted-${bytes}.trace`;
    const { code, out, err } = await box.run(['run', 'endless.json', ...THREADS, ...LONG, '--trace', trace], { interruptWhen: () => box.has(trace) && box.read(trace).length > bytes });
    expect([code, err]).toEqual([130, '']);
    expect(out.replace(/\s+/g, ' ')).toMatch(/ result interrupted behind step [\d,]+; until then nothing that was checked was broken /);
    expect(await replayed(trace)).toBeGreaterThanOrEqual(bytes === 0 ? 0 : 40_000);
  });

  test('at the end, while the trace is checked', async () => {
    // The last that the run itself writes says why it ended.
    const ended = (): boolean => box.has('end.trace') && box.read('end.trace').subarray(-200).includes('"why":"steps"');
    const { code, out, err } = await box.run(['run', 'endless.json', '--check', 'after', '--trace', 'end.trace'], { interruptWhen: ended });
    expect([code, err]).toEqual([130, '']);
    expect(out).toMatch(/\nresult +interrupted while it was checked, behind step [\d,]+ of 1,000,000;\s+until there nothing that was checked was broken\n/);
    expect(await replayed('end.trace')).toBe(1_000_000);
  });

  test('between two rounds, or in one', async () => {
    const { code, out } = await box.run(['run', 'SC01', ...THREADS, '--repeat', '1000000', '--trace', 'rounds.trace'], { interruptWhen: () => box.has('rounds.trace') });
    expect(code).toBe(130);
    expect(out).toMatch(/\nresult +interrupted behind step/);
    await replayed('rounds.trace');
  });
});

describe('when something goes wrong', () => {
  test('SIGKILL leaves a trace that can be read to its last whole chunk, as its message says', async () => {
    const { code } = await box.run(['run', 'endless.json', ...THREADS, '--seconds', '300', '--trace', 'killed.trace'], {
      interruptWhen: () => box.has('killed.trace') && box.read('killed.trace').length > 400_000, signal: 'SIGKILL',
    });
    expect(code).toBeNull();
    const { code: refused, err } = await box.run(['replay', 'killed.trace']);
    expect(refused).toBe(2);
    const [, last] = /steps 1 to (\d+) are whole: stop there with replay --until \1, show --to \1/.exec(err)!;
    expect(Number(last)).toBeGreaterThan(10_000);
    expect((await box.run(['replay', 'killed.trace', '--until', last!])).code).toBe(0);
    expect((await box.run(['show', 'killed.trace', '--from', last!, '--to', last!])).code).toBe(0);
  });

  test('a worker that dies is a defect of the laboratory, with actor and step; the steps before it are kept', async () => {
    const preload = join(fileURLToPath(new URL('..', import.meta.url)), 'support/dying-thread.mjs');
    const { code, err } = await box.run(['run', 'endless.json', ...THREADS, '--trace', 'died.trace'], { preload });
    expect(code).toBe(70);
    expect(err.replaceAll(/\nfaultline: /g, ' ')).toMatch(/^faultline: a defect of the laboratory, not of a kernel: worker 0 ended with code 7 in the middle of the run, at '[\w.]+' of '[\w.:]+' \(state [\w.]+\)/);
    expect(await replayed('died.trace')).toBeGreaterThan(1000);
  });

  test.each<[string, RegExp]>([
    ['throws', /^faultline: \.\/throws\.ts: worker \d ended with an error: not written yet, at 'fault\.testStale' of 'vcpu\d' \(state [\w.]+\)\n$/],
    ['exits', /^faultline: \.\/exits\.ts: worker \d ended with code 9 in the middle of the run, at 'fault\.testStale' of 'vcpu\d' \(state [\w.]+\)\n$/],
  ])('a step of an own kernel that %s is the mistake of its file', async (name, message) => {
    const { code, err } = await box.run(['run', ...THREADS, '--kernel', `./${name}.ts`, '--trace', `${name}.trace`]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect((await box.run(['replay', `${name}.trace`])).out).toMatch(/the run failed in the step behind \d+/);
  });

  test('a step of an own kernel that never comes back is told with those who wait for it', async () => {
    const { code, err } = await box.run(['run', 'endless.json', ...THREADS, '--workers', '8', '--kernel', './hangs.ts', '--patience', '2', '--trace', 'hangs.trace']);
    expect(code).toBe(2);
    expect(err).toMatch(/^faultline: \.\/hangs\.ts: nothing has moved for 2 s: .*worker \d is busy at 'fault\.testStale' of 'vcpu0'.*; 'main\.gmem' waits in [\w.]+ for mmu_lock\(vm 0\), which has vcpu0[^;]*\n$/);
    expect((await box.run(['replay', 'hangs.trace'])).out).toMatch(/the run failed in the step behind \d+/);
  });

  const shell = (command: string): ReturnType<typeof spawnSync> => spawnSync('bash', ['-c', command], { cwd: box.folder, encoding: 'utf8', env: { ...process.env, F: bin } });

  test.skipIf(process.platform !== 'linux')('a disk that is full in the middle ends the run, and says how far the trace is whole', async () => {
    const { status, stderr } = shell('ulimit -f 256; node "$F" run endless.json --runtime threads --seconds 300 --trace full.trace');
    expect(status).toBe(2);
    const [, last] = /^faultline: cannot write full\.trace: it would be larger than a file may be; the run was ended, the trace is whole up to step (\d+)\n$/.exec(withoutProgress(stderr as string))!;
    expect(Number(last)).toBeGreaterThan(10_000);
    expect((await box.run(['replay', 'full.trace', '--until', last!])).code).toBe(0);
  });

  test.skipIf(!existsSync('/dev/full'))('a disk that is full from the start is one sentence', () => {
    const { status, stdout, stderr } = shell('node "$F" run SC01 --runtime threads --force --trace /dev/full');
    expect([status, stdout, stderr]).toEqual([2, '', 'faultline: cannot write /dev/full: the disk is full\n']);
  });
});

describe('mistakes are one sentence, exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['workers of a simulation', ['--workers', '2'], /^faultline: --workers is for real threads, and the runtime is simulate; add --runtime threads, or leave it out\n$/],
    ['a placement of a simulation', ['--placement', 'vm'], /--placement is for real threads/],
    ['jitter of a simulation', ['--jitter', '0'], /--jitter is for real threads/],
    ['patience of a simulation', ['--patience', '5'], /--patience is for real threads/],
    ['too many workers', [...THREADS, '--workers', '17'], /--workers: it takes a whole number from 1 to 16, not '17'/],
    ['an unknown placement', [...THREADS, '--placement', 'kin'], /--placement: it takes thread, round-robin, vm or kind, not 'kin'; did you mean 'kind'/],
    ['an unknown time of checks', ['--check', 'of'], /--check: it takes live, after or off, not 'of'; did you mean 'off'/],
    ['no round', ['--repeat', '0'], /--repeat: it takes a whole number from 1/],
    ['checks after rounds', ['--check', 'after', '--repeat', '5'], /--check after replays the trace of one run, and --repeat keeps that of the last round only; leave one of them out/],
    ['a trace in a folder that is not there', [...THREADS, '--trace', 'no/where.trace'], /cannot write no\/where\.trace: there is no such file or folder/],
    ['an unknown runtime', ['--runtime', 'thread'], /there is no runtime 'thread'; did you mean 'threads'/],
  ])('%s', async (_what, args, message) => {
    const { code, out, err } = await box.run(['run', 'SC01', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});

// faultline run, as a person meets it.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDLESS, SC01 } from '../support/recorded.ts';
import { await_, notify } from '../../src/scenario/builder.ts';
import { bin, PATCH, Sandbox, THROWS } from '../support/command.ts';

const box = new Sandbox();
beforeAll(() => {
  box.write('endless.json', JSON.stringify(ENDLESS));
  box.write('cycle.json', JSON.stringify({ ...SC01, name: 'cycle', threads: [{ name: 'a', program: [await_('x'), notify('y')] }, { name: 'b', program: [await_('y'), notify('x')] }] }));
  box.write('patch.ts', PATCH);
  box.write('throws.ts', THROWS);
});
afterAll(() => box.remove());

/** Longest line of a text. */
const width = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('what it prints', () => {
  test('scenario, kernel, seed, picture, steps, checks, result, and commands that work', async () => {
    const { code, out, err } = await box.run(['run', 'SC01', '--seed', '3']);
    expect([code, err]).toEqual([0, '']);
    for (const part of ['SC01: fault against punch', 'v6.8', 'seed       3', 'cpu0 --KVM_RUN---> vcpu0', 'S-01', 'held', 'traces/last.trace']) expect(out).toContain(part);
    expect(width(out)).toBeLessThanOrEqual(78);
    const commands = [...out.matchAll(/npx --no faultline (.+)/g)].map((match) => match[1]!.trim().split(' '));
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) expect((await box.run(command)).code, command.join(' ')).toBe(0);
  });

  test('a property is explained only where there is something to say of it', async () => {
    const of = async (...about: string[]) => {
      box.write('about.json', JSON.stringify({ ...SC01, about }));
      return /faultline explain (.+)/.exec((await box.run(['run', 'about.json'])).out)?.[1];
    };
    expect(await of('L-04', 'S-17', 'S-02')).toBe('S-02');
    expect(await of('L-04')).toBeUndefined();
  });

  test('a set-up that goes wrong', async () => {
    box.write('setup.json', JSON.stringify({ ...SC01, setup: [{ op: 'create_gmem', fd: 'A', pages: 1, flags: 64 }] }));
    expect(await box.run(['run', 'setup.json'])).toMatchObject({ code: 2, err: expect.stringContaining('setup[0]: create_gmem answered EINVAL, expected ok') as string });
  });

  test('as JSON: one object, the same for the same seed, nothing else', async () => {
    const runs = await Promise.all([1, 1, 2].map((seed) => box.run(['run', 'SC01', '--json', '--seed', String(seed)])));
    expect(runs[0]!.out).toBe(runs[1]!.out);
    expect(runs[0]!.out).not.toBe(runs[2]!.out);
    expect(JSON.parse(runs[0]!.out)).toMatchObject({ scenario: 'SC01', kernel: 'v6.8', seed: 1, why: 'finished', exitCode: 0, trace: 'traces/last.trace' });
  });

  test('help lists options, exit codes and examples', async () => {
    const main = await box.run(['--help']);
    expect([main.code, main.err]).toEqual([0, '']);
    for (const part of ['run', 'replay', 'show', 'export', 'list', 'explain', '130 interrupted']) expect(main.out).toContain(part);
    const { out } = await box.run(['run', '--help']);
    expect(out).toMatch(/--seed.*\n[^]*Examples:/);
    expect(width(out)).toBeLessThanOrEqual(78);
  });
});

test('a scenario in TypeScript is written with the functions of faultline', async () => {
  box.write('mine.ts', `import { createGmem, punch, scenario, setAttributes, slot, write, type Scenario } from 'faultline';
const mine: Scenario = scenario({
  name: 'mine', vms: [{ vcpus: [{ program: [write(0, 7)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')], threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
});
export default mine;
`);
  const { code, out, err } = await box.run(['run', './mine.ts']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('scenario   mine');
  expect((await box.run(['replay'])).code).toBe(0);
});

test('--spare-vcpus adds vCPUs that take commands, to the trace and to what is suggested as well', async () => {
  const { code, out, err } = await box.run(['run', 'SC01', '--spare-vcpus', '2']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('  outside --commands--> cpu1, cpu2\n');
  expect(out).toContain(' run SC01 --spare-vcpus 2 --seed 2\n');
  expect((await box.run(['replay'])).code).toBe(0);
  const [header] = (await box.run(['export'])).out.split('\n', 1).map((line) => JSON.parse(line) as { scenario: { vms: { vcpus: object[] }[] } });
  expect(header!.scenario.vms[0]!.vcpus.slice(1)).toEqual([{ commands: true, policy: 'convert' }, { commands: true, policy: 'convert' }]);
  const many = await box.run(['run', 'SC01', '--spare-vcpus', '4096']);
  expect([many.code, many.err]).toEqual([2, "faultline: SC01: vms[0].vcpus: has 4097 members; the limit 'vcpus' is 4096\n"]);
});

describe('exit codes', () => {
  test('0: held, ended by its limit', async () => {
    const { code, out } = await box.run(['run', 'endless.json', '--steps', '5000']);
    expect(code).toBe(0);
    expect(out).toMatch(/limit of steps/);
  });

  test('1: an invariant is broken; the report shows it', async () => {
    const { code, out } = await box.run(['run', 'endless.json', '--kernel', './patch.ts']);
    expect(code).toBe(1);
    expect(out).toMatch(/S-01 broken: the SPTE of gfn \d maps pfn/);
    expect(out).toMatch(/\n> +\d+ .*folio\.removeFromCache/);
    expect(width(out)).toBeLessThanOrEqual(78);
  });

  test('3: deadlock, with those who wait', async () => {
    const { code, out } = await box.run(['run', 'cycle.json']);
    expect(code).toBe(3);
    expect(out).toMatch(/DEADLOCK behind step \d+/);
    expect(out).toMatch(/a waits in next \(vmm\.next\)\n +b waits in next/);
    expect((await box.run(['replay'])).code).toBe(3);
  });

  test('130: Ctrl-C gives the partial result and a whole trace', async () => {
    const running = box.run(['run', 'endless.json', '--seconds', '280', '--trace', 'cut.trace'], { interruptWhen: () => box.has('cut.trace') && box.read('cut.trace').length > 200_000 });
    const { code, out, err } = await running;
    expect([code, err]).toEqual([130, '']);
    expect(out).toMatch(/interrupted behind step/);
    const replayed = await box.run(['replay', 'cut.trace']);
    expect(replayed.code).toBe(0);
    expect(replayed.out).toMatch(/all of them/);
  });

  test('130 with --json as well', async () => {
    const { code, out } = await box.run(['run', 'endless.json', '--seconds', '280', '--json', '--trace', 'json.trace'], { interruptWhen: () => box.has('json.trace') && box.read('json.trace').length > 200_000 });
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ why: 'interrupted', exitCode: 130 });
  });
});

describe('an output that takes nothing', () => {
  const shell = (command: string): ReturnType<typeof spawnSync> => spawnSync('bash', ['-c', `set -o pipefail; ${command}`], { cwd: box.folder, encoding: 'utf8', env: { ...process.env, F: bin } });

  test.skipIf(process.platform === 'win32')('a reader that has gone changes neither the exit code nor the trace', async () => {
    expect(shell('node "$F" run SC22 --seed 3 --trace piped.trace | true').status).toBe(3);
    expect((await box.run(['replay', 'piped.trace'])).code).toBe(3);
    const { status, stderr } = shell('node "$F" show piped.trace | true');
    expect([status, stderr]).toEqual([0, '']);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is one sentence, exit code 2', () => {
    const { status, stderr } = shell('node "$F" run SC22 --seed 3 >/dev/full');
    expect([status, stderr]).toEqual([2, 'faultline: cannot write to standard output: the disk is full\n']);
  });
});

describe('traces', () => {
  test('the same seed writes the same file', async () => {
    await Promise.all(['a', 'b'].map((name) => box.run(['run', 'endless.json', '--seed', '9', '--steps', '40000', '--trace', `${name}.trace`])));
    expect(box.read('a.trace').equals(box.read('b.trace'))).toBe(true);
  });

  test('an existing file is left alone without --force', async () => {
    box.write('mine.trace', 'precious');
    const { code, out, err } = await box.run(['run', '--trace', 'mine.trace']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe('faultline: mine.trace exists already; choose another name, or overwrite it with --force\n');
    expect(box.read('mine.trace').toString()).toBe('precious');
    expect((await box.run(['run', '--trace', 'mine.trace', '--force'])).code).toBe(0);
    expect((await box.run(['replay', 'mine.trace'])).code).toBe(0);
  });

  test('a mistake leaves the last trace as it was', async () => {
    await box.run(['run']);
    const before = box.read('traces/last.trace');
    await box.run(['run', 'nosuch']);
    await box.run(['run', '--kernel', './none.ts']);
    expect(box.read('traces/last.trace').equals(before)).toBe(true);
  });
});

describe("a person's own kernel", () => {
  test('whose step throws is told file and line; the trace ends before it', async () => {
    const { code, err } = await box.run(['run', '--kernel', './throws.ts', '--trace', 'throws.trace']);
    expect([code, err]).toEqual([2, 'faultline: ./throws.ts:4: not written yet\n']);
    expect((await box.run(['replay', 'throws.trace'])).out).toMatch(/the run failed in the step behind \d+/);
  });

  test('travels with its trace; another text is run only when that is said', async () => {
    box.write('mine.ts', PATCH);
    const { code } = await box.run(['run', 'SC01', '--kernel', './mine.ts', '--trace', 'own.trace']);
    expect((await box.run(['replay', 'own.trace'])).code).toBe(code);
    box.write('mine.ts', `${PATCH}// changed\n`);
    const refused = await box.run(['replay', 'own.trace']);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/carries the text of a kernel \('no-stale-test', from \.\/mine\.ts\).*--trust/);
    expect((await box.run(['show', 'own.trace', '--kernel-text'])).out).toBe(PATCH);
    expect((await box.run(['replay', 'own.trace', '--trust'])).code).toBe(code);
  });
});

describe('mistakes are one sentence, exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['unknown command', ['rum'], /unknown command 'rum' \(did you mean run\?\)/],
    ['unknown option', ['run', '--sed', '3'], /unknown option '--sed' \(did you mean --seed\?\); see: faultline run --help/],
    ['a seed that is none', ['run', '--seed', '-1'], /--seed: it takes a whole number from 0 to 4294967295, not '-1'/],
    ['steps that are none', ['run', '--steps', '1.5'], /--steps: it takes a whole number from 1/],
    ['seconds that are none', ['run', '--seconds', 'soon'], /--seconds: it takes a number of seconds above 0, not 'soon'/],
    ['too many arguments', ['run', 'SC01', 'SC02'], /too many arguments/],
    ['unknown scenario', ['run', 'SC1'], /there is no scenario 'SC1'; did you mean 'SC01'/],
    ['missing scenario file', ['run', 'none.json'], /none\.json: there is no such file/],
    ['a scenario that is not JSON', ['run', 'bad.json'], /bad\.json.*not JSON.*line 1/],
    ['a scenario without VMs', ['run', 'empty.json'], /empty\.json: vms/],
    ['unknown kernel', ['run', '--kernel', 'v6.88'], /there is no kernel 'v6\.88'; did you mean 'v6\.8'/],
    ['missing kernel file', ['run', '--kernel', './none.ts'], /kernel \.\/none\.ts: there is no such file/],
    ['a kernel with a syntax error', ['run', '--kernel', './bad.ts'], /\.\/bad\.ts:1:\d+: Unexpected token/],
    ['a kernel that is a folder', ['run', '--kernel', './'], /kernel \.\/: it is not a file/],
    ['an unknown kernel, whole sentence', ['run', '--kernel', 'v6.88'], /^faultline: there is no kernel 'v6\.88'; did you mean 'v6\.8'( or '[^']+')*\? Or give a file: \.\/my-patch\.ts\n$/],
    ['a trace that is a folder', ['run', '--trace', '.'], /^faultline: \. is a folder; name a file in it: my\.trace\n$/],
    ['a trace that is a folder, with force', ['run', '--trace', '.', '--force'], /^faultline: \. is a folder; name a file in it: my\.trace\n$/],
    ['a trace without a name', ['run', '--trace', ''], /^faultline: --trace takes the name of a file; it was given an empty one\n$/],
    ['a scenario without a name', ['run', ''], /^faultline: scenario: its name is empty; 'faultline list scenarios' lists those there are\n$/],
    ['a kernel instead of a scenario', ['list', 'actors', 'v6.8'], /^faultline: there is no scenario 'v6\.8', nor is it the name of a scenario file, which ends in \.json, /],
    ['unknown runtime', ['run', '--runtime', 'simulat'], /there is no runtime 'simulat'; did you mean 'simulate'/],
    ['a trace in a folder that is not there', ['run', '--trace', 'no/where.trace'], /cannot write no\/where\.trace: there is no such file or folder/],
  ])('%s', async (_what, args, message) => {
    box.write('bad.json', '{');
    box.write('empty.json', '{"name":"empty"}');
    box.write('bad.ts', 'const x = ;\n');
    const { code, out, err } = await box.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});

// faultline replay, show and export, as a person meets them.

import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDLESS } from '../support/recorded.ts';
import { PATCH, Sandbox } from '../support/command.ts';

const box = new Sandbox();
beforeAll(async () => {
  box.write('endless.json', JSON.stringify(ENDLESS));
  box.write('patch.ts', PATCH);
  await Promise.all([
    box.run(['run', 'SC01']),
    box.run(['run', 'endless.json', '--steps', '20000', '--trace', 'long.trace']),
    box.run(['run', 'endless.json', '--kernel', './patch.ts', '--trace', 'broken.trace']),
  ]);
});
afterAll(() => box.remove());

const width = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
/** A part of long.trace: one whole chunk, and some of the next. */
const cut = (): Buffer => box.read('long.trace').subarray(0, box.read('long.trace').length - 5000);
const edited = (at: number): Buffer => {
  const bytes = box.read('long.trace');
  bytes[at]! ^= 1;
  return bytes;
};

describe('replay', () => {
  test('verifies the last run, without being told which', async () => {
    const { code, out } = await box.run(['replay']);
    expect(code).toBe(0);
    expect(out).toMatch(/replayed +111 steps, all of them/);
  });

  test('stops where it is told, at the same memory each time', async () => {
    const [once, again, other] = await Promise.all([['40'], ['40'], ['41']].map(([n]) => box.run(['replay', '--until', n!])));
    expect(once!.out).toMatch(/replayed +40 steps;/);
    expect(once!.out).toBe(again!.out);
    expect(once!.out).not.toBe(other!.out);
  });

  test('breaks again what was broken, exit code 1', async () => {
    const { code, out } = await box.run(['replay', 'broken.trace']);
    expect(code).toBe(1);
    expect(out).toMatch(/BROKEN: S-01/);
  });

  test('with another kernel runs only the schedule, and says where it differs', async () => {
    const { code, out } = await box.run(['replay', 'broken.trace', '--kernel', 'v6.8']);
    expect(code).toBe(0);
    expect(out).toMatch(/differs +first at step \d+: 'fault\.testStale' of 'vcpu0' answers 'stale'/);
  });
});

describe('the schedule of a deadlock on another kernel', () => {
  beforeAll(async () => {
    box.write('same.ts', `import { deriveKernel, kernels } from 'faultline';\nexport default deriveKernel(kernels.find((one) => one.name === 'v6.8')!, { name: 'same' });\n`);
    await box.run(['run', 'SC22', '--seed', '3', '--trace', 'dead.trace']);
  });

  test('which has it too: exit code 3, with those who wait', async () => {
    const { code, out } = await box.run(['replay', 'dead.trace', '--kernel', './same.ts']);
    expect(code).toBe(3);
    expect(out).toMatch(/result +DEADLOCK here too, behind step 22: nobody can go on\n +main waits in reply \(vmm\.receiveReply\)\n/);
  });

  test('which goes on: says so', async () => {
    const { code, out } = await box.run(['replay', 'dead.trace', '--kernel', 'v6.8-fixed']);
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toMatch(/nothing that was checked was broken; the trace ends in a deadlock, this kernel goes on: '[\w.]+' can move/);
  });

  test('on which it does not apply to the end: exit code 5', async () => {
    await box.run(['run', 'SC02', '--seed', '1', '--trace', 'sc02.trace']);
    const { code, out } = await box.run(['replay', 'sc02.trace', '--kernel', 'v6.8-fixed']);
    expect(out).toMatch(/stopped +step \d+ of the trace does not apply/);
    expect(out).toMatch(/result +inconclusive: until there nothing/);
    expect(code).toBe(5);
  });
});

describe('show', () => {
  test('one column for each actor, at most 78 wide, choices and waiting marked', async () => {
    const { code, out } = await box.run(['show', 'long.trace', '--to', '400']);
    expect(code).toBe(0);
    expect(out).toMatch(/vcpu0 .*main .*main\.gmem/);
    expect(out).toMatch(/\(1 of 2\)/);
    expect(out).toMatch(/waits: [a-z_]+\(/);
    expect(width(out)).toBeLessThanOrEqual(78);
  });

  test('a part, and chosen actors', async () => {
    const { out } = await box.run(['show', '--from', '10', '--to', '20', '--actor', 'vcpu0,main']);
    const rows = out.split('\n').filter((line) => /^ *\d+ /.test(line));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(Number.parseInt(row, 10)).toSatisfy((n: number) => n >= 10 && n <= 20);
    expect(out).toMatch(/not shown +main\.gmem/);
    expect(out).not.toMatch(/fallocate\./);
  });

  test('the same text every time', async () => {
    expect((await box.run(['show'])).out).toBe((await box.run(['show'])).out);
  });

  test('a trace that was cut: its whole steps, then the sentence', async () => {
    box.write('cut.trace', cut());
    const { code, out, err } = await box.run(['show', 'cut.trace', '--from', '16380']);
    expect(code).toBe(2);
    expect(out).toMatch(/\n *16384 /);
    expect(err).toMatch(/cut\.trace ends within the chunk at byte \d+.*steps 1 to 16384 are whole/);
    expect((await box.run(['show', 'cut.trace', '--from', '16380', '--to', '16384'])).code).toBe(0);
    expect((await box.run(['replay', 'cut.trace', '--until', '16384'])).code).toBe(0);
  });
});

describe('export', () => {
  test('ndjson to standard output and to a file, which is not overwritten', async () => {
    const { code, out } = await box.run(['export']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').length).toBe(113);
    expect((await box.run(['export', '-o', 'x.ndjson'])).code).toBe(0);
    expect(box.read('x.ndjson').toString()).toBe(out);
    const again = await box.run(['export', '-o', 'x.ndjson']);
    expect([again.code, again.err]).toEqual([2, 'faultline: x.ndjson exists already; choose another name, or overwrite it with --force\n']);
    expect((await box.run(['export', '-o', 'x.ndjson', '--force', '--to', '3'])).code).toBe(0);
    expect(box.read('x.ndjson').toString().trimEnd().split('\n').length).toBe(4);
  });

  test('only steps of an actor, and those that send it a message', async () => {
    const stepsOf = async (...args: string[]): Promise<{ step: number; actor: string; messages: { to: string }[] }[]> => (await box.run(['export', ...args])).out.trimEnd().split('\n')
      .map((text) => JSON.parse(text) as { type: string; step: number; actor: string; messages: { to: string }[] }).filter(({ type }) => type === 'step');
    const all = await stepsOf();
    const some = await stepsOf('--actor', 'vcpu0');
    expect(some).toEqual(all.filter(({ actor, messages }) => actor === 'vcpu0' || messages.some(({ to }) => to === 'vcpu0')));
    expect(new Set(some.map(({ actor }) => actor))).toEqual(new Set(['cpu0', 'vcpu0']));
  });

  test('statecharts: one to standard output, all into a folder, none over a file that is there', async () => {
    const one = await box.run(['export', '--machines', '--actor', 'vcpu']);
    expect(one.code).toBe(0);
    expect(JSON.parse(one.out)).toMatchObject({ id: 'vcpu', initial: 'idle' });
    const all = await box.run(['export', '--machines', '--kernel', './patch.ts', '--format', 'dot', '-o', 'charts']);
    expect([all.code, all.out]).toEqual([0, expect.stringMatching(/^charts: 12 machines of kernel \S+, format dot\n$/)]);
    expect(box.read('charts/vcpu.dot').toString()).toMatch(/^digraph "vcpu" \{\n/);
    const again = await box.run(['export', '--machines', '--format', 'dot', '--actor', 'vcpu', '-o', 'charts']);
    expect([again.code, again.err]).toEqual([2, 'faultline: charts/vcpu.dot exists already; choose another name, or overwrite it with --force\n']);
    expect((await box.run(['export', '--machines', '--format', 'dot', '--actor', 'vcpu', '-o', 'charts', '--force'])).code).toBe(0);
  });

  test('a folder, which only an export\'s gives way to; nothing is left beside it', async () => {
    expect((await box.run(['export', '--format', 'ctf', '-o', 'ctf'])).code).toBe(0);
    expect(box.has('ctf/metadata')).toBe(true);
    expect((await box.run(['export', '--format', 'ctf', '-o', 'ctf'])).err).toBe('faultline: ctf exists already; choose another name, or overwrite it with --force\n');
    expect((await box.run(['export', '--format', 'ctf', '-o', 'ctf', '--force', '--to', '3'])).code).toBe(0);
    box.write('ctf/mine', '');
    const { code, err } = await box.run(['export', '--format', 'ctf', '-o', 'ctf', '--force']);
    expect([code, err]).toEqual([2, "faultline: ctf holds 'mine', which no export has made, so that --force does not overwrite it; choose another name\n"]);
    expect((await box.run(['export', '--format', 'ctf'])).err).toBe('faultline: format ctf makes a folder; name it with --output\n');
    box.write('cut.trace', cut());
    for (const format of ['ctf', 'tracedat', 'perfetto']) expect((await box.run(['export', 'cut.trace', '--format', format, '-o', 'cut.out'])).code).toBe(2);
    expect(readdirSync(box.folder).filter((name) => name.startsWith('cut.out') || name.endsWith('.tmp'))).toEqual([]);
  });

  test('a broken trace leaves no file behind', async () => {
    box.write('cut.trace', cut());
    expect((await box.run(['export', 'cut.trace', '-o', 'cut.ndjson'])).code).toBe(2);
    expect(box.has('cut.ndjson')).toBe(false);
  });
});

describe('mistakes are one sentence, exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['a missing trace', ['replay', 'none.trace'], /trace none\.trace: there is no such file/],
    ['a folder', ['replay', '.'], /trace \.: it is a folder/],
    ['a foreign file', ['show', 'endless.json'], /endless\.json is not a faultline trace/],
    ['an empty file', ['show', 'empty.trace'], /empty\.trace is empty/],
    ['a newer format', ['replay', 'newer.trace'], /newer\.trace is a trace of format 7, and this faultline reads formats up to 2/],
    ['a cut trace', ['replay', 'cut.trace'], /cut\.trace ends within the chunk at byte \d+/],
    ['an edited step', ['replay', 'edited.trace'], /edited\.trace was changed after it was written: the chunk of steps 1 to 16384 at byte \d+/],
    ['an edited header', ['replay', 'header.trace'], /header\.trace was changed after it was written: the header/],
    ['a trace of other sources', ['replay', 'other.trace'], /other sources of kernel 'v6\.8'/],
    ['an unknown actor', ['show', '--actor', 'vcpu9'], /there is no actor 'vcpu9' in traces\/last\.trace; did you mean 'vcpu0'/],
    ['a part behind the end', ['show', '--from', '5000'], /has 111 steps, none of them from 5000 on/],
    ['a part that ends before it begins', ['show', '--from', '9', '--to', '3'], /--to 3 comes before --from 9/],
    ['an output that is a folder', ['export', '-o', '.'], /^faultline: \. is a folder; name a file in it: my-export\n$/],
    ['a trace without a name', ['show', ''], /^faultline: the name of the trace is empty; name a file, or leave it out for the last run's\n$/],
    ['an unknown format', ['export', '--format', 'ndjsn'], /there is no format 'ndjsn'; did you mean 'ndjson'/],
    ['several machines to standard output', ['export', '--machines'], /has 12 machines \(vcpu, .*\); choose one with --actor, or give a folder with -o DIR/],
    ['an unknown machine', ['export', '--machines', '--actor', 'vcpi'], /kernel v6\.8 has no machine 'vcpi'; did you mean 'vcpu'/],
    ['an unknown format of machines', ['export', '--machines', '--format', 'uml'], /there is no format 'uml' of machines; there is xstate, mermaid, dot/],
    ['a format of traces for machines', ['export', '--machines', '--format', 'ndjson'], /format ndjson is of traces, not of statecharts: leave --machines out/],
    ['a format of machines for a trace', ['export', '--format', 'svg'], /format svg is of statecharts: add --machines/],
    ['a part to export behind the end', ['export', '--format', 'mermaid', '--from', '5000'], /traces\/last\.trace has 111 steps, none of them from 5000 on/],
    ['machines into a file', ['export', '--machines', '-o', 'empty.trace'], /empty\.trace is a file; machines go into a folder/],
    ['machines of a trace', ['export', 'empty.trace', '--machines'], /--machines writes statecharts, and no trace: leave empty\.trace out/],
    ['a kernel for a trace', ['export', '--kernel', 'v6.8'], /--kernel goes with --machines/],
    ['a part of the lock order', ['export', '--format', 'lockdep', '--from', '5'], /format lockdep tells of the run as a whole/],
    ['an unknown actor to export', ['export', '--actor', 'vcpu9'], /there is no actor 'vcpu9' in traces\/last\.trace; did you mean 'vcpu0'/],
    ['an unknown kernel', ['replay', '--kernel', 'v6.7'], /there is no kernel 'v6\.7'/],
  ])('%s', async (_what, args, message) => {
    box.write('empty.trace', '');
    box.write('newer.trace', 'faultline-trace 7 1 00000000\n');
    box.write('cut.trace', cut());
    box.write('edited.trace', edited(10_000));
    box.write('header.trace', edited(100));
    const { encodeHeader, encodeFooter } = await import('../../src/index.ts');
    const { header } = await import('../support/recorded.ts').then(({ record }) => record());
    box.write('other.trace', Buffer.concat([encodeHeader({ ...header, fingerprint: '0000000000000000' }), encodeFooter({ why: 'finished', steps: 0, hash: header.start })]));
    const { code, err } = await box.run(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });

  test('no last trace', async () => {
    const fresh = new Sandbox();
    const { code, err } = await fresh.run(['show']);
    fresh.remove();
    expect(code).toBe(2);
    expect(err).toMatch(/there is no traces\/last\.trace here; name a trace, or make one/);
  });
});

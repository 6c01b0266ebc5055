// The command `record`, on this machine's /dev/kvm where it has one.

import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { textOfFile } from '../../src/conform/load.ts';
import type { Step } from '../../src/conform/recording.ts';
import { readCases } from '../../src/record/cases.ts';
import { Sandbox } from '../support/command.ts';
import { asRecorded, noGmem, not618, titled } from '../support/kvm.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const step = (op: string, args: Step['args']) => ({ op, args });
const VM = step('create_vm', { type: 0, as: 'v0' });
const GMEM = step('create_gmem', { vm: 'v0', size: 8192, flags: 3, as: 'g0' });
const cases = (...all: readonly (readonly Step[])[]): string => all.map((steps, i) => `${JSON.stringify({ id: `case-${i}`, steps })}\n`).join('');
/** Steps that /dev/kvm's own access bits make different from a recording. */
const changedLines = (known: string, file: string): number => {
  const modes = (text: string): number => text.split('"mode":"020600"').length;
  return modes(textOfFile(known)) - modes(sandbox.read(file).toString());
};
const recorded = (file: string) => readCases(sandbox.read(file).toString(), file).map(({ steps }) => steps.map(({ res }) => res));

describe.skipIf(not618 !== undefined)(titled('Linux 6.18', not618), () => {
  it.each([['handmade', '../conformance/kernel-6.18-handmade.jsonl.gz'], ['random', '../conformance/kernel-6.18-random.jsonl.gz'], ['found', 'found-6.18.jsonl']])(
    'answers every step as it did when the %s cases were recorded, to the byte', async (name, file) => {
    const known = fileURLToPath(new URL(file, import.meta.url));
    const { code, out, err } = await sandbox.run(['record', known, '-o', `${name}.jsonl`]);
    expect([code, err]).toEqual([0, '']);
    expect(asRecorded(sandbox.read(`${name}.jsonl`).toString())).toBe(textOfFile(known));
    const [, now, before] = /^before {5}([\d,]+) of ([\d,]+) steps answered what they had answered before$/m.exec(out)!;
    expect(Number(before!.replaceAll(',', '')) - Number(now!.replaceAll(',', ''))).toBe(changedLines(known, `${name}.jsonl`));
  });
});

describe.skipIf(noGmem !== undefined)(titled('a recording', noGmem), () => {
  it('has what each step answered, and says where that is new', async () => {
    sandbox.write('told.jsonl', `${JSON.stringify({ id: 'lie', tags: ['x'], steps: [{ ...VM, res: { ret: -1, errno: 'EPERM' } }, step('close', { fd: 'v0' }), step('close', { fd: 'v0' })] })}\n`);
    const { code, out } = await sandbox.run(['record', 'told.jsonl', '-o', 'told.out']);
    expect(code).toBe(0);
    expect(out).toContain('before     0 of 1 step answered what they had answered before\ndiffers    lie, step 0 (create_vm)\n           before {"ret":-1,"errno":"EPERM"}\n           now {"ret":"fd"}\n');
    expect(sandbox.read('told.out').toString()).toBe('{"id":"lie","tags":["x"],"steps":[{"op":"create_vm","args":{"type":0,"as":"v0"},"res":{"ret":"fd"}},'
      + '{"op":"close","args":{"fd":"v0"},"res":{"ret":0}},{"op":"close","args":{"fd":"v0"},"res":{"ret":-1,"errno":"EBADF"}}]}\n');
  });

  it('of some cases has these', async () => {
    sandbox.write('many.jsonl', cases([VM], [VM], [VM]));
    expect((await sandbox.run(['record', 'many.jsonl', '-o', 'some.out', '--id', 'case-2,case-0'])).code).toBe(0);
    expect(readCases(sandbox.read('some.out').toString(), '').map(({ id }) => id)).toEqual(['case-0', 'case-2']);
    const { code, err } = await sandbox.run(['record', 'many.jsonl', '-o', 'none.out', '--id', 'case-7']);
    expect([code, err]).toEqual([2, "faultline: --id: many.jsonl has no case 'case-7'; did you mean 'case-0' or 'case-1' or 'case-2'?\n"]);
    expect(sandbox.has('none.out')).toBe(false);
  });

  it('goes on behind a case that hangs, which ends it with 5', async () => {
    sandbox.write('hangs.jsonl', cases([step('make_file', { kind: 'eventfd', as: 'x0' }), step('read', { fd: 'x0', len: 8 }), VM], [VM]));
    const { code, out } = await sandbox.run(['record', 'hangs.jsonl', '-o', 'hangs.out', '--seconds', '0.5']);
    expect(code).toBe(5);
    expect(out.replace(/\s+/g, ' ')).toContain('ENDED case-0, step 1 (read): no answer within 0.5 s; the process was ended');
    expect(recorded('hangs.out')).toEqual([[{ ret: 'fd' }, { skipped: 'no answer within 0.5 s; the process was ended' }, { skipped: 'the process had ended' }], [{ ret: 'fd' }]]);
  });

  it('that is interrupted has whole cases, and says how many are missing', async () => {
    const nap = [VM, step('sleep', { ms: 100 })];
    sandbox.write('long.jsonl', cases(...Array<Step[]>(100).fill(nap)));
    const { code, out } = await sandbox.run(['record', 'long.jsonl', '-o', 'long.out'], { interruptWhen: () => sandbox.has('long.out') && sandbox.read('long.out').length > 0 });
    expect(code).toBe(130);
    const whole = recorded('long.out').length;
    expect(whole).toBeGreaterThan(0);
    expect(out.replace(/\s+/g, ' ')).toContain(`then it was interrupted: long.out has whole cases, ${100 - whole} of 100 are missing`);
  });

  it('lets no guest execute and makes no page bad unless it may; what needs that is skipped', async () => {
    sandbox.write('careful.jsonl', cases([
      VM, step('create_vcpu', { vm: 'v0', id: 0, as: 'c0' }), step('guest_access', { vcpu: 'c0', gpa: 0, kind: 'read', len: 1 }), step('close', { fd: 'c0' }),
      step('anon', { len: 4096, as: 'a0' }), step('memory_failure', { map: 'a0', off: 0, method: 'madvise', kill: 'DEFAULT' }),
      step('madvise', { map: 'a0', off: 0, len: 4096, advice: 101 }), step('madvise', { map: 'a0', off: 0, len: 4096, advice: 100 }),
    ]));
    const { code, out } = await sandbox.run(['record', 'careful.jsonl', '-o', 'careful.out']);
    expect(code).toBe(0);
    const bad = { skipped: 'memory failures are not allowed' };
    expect(recorded('careful.out')).toEqual([[
      { ret: 'fd' }, { skipped: 'vCPUs are not allowed' }, { skipped: 'what it needs was not made' }, { skipped: 'what it needs was not made' }, { ret: 'addr' }, bad, bad, bad,
    ]]);
    expect(out).toContain('skipped    3 steps: memory failures are not allowed\n');
  });

  it('leaves devices as they are', async () => {
    const on = (op: string, fd: string, args: Step['args'] = {}) => step(op, { fd, ...args });
    sandbox.write('devices.jsonl', cases([
      step('make_file', { kind: 'devnull', as: 'x0' }), step('dup', { fd: 'x0', as: 'd0' }), on('fchmod', 'x0', { mode: 0o600 }), on('fchmod', 'd0', { mode: 0o600 }),
      on('fchmod', 'kvm', { mode: 0o600 }), on('fchown', 'kvm'), step('make_file', { kind: 'memfd', size: 4096, as: 'x1' }), on('fchmod', 'x1', { mode: 0o600 }),
    ]));
    const before = statSync('/dev/null').mode;
    expect((await sandbox.run(['record', 'devices.jsonl', '-o', 'devices.out'])).code).toBe(0);
    const left = { skipped: "the device is the machine's" };
    expect(recorded('devices.out')[0]).toEqual([{ ret: 'fd' }, { ret: 'fd' }, left, left, left, left, { ret: 'fd' }, { ret: 0 }]);
    expect(statSync('/dev/null').mode).toBe(before);
  });

  it('fills no more memory than a step may, and maps over nothing', async () => {
    const huge = 2 ** 40;
    sandbox.write('huge.jsonl', cases([
      VM, step('create_gmem', { vm: 'v0', size: huge, flags: 3, as: 'g0' }), step('fallocate', { fd: 'g0', mode: 1, offset: 0, len: huge }),
      step('fallocate', { fd: 'g0', mode: 1, offset: 0, len: huge * 2 }), step('mmap', { fd: 'g0', len: huge, prot: 3, flags: 0x8001, offset: 0, as: 'm0' }),
      step('mmap', { fd: 'g0', len: 4096, prot: 3, flags: 0x11, offset: 0, as: 'm1' }), step('ioctl', { fd: 'v0', nr: 0xae41 }),
    ]));
    expect((await sandbox.run(['record', 'huge.jsonl', '-o', 'huge.out'])).code).toBe(0);
    const filled = { skipped: 'it would fill more memory than one step may' };
    expect(recorded('huge.out')[0]).toEqual([{ ret: 'fd' }, { ret: 'fd' }, filled, { ret: -1, errno: 'EINVAL' }, filled,
      { skipped: 'mappings are placed by the recorder' }, { skipped: 'any ioctl of KVM, but for those with operations of their own, is refused' }]);
  });

  it('knows a child process: files are the same, what it closes and maps is its own', async () => {
    sandbox.write('child.jsonl', cases([
      VM, GMEM, step('child', { step: step('close', { fd: 'g0' }) }), step('child', { step: step('create_gmem', { vm: 'v0', size: 4096, flags: 0, as: 'y0' }) }),
      step('child', { step: step('mmap', { fd: 'g0', len: 4096, prot: 3, flags: 1, offset: 0, as: 'y0' }) }),
      step('mmap', { fd: 'g0', len: 8192, prot: 3, flags: 1, offset: 0, as: 'm0' }), step('fork_write', { map: 'm0', off: 0, len: 2, value: 7 }), step('host_read', { map: 'm0', off: 0, len: 4 }),
    ]));
    expect((await sandbox.run(['record', 'child.jsonl', '-o', 'child.out'])).code).toBe(0);
    expect(recorded('child.out')[0]).toEqual([{ ret: 'fd' }, { ret: 'fd' }, { ret: 0 }, { ret: -1, errno: 'EIO' }, { ret: 'addr' }, { ret: 'addr' }, { done: 2 }, { done: 4, data: [[7, 2], [0, 2]] }]);
  });

  it.skipIf(!existsSync('/dev/full'))('that cannot be written is one sentence', async () => {
    sandbox.write('one.jsonl', cases([VM]));
    expect(await sandbox.run(['record', 'one.jsonl', '-o', '/dev/full', '--force'])).toEqual({ code: 2, out: '', err: 'faultline: cannot write /dev/full: the disk is full\n' });
  });

  it('needs a compiler', async () => {
    sandbox.write('one.jsonl', cases([VM]));
    const { code, err } = await sandbox.run(['record', 'one.jsonl', '-o', 'one.out'], { env: { CC: 'none-such', XDG_CACHE_HOME: sandbox.folder } });
    expect([code, err]).toEqual([2, 'faultline: the recorder is a C program, and there is no compiler to make it: none-such cannot be started; install one, or name it in CC\n']);
    expect(sandbox.has('one.out')).toBe(false);
  });
});

describe('what is given', () => {
  it('is looked at before anything is done', async () => {
    sandbox.write('bad.jsonl', `${JSON.stringify({ id: 'a', steps: [VM] })}\n${JSON.stringify({ id: 'b', steps: [step('fstat', { fd: 'g0' })] })}\n`);
    expect(await sandbox.run(['record', 'bad.jsonl', '-o', 'bad.out'])).toEqual({ code: 2, out: '', err: "faultline: bad.jsonl, line 2, steps[0].args.fd: the handle 'g0' was never made\n" });
    expect((await sandbox.run(['record', 'none.jsonl', '-o', 'bad.out'])).err).toBe('faultline: none.jsonl: there is no such file or folder\n');
    expect((await sandbox.run(['record', 'bad.jsonl'])).err).toContain("required option '-o, --output <file>' not specified");
    sandbox.write('broken.gz', new Uint8Array([0x1f, 0x8b, 8, 0]));
    expect((await sandbox.run(['record', 'broken.gz', '-o', 'bad.out'])).err).toContain('faultline: broken.gz, line 1: cannot be unpacked: ');
    expect(sandbox.has('bad.out')).toBe(false);
  });

  it.skipIf(existsSync('/dev/kvm'))(titled('is refused where there is no /dev/kvm', existsSync('/dev/kvm') ? 'this machine has one' : undefined), async () => {
    sandbox.write('one.jsonl', cases([VM]));
    const { code, err } = await sandbox.run(['record', 'one.jsonl', '-o', 'one.out']);
    expect(code).toBe(2);
    expect(err).toContain('a recording needs ');
  });
});

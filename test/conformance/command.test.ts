// faultline conform, as people use it.

import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());
const recording = (name: string): string => join(import.meta.dirname, `${name}.jsonl.gz`);

describe('a recording', () => {
  test('that is the same', async () => {
    const { code, out } = await box.run(['conform', recording('kernel-7.3-named'), '--kernel', 'mainline', '--id', 'pf-mixed']);
    expect(out).toContain('judged     8 steps: 8 equal, 0 different, 0 not applicable');
    expect(out).toContain('result     nothing differs');
    expect(code).toBe(0);
  });

  test('that differs: case, step, call, expected, got, and the state and transition that decided it', async () => {
    // 6.8 knows no flag of a guest_memfd.
    const { code, out } = await box.run(['conform', recording('kernel-6.18-handmade'), '--kernel', 'v6.8', '--machine', '6.18.44', '--id', 'create-flags-0x1']);
    expect(code).toBe(1);
    expect(out).toContain('model      kernel v6.8, built as on machine 6.18.44');
    const told = out.replaceAll(/\n {11}/g, ' ');
    expect(told).toContain('differs    create-flags-0x1, step 2: create_gmem {"vm":"v0","size":32768,"flags":1,"as":"g0"}');
    expect(told).toContain('ret: the kernel "fd", the model -1');
    expect(told).toContain('errno: the kernel nothing, the model "EINVAL"');
    expect(told).toContain("decided by main.vm in vm-op: create_gmem.carryOut.validate (create.validate), outcome 'refused'");
  });

  test('as JSON', async () => {
    const { code, out } = await box.run(['conform', recording('kernel-6.18-handmade'), '--kernel', 'v6.8', '--id', 'create-flags-0x1', '--json']);
    expect(code).toBe(1);
    const { differences, ...head } = JSON.parse(out) as { differences: { step: number; op: string; decided: object }[] } & Record<string, unknown>;
    expect(head).toMatchObject({ kernel: 'v6.8', cases: 1, steps: 6, equal: 1, different: 5, inapplicable: 0 });
    expect(differences[0]).toMatchObject({
      id: 'create-flags-0x1', step: 1, op: 'create_gmem', fields: [{ field: 'ret', expected: 'fd', got: -1 }, { field: 'errno', got: 'EINVAL' }],
      decided: { actor: 'main.vm', machine: 'vm-op', path: 'create_gmem.carryOut.validate', step: 'create.validate', outcome: 'refused' },
    });
  });

  test('whose case is kept as a trace, which is shown and replayed', async () => {
    const trace = 'case.trace';
    const run = await box.run(['conform', recording('kernel-7.3-named'), '--kernel', 'mainline', '--id', 'hwp-private-mapped', '--trace', trace]);
    expect(run.code).toBe(0);
    expect(box.has(trace)).toBe(true);
    const replayed = await box.run(['replay', trace]);
    expect(replayed.out).toContain('hwp-private-mapped on kernel mainline');
    expect(replayed.code).toBe(0);
    const shown = await box.run(['show', trace, '--actor', 'hardware.mf']);
    expect(shown.out).toContain('mf.setHwpoison');
    expect(shown.code).toBe(0);
    const again = await box.run(['conform', recording('kernel-7.3-named'), '--kernel', 'mainline', '--id', 'pf-mixed', '--trace', trace]);
    expect(again.err).toContain('case.trace exists already; choose another name, or overwrite it with --force');
    expect(again.code).toBe(2);
  });
});

describe('facts and races', () => {
  test('facts of releases', async () => {
    const { code, out } = await box.run(['conform', join(import.meta.dirname, 'selftests.json.gz'), '--kernel', 'v6.8']);
    expect(out).toContain('judged     105 facts: 105 hold, 0 do not, 0 not applicable');
    expect(code).toBe(0);
  });

  test('a fact that does not hold', async () => {
    // What 6.18 made of it is no fact of 6.8.
    const facts = 'facts.json';
    box.write(facts, JSON.stringify([{
      id: 'f', source: 'a test', kernel_range: '>=6.8', status: 'mainline',
      steps: [{ op: 'create_vm', args: { type: 'SW_PROTECTED', as: 'v0' } }, { op: 'create_gmem', args: { vm: 'v0', size: 4096, flags: 1, as: 'g0' } }], expect: { ret: 'fd' },
    }]));
    const { code, out } = await box.run(['conform', facts, '--kernel', 'v6.8']);
    expect(out).toContain('ret: the selftest "fd", the model -1');
    expect(code).toBe(1);
    expect((await box.run(['conform', facts, '--kernel', 'v6.18'])).code).toBe(0);
  });

  test('a race', async () => {
    const { code, out } = await box.run(['conform', recording('kernel-7.3-races'), '--kernel', 'mainline', '--id', 'race-convert-nofile']);
    expect(out).toContain('c0: 2 of 2 that were seen');
    expect(out).toContain('everything that was seen can be reached');
    expect(code).toBe(0);
  });
});

describe('what is wrong', () => {
  test.each([
    [['nowhere.jsonl'], 'nowhere.jsonl'],
    [[recording('kernel-7.3-named'), '--kernel', 'mainline', '--id', 'pf-mixd'], "has no entry 'pf-mixd'; did you mean 'pf-mixed'?"],
    [[recording('kernel-7.3-named'), '--trace', 'x.trace'], '--trace keeps one case: name it with --id'],
    [[recording('kernel-7.3-named'), '--machine', '5.0'], "there is no machine '5.0'; there is 6.18.44, 7.3.4, or a side file"],
    [[join(import.meta.dirname, 'selftests.json.gz'), '--id', 'gm-f0-size', '--trace', 'x.trace'], '--trace keeps one recorded case'],
  ])('%j', async (args, message) => {
    const { code, err } = await box.run(['conform', ...args]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  test('a file that is none', async () => {
    box.write('bad.jsonl', '{"id":"a","tags":[],"steps":[{"op":"dup","args":{"fd":"g0","as":"d0"},"res":{"ret":"fd"}}]}\n');
    const { code, err } = await box.run(['conform', 'bad.jsonl']);
    expect(err).toContain("bad.jsonl, line 1, steps[0].args.fd: the handle 'g0' was never made");
    expect(code).toBe(2);
  });
});

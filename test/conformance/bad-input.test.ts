// What is no recording: file, line, field and reason.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { mainline } from '../../machines/kernels/mainline.ts';
import { readMachine } from '../../src/conform/config.ts';
import { loadEntries, sideFileOf, sideMachine } from '../../src/conform/load.ts';
import { readEntries } from '../../src/conform/read.ts';
import { caseTopology, isCaseScenario } from '../../src/conform/scenario.ts';
import { CASES_FINGERPRINT } from '../../src/trace/fingerprints.gen.ts';
import { numeric, toBigInt, wordsOf } from '../../src/conform/values.ts';

const made = '{"op":"create_vm","args":{"type":0,"as":"v0"},"res":{"ret":"fd"}}';
const entry = (...steps: string[]): string => `{"id":"a","tags":[],"steps":[${steps.join(',')}]}`;

describe('a file that is no recording', () => {
  test.each([
    ['', 'r, line 1: there is no entry in it'],
    [`${entry(made)}\n\n{"id":`, 'r, line 3: is not JSON'],
    ['[{"id":"a",\n"tags":[],"steps":[}]', 'r, line 2: is not JSON'],
    ['7', 'r, line 1: is an object, not 7'],
    ['{"tags":[],"steps":[]}', 'r, line 1, id: is missing'],
    ['{"id":"a","tags":"x","steps":[]}', "r, line 1, tags: is a list, not 'x'"],
    [`${entry(made)}\n${entry(made)}`, "r, line 2, id: 'a' is the id of the entry on line 1 already"],
    [`${entry(made)}\n{"id":"b","source":"s","kernel_range":">=6.8","status":"mainline","steps":[],"expect":{}}`, 'r, line 2: is one of the facts, the entries before it are recordings'],
    ['{"id":"a"}', 'r, line 1, steps: is missing'],
    [entry('{"op":"fllocate","args":{}}'), "r, line 1, steps[0].op: there is no operation 'fllocate'; did you mean 'fallocate'?"],
    [entry('{"op":"create_vm","args":{"as":"v0"}}'), 'r, line 1, steps[0].args.type: is missing'],
    [entry('{"op":"create_vm","args":{"type":0,"as":"v0"}}'), 'r, line 1, steps[0].res: is missing'],
    [entry('{"op":"create_vm","args":{"type":0,"as":"v0","typ":1},"res":{}}'), "r, line 1, steps[0].args.typ: operation 'create_vm' has no such argument; did you mean 'type'?"],
    [entry(made, '{"op":"close","args":{"fd":"v1"},"res":{"ret":0}}'), "r, line 1, steps[1].args.fd: the handle 'v1' was never made; did you mean 'v0' or 'kvm'?"],
    [entry(made, '{"op":"munmap","args":{"map":"v0","len":4096},"res":{"ret":0}}'), "r, line 1, steps[1].args.map: the handle 'v0' is a VM, not a mapping"],
    [entry(made, '{"op":"child","args":{"step":{"op":"run","args":{"vcpu":"c0"}}},"res":{"ret":0}}'), "r, line 1, steps[1].args.step.args.vcpu: the handle 'c0' was never made"],
    [entry(made, '{"op":"create_gmem","args":{"vm":"v0","size":9007199254740993,"flags":0,"as":"g0"},"res":{"ret":"fd"}}'), 'r, line 1, steps[1].args.size: is a number of 64 bits, those beyond 2^53 - 1 as "0x…", not 9007199254740992'],
    [entry(made, '{"op":"create_gmem","args":{"vm":"v0","size":"0x10000000000000000","flags":0,"as":"g0"},"res":{"ret":"fd"}}'), 'steps[1].args.size: is a number of 64 bits'],
    [entry(made, '{"op":"create_gmem","args":{"vm":"v0","size":"16 MB","flags":0,"as":"g0"},"res":{"ret":"fd"}}'), "steps[1].args.size: is a number of 64 bits, those beyond 2^53 - 1 as \"0x…\", not '16 MB'"],
    [entry(made, '{"op":"anon","args":{"len":4096,"as":"a0"},"res":{"ret":1e300}}'), 'steps[1].res.ret: 1e+300 is no whole number that can be told exactly; write it as "0x…"'],
    [entry(made, '{"op":"set_region","args":{"vm":"v0","slot":1,"flags":0,"gpa":0,"size":4096,"hva":"a0+12"},"res":{"ret":0}}'), "steps[1].args.hva: the handle 'a0' was never made"],
  ])('%s', (text, message) => {
    expect(() => readEntries(text, 'r')).toThrow(message);
  });

  test('numbers beyond 2^53 - 1 are texts, negative ones are plain', () => {
    expect(toBigInt('0xffffffffffffffff')).toBe(2n ** 64n - 1n);
    expect(wordsOf('0x123456789')).toEqual([0x23456789, 1]);
    expect(wordsOf(-1)).toEqual([-1, -1]);
    expect(numeric(2n ** 53n)).toBe('0x20000000000000');
    expect(numeric(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
  });
});

describe('a trace whose scenario is a case', () => {
  test('that was edited into none is refused', () => {
    const scenario = (steps: unknown): unknown => ({ name: 'a', title: 'a', recording: { steps, machine: {}, sources: CASES_FINGERPRINT } });
    const world = (value: unknown): unknown => (isCaseScenario(value) ? caseTopology(value, mainline, 'a.trace') : undefined);
    expect(() => world(scenario([{ op: 'dup', args: { fd: 'g0', as: 'd0' } }]))).toThrow("a.trace, line 1, scenario.recording.steps[0].args.fd: the handle 'g0' was never made");
    expect(() => world(scenario(7))).toThrow('scenario.recording.steps: is a list, not 7');
    expect(world(scenario([{ op: 'create_vm', args: { type: 0, as: 'v0' } }]))).toMatchObject({ vmTypes: ['default'] });
    expect(isCaseScenario({ name: 'SC01' })).toBe(false);
    expect(() => world({ name: 'a', title: 'a', recording: { steps: [], machine: {}, sources: '' } })).toThrow('is of a case whose world other sources of faultline made');
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conform-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test('may be compressed, as lines or as an array', () => {
    const lines = put('a.jsonl.gz', gzipSync(`${entry(made)}\n`));
    const array = put('b.json', `[\n${entry(made)},\n${entry(made).replace('"a"', '"b"')}]`);
    expect(loadEntries(lines)).toMatchObject({ form: 'recordings', entries: [{ id: 'a', line: 1 }] });
    expect(loadEntries(array).entries.map(({ id, line }) => [id, line])).toEqual([['a', 2], ['b', 3]]);
  });

  test('that are cut off say so', () => {
    expect(() => loadEntries(put('c.jsonl.gz', gzipSync(`${entry(made)}\n`).subarray(0, 40)))).toThrow(/c\.jsonl\.gz, line 1: cannot be unpacked/);
  });

  test('have a side file beside them that names the machine', () => {
    const path = put('d.jsonl.gz', gzipSync(entry(made)));
    expect(sideMachine(path)).toBeUndefined();
    put('d.config.json', '{"about":"x","attributes":false,"vmTypes":["default"],"hiddenSlot":true}');
    expect(sideFileOf(path)).toBe(join(folder, 'd.config.json'));
    expect(sideMachine(path)?.machine).toEqual({ config: { attributes: false, vmTypes: ['default'] }, hiddenSlot: true });
  });

  test.each([
    ['{', 'm, line 1: is not JSON'], ['[]', 'm, line 1: is an object, not a list'], ['{"atributes":true}', 'm, line 1, atributes: there is no such field'],
    ['{"attributes":1}', 'm, line 1, attributes: is true or false, not 1'], ['{"vmTypes":["tdx"]}', 'm, line 1, vmTypes: is a list of default and sw-protected'],
    ['{"userMemSlots":-1}', 'm, line 1, userMemSlots: is a whole number, not -1'],
  ])('side file %s', (text, message) => {
    expect(() => readMachine(text, 'm')).toThrow(message);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { SC01 } from '../../src/scenario/builtin/sc01.ts';
import { compile } from '../../src/scenario/compile.ts';
import { ScenarioError } from '../../src/scenario/errors.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { anyKernel } from '../support/for-kernel.ts';

let cwd = '';
beforeAll(() => { cwd = mkdtempSync(join(tmpdir(), 'faultline-load-')); });
afterAll(() => { rmSync(cwd, { recursive: true }); });

const load = (name: string, text?: string) => {
  if (text !== undefined) writeFileSync(join(cwd, name), text);
  return loadScenario(name, { cwd });
};
function refusal(name: string, text?: string): string {
  try {
    load(name, text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'loaded';
}

describe('a scenario is loaded', () => {
  it('by the name of a built-in one', () => {
    expect(load('sc01')).toBe(SC01);
  });

  it('from JSON, with a byte order mark or without', () => {
    expect(load('a.json', JSON.stringify(SC01))).toEqual(SC01);
    expect(load('b.json', `\uFEFF${JSON.stringify(SC01)}`)).toEqual(SC01);
  });

  it('from TypeScript that uses the builder and modules of its own', () => {
    load('pages.ts', 'export const PAGES: number = 2;\nexport default {};\n');
    load('common.json', '{"value": 5}');
    const scenario = load('c.ts', `
import { scenario, write, type GuestOp } from 'faultline';
import { PAGES } from './pages.ts';
import common from './common.json';
const program: readonly GuestOp[] = [write(PAGES as number, common.value)];
export default scenario({ name: 'mine', vms: [{ vcpus: [{ program }] }] });
`);
    expect(scenario).toEqual({ name: 'mine', vms: [{ vcpus: [{ program: [{ op: 'write', page: 2, value: 5 }] }] }] });
    expect(compile(scenario, anyKernel).gfns).toEqual([{ start: '2', end: '3' }]);
  });

  it('with pages as bigints, as numbers or as text', () => {
    const scenario = load('big.ts', "export default { name: 'mine', vms: [{ vcpus: [{ program: [{ op: 'read', page: 10n }] }] }], setup: [{ op: 'create_gmem', fd: 'A', pages: 0x10000000000000n }] };");
    expect(scenario).toEqual({ name: 'mine', vms: [{ vcpus: [{ program: [{ op: 'read', page: 10 }] }] }], setup: [{ op: 'create_gmem', fd: 'A', pages: 2 ** 52 }] });
    expect(compile(scenario, anyKernel).gfns).toEqual([{ start: '10', end: '11' }]);
    expect(load('bigger.ts', 'export default { page: 0x7ffffffffffffffn };')).toEqual({ page: '576460752303423487' });
  });

  it('from JavaScript, as an ES module or in the old form', () => {
    const text = "{ name: 'mine', vms: [{}] }";
    expect(load('d.mjs', `export default ${text};`)).toEqual({ name: 'mine', vms: [{}] });
    expect(load('e.js', `import { basename } from 'node:path';\nexport default { ...${text}, title: basename('/a/b') };`)).toEqual({ name: 'mine', title: 'b', vms: [{}] });
    expect(load('f.cjs', `module.exports = ${text};`)).toEqual({ name: 'mine', vms: [{}] });
  });
});

describe('what is no scenario is refused in one sentence', () => {
  it.each([
    ['SC1', undefined, "scenario: there is no scenario 'SC1'; did you mean 'SC01' or 'SC10' or 'SC11'?"],
    ['nothing', undefined, "scenario: there is no scenario 'nothing'; 'faultline list scenarios' lists them, or give a file: ./mine.ts"],
    ['v6.8', undefined, "scenario: there is no scenario 'v6.8', nor is it the name of a scenario file, which ends in .json, .ts, .mts, .js, .mjs, .cjs"],
    ['d.mj', undefined, 'd.mj: is not a scenario file; its name ends in .json, .ts, .mts, .js, .mjs, .cjs'],
    ['aa.json', undefined, "aa.json: there is no such file; did you mean 'a.json' or 'b.json'?"],
    ['1.json', '{\n  "name": "x",\n  "vms": [{},]\n}', '1.json: is not JSON: line 3, column 14: unexpected "]"'],
    ['2.json', '{"name": "x"', '2.json: is not JSON: line 1, column 13: the text ends too early'],
    ['3.json', '', '3.json: is not JSON: line 1, column 1: the text ends too early'],
    ['4.json', '{"name": x}', '4.json: is not JSON: line 1, column 10: unexpected "x"'],
    ['5.json', '{"a": 1}\n// comment', '5.json: is not JSON: line 2, column 1: unexpected "/"'],
    ['6.json', '{"a": "b\nc"}', '6.json: is not JSON: line 1, column 9: unexpected "\\n"'],
    ['7.json', '{"a" 1}', '7.json: is not JSON: line 1, column 6: unexpected "1"'],
    ['8.json', '{a: 1}', '8.json: is not JSON: line 1, column 2: unexpected "a"'],
    ['9.json', '[1 2]', '9.json: is not JSON: line 1, column 4: unexpected "2"'],
    ['10.json', "{'a': 1}", '10.json: is not JSON: line 1, column 2: unexpected "\'"'],
    ['11.json', '{"a": 01}', '11.json: is not JSON: line 1, column 7: unexpected "0"'],
    ['12.json', '{"a": "\\x"}', '12.json: is not JSON: line 1, column 8: unexpected "\\\\"'],
    ['0.ts', "import { scenario, vcpuu } from 'faultline';\nexport default scenario({ name: 'x', vms: [vcpuu()] });\n", "0.ts: does not load: line 1: 'faultline' exports no 'vcpuu'"],
    ['00.ts', "\nimport { scenaro } from 'faultline';\nexport default scenaro({});\n", "00.ts: does not load: line 2: 'faultline' exports no 'scenaro'; did you mean 'scenario'?"],
    ['13.json', '{\n  "name": "x",\n  "vms": [{"type": "default", "ty\\u0070e": "confidential"}, {"type": "default"}]\n}', "13.json: has a member twice: line 3, column 31: 'type'"],
    ['14.json', '{"a": {"b": [{}, {"c": 1}], "a": {}}, "b": {"c": 1}, "a": 2}', "14.json: has a member twice: line 1, column 54: 'a'"],
    ['1.ts', 'export const a = 1;\n', '1.ts: must export a scenario as its default: export default { name: …, vms: [ … ] }; it exports none'],
    ['2.ts', 'export default 5;\n', '2.ts: must export a scenario as its default: export default { name: …, vms: [ … ] }; it exports 5'],
    ['3.ts', 'const a = 1;\nthrow new Error(`no ${a}`);\n', '3.ts: does not load: line 2: no 1'],
    ['4.ts', "\nimport { nothing } from './no-such.ts';\nexport default nothing;\n", './no-such.ts: there is no such file'],
    ['5.ts', 'const a = 1;\nlet b: = 2;\n', '5.ts: does not load: Unexpected token (2:8)'],
    ['7.ts', 'throw null;\n', '7.ts: does not load: it throws null'],
    ['8.ts', 'throw undefined;\n', '8.ts: does not load: it throws nothing'],
    ['9.ts', 'throw { get message() { throw 1; }, get stack() { throw 2; } };\n', '9.ts: does not load: what it throws cannot be read'],
    ['10.ts', "export default { name: 'x', vms: [{ get type() { throw new Error('no type today'); } }] };\n", '10.ts: vms[0].type: cannot be read: no type today'],
    ['11.ts', 'export default new Proxy({}, { ownKeys() { throw null; } });\n', '11.ts: cannot be read: it throws null'],
    ['6.js', 'const a = 1;\nconst = 2;\n', '6.js: does not load: Unexpected token (2:7)'],
  ])('%s %j', (name, text, sentence) => {
    expect(refusal(name, text)).toBe(sentence);
  });

  it('when it is a kernel, which is given otherwise', () => {
    writeFileSync(join(cwd, 'patch.ts'), "import { mine } from 'faultline';\nexport default mine;\n");
    expect(() => loadScenario('patch.ts', { cwd, modules: { faultline: { mine: v6_8 } } })).toThrow("patch.ts: exports a kernel, 'v6.8', and no scenario; a kernel is given with --kernel");
  });

  it('when it is a folder, or larger than any scenario', () => {
    expect(refusal('large.json', `"${'a'.repeat(4_200_000)}"`)).toBe("large.json: has 4200002 bytes; the limit 'fileBytes' is 4194304");
    expect(() => loadScenario(`${cwd}/.ts`, {})).toThrow(ScenarioError);
  });

  it('when a text of it is as long as its file', () => {
    expect(load('long.json', `"${'a'.repeat(4_000_000)}"`)).toHaveLength(4_000_000);
  });

  it('when it is nested a million deep', () => {
    const text = '['.repeat(1_000_000);
    expect(refusal('deep.json', text)).toBe('deep.json: is not JSON: line 1, column 1000001: the text ends too early');
    expect(() => compile(load('closed.json', text + ']'.repeat(1_000_000)), anyKernel)).toThrow(/nested too deep/);
  });
});

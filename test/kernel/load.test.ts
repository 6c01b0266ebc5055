// Kernels from a person's own file: what works, and what the errors say.

import { describe, expect, test } from 'vitest';
import { compileFunction } from 'node:vm';
import * as api from '../../src/index.ts';
import { KernelError, loadKernel, type CompileBody } from '../../src/kernel/load.ts';

const inNode: CompileBody = (code, file) => compileFunction(code, ['require', 'exports'], { filename: file }) as ReturnType<CompileBody>;
const load = (text: string, compile?: CompileBody): ReturnType<typeof loadKernel> => loadKernel(text, './my.ts', api, ['v6.8'], compile);

const HEAD = "import { deriveKernel, kernels, type Kernel } from 'faultline';\nconst base: Kernel = kernels.find(({ name }) => name === 'v6.8')!;\n";
const GOOD = `${HEAD}export default deriveKernel(base, { name: 'mine', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });\n`;

describe.each([['plain functions', undefined], ["Node's compiler", inNode]])('by %s', (_name, compile) => {
  test('TypeScript is stripped, faultline is this package', () => {
    const kernel = load(GOOD, compile);
    expect(kernel.name).toBe('mine');
    expect(kernel.base).toBe('v6.8');
    expect(kernel.table.leaves.some((leaf) => leaf.path.endsWith('fault.stale'))).toBe(false);
  });

  test.each([
    ['a syntax error', `${HEAD}const x: = 1;\n`, /^\.\/my\.ts:3:\d+: Unexpected token/],
    ['an error while it runs', `${HEAD}\nthrow new Error('so it goes');\n`, /^\.\/my\.ts:4: so it goes$/],
    ['a fragment that does not exist', `${HEAD}export default deriveKernel(base, {\n name: 'mine',\n fragments: { 'mmu.fualt': () => {} } });\n`, /^\.\/my\.ts:3: kernel 'mine' edits fragment 'mmu\.fualt', .*did you mean 'mmu\.fault'/],
    ['a state that does not exist', `${HEAD}export default deriveKernel(base, { name: 'mine', fragments: { 'mmu.fault': (edit) => edit.remove('stall', 'map') } });\n`, /^\.\/my\.ts:3: fragment 'mmu\.fault' has no state 'stall'; did you mean 'stale'/],
    ['no export', HEAD, /^\.\/my\.ts: exports no kernel/],
    ['another export', 'export default 3;\n', /^\.\/my\.ts: exports no kernel/],
    ['another import', `${HEAD}import fs from 'node:fs';\nfs.rmSync;\n`, /^\.\/my\.ts:3: imports 'node:fs'.*may import only 'faultline'/],
    ['a name that faultline does not export', "import { derive } from 'faultline';\nexport default derive();\n", /^\.\/my\.ts:1: 'faultline' exports no 'derive'/],
    ['a misspelt name of faultline', "import { deriveKernl } from 'faultline';\nexport default deriveKernl();\n", /^\.\/my\.ts:1: 'faultline' exports no 'deriveKernl'; did you mean 'deriveKernel' or 'defineKernel'\?$/],
    ['what only looks like a kernel', `${HEAD}export default { ...base, name: 'mine' };\n`, /^\.\/my\.ts: exports no kernel: its default, an object, is not what defineKernel or deriveKernel has made; end it with: export default deriveKernel\(…\)$/],
    ['a kernel without a name', `${HEAD}export default deriveKernel(base, {});\n`, /^\.\/my\.ts:3: the kernel's name is missing: \{ name: 'my-patch', … \}$/],
    ['a kernel derived from none', `${HEAD}export default deriveKernel(kernels.find(({ name }) => name === '6.8'), { name: 'mine' });\n`, /^\.\/my\.ts:3: the kernel to derive from is undefined; `kernels\.find\(…\)` finds nothing when the name is wrong; there are: [^;]*\bv6\.8, v6\.8-fixed, v6\.12, v6\.18, mainline$/],
    ['a misspelt step', `${HEAD}export default deriveKernel(base, { name: 'x', steps: { 'fault.testStal': () => 0 } });\n`, /^\.\/my\.ts:3: kernel 'x' adds step 'fault\.testStal', which no state executes; did you mean 'fault\.testStale'/],
    ["a built-in kernel's name", `${HEAD}export default deriveKernel(base, { name: 'v6.8' });\n`, /^\.\/my\.ts: the kernel is named 'v6\.8', as a built-in one is/],
  ])('%s is one sentence with its place', (_what, text, message) => {
    let error: unknown;
    try { load(text, compile); } catch (one) { error = one; }
    expect(error).toBeInstanceOf(KernelError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });

  test('a statechart that cannot be tabulated is refused at once', () => {
    expect(() => load(`${HEAD}export default deriveKernel(base, { name: 'mine', fragments: { 'mmu.fault': (edit) => edit.redirect('stale', 'stale', 'nowhere') } });\n`, compile)).toThrow(/^\.\/my\.ts: fragment 'mmu\.fault', state 'stale': there is no state 'nowhere'/);
  });
});

test("Node's compiler knows the line of what only the engine calls an error", () => {
  expect(() => load(`${HEAD}let a; let a;\n`, inNode)).toThrow(/^\.\/my\.ts:3: Identifier 'a' has already been declared/);
});

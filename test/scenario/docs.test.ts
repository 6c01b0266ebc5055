// docs/scenarios.md is right: everything in it compiles, and its table of limits is the table of limits.

import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/scenario/compile.ts';
import { LIMITS } from '../../src/scenario/limits.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { anyKernel } from '../support/for-kernel.ts';

const text = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
const snippets = [...text.matchAll(/```(json|ts)( \w+)?\n([\s\S]*?)```/g)].map(([, form, language, body]) => ({ form: form!, language: language?.trim(), body: body! }));

/** A scenario in which a list of operations stands alone. */
function frame(language: string, program: unknown): object {
  return {
    name: 'snippet', vms: [{ vcpus: [{ program: language === 'guest' ? program : [] }] }], memory: [{ name: 'ram', pages: 4 }],
    setup: [{ op: 'create_gmem', fd: 'A', pages: 4 }, { op: 'notify', event: 'go' }],
    threads: [{ name: 'main', program: language === 'vmm' ? program : [] }],
    hardware: [{ name: 'hw', program: language === 'hardware' ? program : [] }],
  };
}

describe('docs/scenarios.md', () => {
  it.each(snippets.filter(({ form }) => form === 'json').map(({ language, body }, i) => [i, language, body] as const))('snippet %i (%s) compiles', (_i, language, body) => {
    const value = JSON.parse(body) as unknown;
    expect(() => compile(language === undefined ? value : frame(language, value), anyKernel)).not.toThrow();
  });

  it('has a module that loads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-docs-'));
    const modules = snippets.filter(({ form }) => form === 'ts');
    expect(modules).toHaveLength(1);
    writeFileSync(join(folder, 'mine.ts'), modules[0]!.body);
    expect(compile(loadScenario('mine.ts', { cwd: folder }), anyKernel).names.fds).toEqual(['A']);
    rmSync(folder, { recursive: true });
  });

  it('uses every operation that does not depend on the kernel', () => {
    const used = new Set([...text.matchAll(/"op": "(\w+)"/g)].map(([, op]) => op));
    for (const op of ['read', 'write', 'fill', 'check', 'convert', 'map_gpa_range', 'speculate', 'evict', 'punch', 'allocate', 'run', 'host_read', 'host_write', 'loop', 'mix', 'notify', 'await',
      'memory_error', 'interrupt', 'signal', 'pin', 'unpin', 'fail_allocation', 'fail_arch_prepare', 'lru_drain']) expect(used, op).toContain(op);
  });

  it('has the limits that there are', () => {
    const table = new Map([...text.slice(text.indexOf('## Limits')).matchAll(/\| `(\w+)`[^|]*\| ([\d,]+) /g)].map(([, name, value]) => [name!, Number(value!.replaceAll(',', ''))]));
    const { times: _times, value: _value, ...limits } = LIMITS;
    expect(Object.fromEntries(table)).toEqual(limits);
  });
});

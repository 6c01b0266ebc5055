// The recorder's program: made once, without a warning, and only where it can be made.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { needsDevice } from '../../src/record/device.ts';
import { recorderProgram, SOURCES } from '../../src/record/program.ts';
import { OPERATIONS } from '../../src/conform/vocabulary.ts';
import { compiler, titled } from '../support/kvm.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultline-recorder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = (cache: string, more: object = {}): NodeJS.ProcessEnv => ({ ...process.env, CC: '', XDG_CACHE_HOME: join(folder, cache), ...more });
const noCompiler = compiler === undefined ? 'there is no C compiler' : undefined;
const linux = process.platform === 'linux' ? noCompiler : 'it is a program for Linux';

describe('the sources', () => {
  /** Those of facts alone, which need other machines or kernels that nobody has. */
  const FACTS = ['link_gmem', 'set_gmem_attr', 'pin', 'unpin', 'mbind', 'get_mempolicy', 'page_node', 'hugetlb_stats', 'concurrent'];

  it('have every operation that recordings have, and no other', () => {
    const text = readdirSync(SOURCES).map((name) => readFileSync(join(SOURCES, name), 'utf8')).join('\n');
    const tables = [...text.matchAll(/const struct operation \w+\[\] = \{([\s\S]*?)\n\};/g)].flatMap(([, table]) => [...table!.matchAll(/\{ "(\w+)",/g)].map(([, name]) => name!));
    expect(tables.toSorted()).toEqual(Object.keys(OPERATIONS).filter((name) => !/^(fork_|child$)/.test(name) && !FACTS.includes(name)).toSorted());
  });

  it('are small files that say what they are', () => {
    const files = readdirSync(SOURCES).map((name) => ({ name, text: readFileSync(join(SOURCES, name), 'utf8') }));
    expect(files.filter(({ text }) => !text.startsWith('/*') || text.split('\n').length > 300).map(({ name }) => name)).toEqual([]);
  });

  it.skipIf(linux !== undefined)(titled('compile without a warning', linux), () => {
    const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c')).map((name) => join(SOURCES, name));
    const { status, stderr } = spawnSync(compiler!, ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Wshadow', '-Werror', '-pthread', '-o', join(folder, 'strict'), ...sources], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('the program', () => {
  it.skipIf(linux !== undefined)(titled('is made once', linux), () => {
    const first = recorderProgram(env('once'));
    const { mtimeMs } = statSync(first);
    expect(recorderProgram(env('once', { CC: 'none-such' }))).toBe(first);
    expect(statSync(first).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(join(folder, 'once/faultline'))).toHaveLength(1);
  });

  it.skipIf(linux !== undefined)(titled('is never one that others may have written', linux), () => {
    mkdirSync(join(folder, 'open/faultline'), { recursive: true });
    chmodSync(join(folder, 'open/faultline'), 0o777);
    expect(recorderProgram(env('open')).startsWith(join(folder, 'open'))).toBe(false);
  });

  it('needs a compiler, and says so', () => {
    expect(() => recorderProgram(env('without', { CC: 'none-such' })))
      .toThrow('the recorder is a C program, and there is no compiler to make it: none-such cannot be started; install one, or name it in CC');
  });

  it.skipIf(linux !== undefined)(titled('that does not compile says why', linux), () => {
    expect(() => recorderProgram(env('wrong', { CC: 'false' }))).toThrow(/^false did not compile the recorder: .*it needs the C library's and the kernel's headers/);
  });
});

describe('the device', () => {
  it('is needed', () => {
    expect(() => needsDevice('/dev/none-such', 'linux', 'x64')).toThrow("a recording needs /dev/none-such, and this machine has none: load the kernel's kvm module, or record elsewhere");
    expect(() => needsDevice('/dev/null', 'darwin', 'arm64')).toThrow('a recording needs Linux on x86-64 with /dev/kvm; this is darwin on arm64');
    expect(() => needsDevice('/dev/null', 'linux', 'x64')).not.toThrow();
  });
});

// The C program of a run: it compiles for every built-in scenario, waits where the run's end needs it, and does what it says on a real /dev/kvm.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { s01 } from '../../src/check/invariants/s01.ts';
import { c } from '../../src/export/c-program.ts';
import { cProgram } from '../../src/export/c/program.ts';
import { fixedParts } from '../../src/export/c/sources.ts';
import { await_, check, close, convert, createGmem, deleteSlot, fill, forever, loop, mix, notify, punch, read, scenario, slot, write } from '../../src/scenario/builder.ts';
import { builtinScenario, builtinScenarios } from '../../src/scenario/builtin/index.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { exportedParts } from '../support/exported-parts.ts';
import { compiler, noGmem, titled } from '../support/kvm.ts';
import { M02, record, SC01, v6_8 } from '../support/recorded.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultline-c-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const noCompiler = compiler === undefined ? 'no C compiler' : undefined;
const FLAGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-pthread'];

/** Flags of files have names by kernel: those of huge pages are of one that mainline is not. */
const kernelFor = (one: Scenario) => builtinKernel(JSON.stringify(one).includes('"huge_') ? 'conversions-2025-huge' : 'mainline')!;
const textOf = (one: Scenario): string => cProgram(one, kernelFor(one), { kernel: kernelFor(one).name, ending: 'was made for a test', window: [] }, fixedParts());
function written(name: string, text: string): string {
  const file = join(folder, `${name}.c`);
  writeFileSync(file, text);
  return file;
}
function compiled(name: string, text: string): string {
  const program = join(folder, name);
  const { status, stderr } = spawnSync(compiler!, [...FLAGS, '-o', program, written(name, text)], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return program;
}
const run = (program: string, ...args: string[]): { status: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 250_000 });
  return { status, out: stdout, err: stderr };
};

describe.skipIf(noCompiler !== undefined)(titled('the program', noCompiler), () => {
  it('compiles without a warning for every built-in scenario', () => {
    const files = builtinScenarios.map((one) => written(one.name, textOf(one)));
    const { status, stderr } = spawnSync(compiler!, ['-fsyntax-only', ...FLAGS, ...files], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('says what it does, where it waits, and what is wrong with its options', () => {
    const program = compiled('options', textOf(builtinScenario('SC26')!));
    expect(run(program, '--places').out).toMatch(/^ {2}0 {2}set-up +create_gmem fd A pages 1 +0:0\n.*\n {2}2 {2}closer +close fd A +0:200\n {2}3 {2}deleter/);
    expect(run(program, '--delay', '2=5:70', '--places').out).toMatch(/close fd A +5:70\n/);
    expect(run(program, '--help').out).toContain('SC26: close against deletion of the slot\n');
    for (const args of [['--rounds'], ['--rounds', 'many'], ['--delay', '2=7:5'], ['--delay', '99=0:1'], ['--nothing']]) expect(run(program, ...args).status, args.join(' ')).toBe(2);
  });

  const objdump = spawnSync('objdump', ['--version']).status === 0 ? undefined : 'no objdump';
  it.skipIf(objdump !== undefined)(titled('gives guests the code that they are to execute', objdump), () => {
    const one = scenario({
      name: 'guest', memory: [{ name: 'ram', pages: 1 }],
      vms: [{ vcpus: [{ program: [await_('go'), write(1, 7), read(2), check(3, 9), fill(4, 2, 5), convert(6, 2, 'private'), notify('done'), forever([read(8)])] }] }],
    });
    const harness = `#define main reproducer\n${textOf(one)}\n#undef main\nint main(void)\n{\n\town = calloc(1, own_size());\n\tmake_guests();\n\treturn fwrite((char *)own + PAGE, 1, vcpus[0].next, stdout) == 0;\n}\n`;
    const code = spawnSync(compiled('guest', harness)).stdout;
    writeFileSync(join(folder, 'guest.bin'), code);
    const listing = spawnSync('objdump', ['-D', '-b', 'binary', '-m', 'i386', '-M', 'intel', '-w', join(folder, 'guest.bin')], { encoding: 'utf8' }).stdout;
    const lines = [...listing.matchAll(/^ +([\da-f]+):\t[^\t]+\t(.*)$/gm)].map(([, at, text]) => `${at}: ${text!.trim().replace(/ +/g, ' ').replaceAll('DWORD PTR ', '').replace('ds:', '')}`);
    expect(lines).toEqual([
      '0: pause', '2: cmp 0xd0000000,0x0', '9: jne 0x14', 'b: cmp 0xd0000040,0x0', '12: je 0x0',
      '14: mov 0x1000,0x7', '1e: mov eax,0x2000', '23: mov eax,0x3000', '28: cmp eax,0x9', '2d: je 0x36', '2f: lock inc 0xd0000004',
      '36: mov 0x4000,0x5', '40: mov 0x5000,0x5', '4a: mov eax,0xc', '4f: mov ebx,0x6000', '54: mov ecx,0x2', '59: mov edx,0x10', '5e: vmcall',
      '61: mov 0xd0000044,0x1', '6b: mov eax,0x8000', '70: cmp 0xd0000000,0x0', '77: je 0x6b', '7d: hlt',
    ]);
  });
});

describe('the calls that wait', () => {
  it('are those that were under way when the run broke something', async () => {
    let recorded = await record(SC01, { kernel: M02, invariants: [s01] });
    for (let seed = 2; seed < 200 && recorded.result.why !== 'violation'; seed++) recorded = await record(SC01, { kernel: M02, seed, invariants: [s01] });
    expect(recorded.result.why).toBe('violation');
    const text = exportedParts(c, recorded).bytes.toString();
    expect(text).toContain(`which broke S-01 in step ${recorded.result.steps}: `);
    expect(text).toMatch(/"cpu0", \.what = "KVM_RUN vcpu0", \.expect = -1, \.from = 0, \.to = 200/);
    expect(text).toMatch(/"set-up", .* \.to = 0 /);
  });

  it('are all calls of all threads when it broke nothing', async () => {
    const text = exportedParts(c, await record(SC01, { kernel: v6_8 })).bytes.toString();
    expect(text).toContain('and broke nothing.');
    expect(text).toMatch(/"main", \.what = "punch A, page 0", .* \.to = 200/);
  });

  it('refuses the trace of a recorded case', async () => {
    const { header } = await record(SC01);
    expect(c.refuses!(header)).toBeUndefined();
    expect(c.refuses!({ ...header, scenario: { name: 'case', recording: {} } })).toContain('recorded case');
  });
});

const why = noCompiler ?? noGmem;
describe.skipIf(why !== undefined)(titled('on this machine, without guests,', why), () => {
  /** Two threads and a file; `expected`: what the close must come to. */
  const files = (expected: string): Scenario => scenario({
    name: 'files', vms: [{}], setup: [createGmem('A', 4), slot(0, 0, 4, { fd: 'A' })],
    threads: [
      { name: 'first', program: [loop(3, [punch('A', 0, 2, 'ok')]), notify('punched'), close('A', expected as 'ok')] },
      { name: 'second', program: [await_('punched'), mix([deleteSlot(0, { expect: 'ok' })], [])] },
    ],
  });

  it('a program does so many rounds and counts what its calls came to', () => {
    const { status, out } = run(compiled('files', textOf(files('ok'))), '--rounds', '20');
    expect(out).toMatch(/20 rounds in /);
    expect(out).toMatch(/ {2}set-up +create_gmem fd A pages 4 +ok 20\n/);
    expect(out).toMatch(/ {2}first +punch A, page 0, 2 pages +ok 60\n {2}first +close fd A +ok 20\n/);
    expect(status).toBe(0);
  });

  it('says what is contrary to the scenario, and ends with 1', () => {
    const { status, out } = run(compiled('contrary', textOf(files('EBUSY'))), '--rounds', '10', '--quiet');
    expect(out).toContain('round 1: first, close fd A: ok, and it must be EBUSY\n');
    expect(out).toContain('contrary to the scenario: 10 times\n');
    expect(status).toBe(1);
  });

  it('goes on until Ctrl-C when it is told so, and ends threads that would never end', async () => {
    const endless = scenario({ name: 'endless', vms: [{}], setup: [createGmem('A', 1)], threads: [{ name: 'one', program: [forever([punch('A', 0, 1)])] }, { name: 'waits', program: [await_('never')] }] });
    const child = spawn(compiled('endless', textOf(endless)), ['--rounds', '0', '--round-ms', '20'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    // A round takes some 20 ms.
    setTimeout(() => child.kill('SIGINT'), 2000);
    const code = await new Promise((resolve) => { child.on('close', resolve); });
    expect(code).toBe(130);
    expect(Number(/^(\d+) rounds in /m.exec(out)![1])).toBeGreaterThan(1);
  });

  it('runs the file-only part of built-in scenarios', () => {
    for (const name of ['SC26', 'SC11', 'stress-all']) {
      const { status, out, err } = run(compiled(name, textOf(builtinScenario(name)!)), '--rounds', '5', '--round-ms', '50');
      expect(err).toBe('');
      expect(out).toContain('5 rounds in ');
      expect(status, out).toBe(0);
    }
  });
});

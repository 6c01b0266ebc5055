// faultline conform --ftrace, as a person uses it; and what its document says of its tables.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { events, unmappedEvents } from '../../src/conform/ftrace/events.ts';
import { Covers } from '../../src/conform/ftrace/cover.ts';
import { functions, transparent } from '../../src/conform/ftrace/functions.ts';
import { Sandbox } from '../support/command.ts';
import { fileOf, Lines, stepsOf, textOf } from '../support/ftraces.ts';

const box = new Sandbox();
afterAll(() => box.remove());
const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const conform = (...args: string[]) => box.run(['conform', '--kernel', 'mainline', ...args]);

describe('the command', () => {
  test('accepts a recorded trace, with the steps that lie beside it, and says what was mapped and what was not', async () => {
    const { code, out, err } = await conform('--ftrace', path(fileOf('two-vcpus', 'fgraph')));
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^mapped {5}160 of 419 lines$/m);
    expect(out).toMatch(/^not mapped \d+: /m);
    expect(out).toMatch(/^tasks {6}record-98 carries out the steps$/m);
    expect(out).toMatch(/^result {5}ACCEPTED: what the trace shows is a behaviour of mainline$/m);
  });

  test('rejects an edited one with exit code 1, and says where, what may come next, and why', async () => {
    const lines = new Lines(textOf('conv-punch-while-private', 'fgraph'));
    const flush = lines.next('kvm_flush_remote_tlbs', lines.next('kvm_gmem_fallocate() {'));
    lines.remove(flush);
    box.write('edited.fgraph.txt', lines.text);
    const { code, out } = await conform('--ftrace', 'edited.fgraph.txt', '--steps', path(stepsOf('conv-punch-while-private')));
    expect(code).toBe(1);
    expect(out).toContain(`REJECTED at line ${Lines.number(flush)}: record-82 returns from`);
    expect(out).toMatch(/^accepted {3}everything before line \d+ is a behaviour of mainline$/m);
    expect(out).toMatch(/^allowed {4}'kvm_flush_remote_tlbs' is entered/m);
    expect(out).toMatch(/^because {4}'__kvm_gmem_invalidate_start' returns, but is not done/m);
  });

  test('says the same as JSON', async () => {
    const { code, out } = await conform('--ftrace', path(fileOf('conv-roundtrip', 'events')), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kernel: 'mainline', case: 'conv-roundtrip', form: 'events', entries: 133, mapped: 54, verdict: 'accepted' });
  });

  test.each([
    ['no steps', ['--ftrace', 'alone.txt'], /alone\.txt: the steps of its case are not beside it \(alone\.steps\.jsonl\); name their file with --steps/],
    ['a trace that is none', ['--ftrace', 'alone.txt', '--steps', path(stepsOf('two-vcpus'))], /alone\.txt: has no line of a kernel trace/],
    ['a file that is not there', ['--ftrace', 'nowhere.txt', '--steps', path(stepsOf('two-vcpus'))], /nowhere\.txt: there is no such file/],
    ['steps that were never made', ['--ftrace', 'alone.txt', '--steps', 'steps.jsonl'], /steps\.jsonl, line 1, steps\[0\]\.op/],
    ['steps that the model leaves out', ['--ftrace', 'alone.txt', '--steps', 'left-out.jsonl'], /left-out\.jsonl, step 3 \(link_gmem\): .*: a trace of it cannot be judged/],
    ['recordings as well', ['some.jsonl', '--ftrace', 'alone.txt'], /--ftrace judges alone\.txt alone/],
    ['nothing', [], /nothing to hold the kernel against: name a file of recordings, or a trace with --ftrace; see: faultline conform --help/],
  ])('with %s ends with exit code 2 and a sentence', async (_what, args, sentence) => {
    box.write('alone.txt', args.includes('left-out.jsonl') ? textOf('two-vcpus', 'events') : 'Dear Sir,\n');
    const steps = [{ op: 'create_vm', args: { type: 1, as: 'v0' }, res: {} }, { op: 'create_gmem', args: { vm: 'v0', size: 4096, flags: 0, as: 'g0' }, res: {} }];
    box.write('left-out.jsonl', `${JSON.stringify({ id: 'x', tags: [], steps: [...steps, { op: 'link_gmem', args: { vm: 'v0', fd: 'g0', flags: 0, as: 'g1' }, res: {} }] })}\n`);
    box.write('steps.jsonl', `${JSON.stringify({ id: 'x', tags: [], steps: [{ op: 'fly', args: {}, res: {} }] })}\n`);
    const { code, out, err } = await conform(...args);
    expect(err).toMatch(sentence);
    expect(err.split('\n').filter((line) => line !== '')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('the tables', () => {
  test('name states that some kernel of the laboratory has, and nothing else', () => {
    const known = new Set(kernels.flatMap((kernel) => new Covers(kernel, functions, new Set()).places.flat()));
    const named = [...functions, ...events].flatMap(({ at }) => at).filter((text) => text !== 'vm ioctl').flatMap((text) => text.replace(/\?$/, '').split(' > '));
    const missing = named.flatMap((text) => {
      const [fragment, states] = text.split(':') as [string, string?];
      if (states === undefined) return [...known].some((place) => place.startsWith(`${fragment}:`)) ? [] : [text];
      return states.split(',').map((state) => `${fragment}:${state}`).filter((place) => !known.has(place));
    });
    expect(missing).toEqual([]);
  });

  test('are those that docs/ftrace.md prints', () => {
    const page = readFileSync(path('docs/ftrace.md'), 'utf8');
    const cell = (text: string): string => text.replaceAll('|', '\\|');
    const rows = [
      ...functions.map(({ names, at }) => `| ${names.map((name) => `\`${name}\``).join(', ')} | ${at.map((one) => `\`${cell(one)}\``).join(', ')} |`),
      ...events.map(({ name, how, at, says }) => `| \`${name}\` | ${how} | ${at.map((one) => `\`${cell(one)}\``).join(', ')} | ${says} |`),
      ...Object.entries({ ...transparent, ...unmappedEvents }).map(([name, why]) => `| \`${name}\` | ${why} |`),
    ];
    expect(rows.filter((row) => !page.includes(`\n${row}\n`))).toEqual([]);
  });
});

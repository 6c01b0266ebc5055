// Many vCPUs and large worlds on the command line.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SC01 } from '../support/recorded.ts';
import { Sandbox } from '../support/command.ts';
import { openTraceFile } from '../../src/trace/file-reader.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { join } from 'node:path';

const box = new Sandbox();
/** Files of many pages: most of its memory is for what each file has at each page. */
const LARGE = { ...SC01, name: 'large', files: 100, setup: [{ op: 'create_gmem', fd: 'A', pages: 100_000 }, { op: 'set_region', slot: 0, page: 0, pages: 100_000, fd: 'A', flags: ['guest_memfd'] }] };
beforeAll(() => { box.write('large.json', JSON.stringify(LARGE)); });
afterAll(() => box.remove());

const lines = (text: string): string[] => text.split('\n');

describe('run --vcpus', () => {
  test('runs the changed scenario, keeps it in the trace, and suggests the option again', async () => {
    const { code, out, err } = await box.run(['run', 'SC01', '--vcpus', '3', '--trace', 'three.trace']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('cpu2 --KVM_RUN---> vcpu2');
    expect(out).toContain('npx --no faultline run SC01 --vcpus 3 --seed 2');
    expect((openTraceFile(join(box.folder, 'three.trace')).header.scenario as unknown as Scenario).vms.map(({ vcpus }) => vcpus!.length)).toEqual([3]);
    expect((await box.run(['replay', 'three.trace'])).code).toBe(0);
  });

  test.each([
    [['stress', '--vcpus', '2'], 'stress: hardware[1].program[0].do[0].of[3].do[0].vcpu: names vCPU 2, which is gone when each VM has 2'],
    [['SC01', '--vcpus', '0'], 'it takes a whole number from 1 to 4096'],
    [['scale', '--vcpus', '300'], "scale: vms: 4800 vCPUs; the limit 'vcpus' is 4096"],
  ])('is refused in a sentence: %j', async (args, sentence) => {
    const { code, err } = await box.run(['run', ...args]);
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(sentence);
    expect(lines(err.trim())).toHaveLength(1);
  });

  test('help says which ones are repeated', async () => {
    expect((await box.run(['run', '--help'])).out.replaceAll(/\s+/g, ' ')).toContain('give each VM n vCPUs: its first n, or its own and then those from the second on again, in turn');
  });
});

describe('a large world', () => {
  test('is told before its first step, with a picture and a report that stay short', async () => {
    const { code, out, err } = await box.run(['run', 'scale', '--steps', '3000']);
    expect([code, err]).toEqual([0, '']);
    const memory = lines(out).findIndex((line) => line === 'memory     50.5 MB: 1,876,185 objects');
    expect(memory).toBeGreaterThan(0);
    expect(lines(out).findIndex((line) => line.startsWith('steps '))).toBeGreaterThan(memory);
    expect(out).toContain('  1,778 actors in all, vcpu 256, hardware 256, vmm 305,');
    expect(lines(out).length).toBeLessThan(60);
    for (const line of lines(out)) expect(line.length).toBeLessThanOrEqual(78);
  });

  test('of a small scenario is not worth a line', async () => {
    expect((await box.run(['run', 'SC01'])).out).not.toContain('\nmemory');
  });

  test('that takes too much is refused, and allowed by the environment', async () => {
    const small = { env: { FAULTLINE_MEGABYTES: '100' } };
    const { code, err } = await box.run(['run', 'large.json', '--steps', '10'], small);
    expect([code, err]).toEqual([2, "faultline: large.json: its world takes 337 MB, 162 of them for 'file_content' (101 inode × 100,000 index); the limit 'megabytes' is 100: use less of these, or allow more with FAULTLINE_MEGABYTES=337\n"]);
    expect((await box.run(['run', 'large.json', '--steps', '10'], { env: { FAULTLINE_MEGABYTES: '337' } })).code).toBe(0);
    expect(await box.run(['run', 'SC01'], { env: { FAULTLINE_MEGABYTES: 'much' } })).toMatchObject({ code: 2, err: "faultline: FAULTLINE_MEGABYTES is a whole number from 1 to 8000, not 'much'\n" });
  });
});

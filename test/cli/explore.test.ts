// faultline explore, merge and shrink as a person calls them.

import { afterAll, describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { traceOfSchedule } from '../../src/explore/schedule-trace.ts';
import { shrink } from '../../src/explore/shrink.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { PATCH, Sandbox } from '../support/command.ts';
import type { Coverage } from '../../src/cli/coverage-text.ts';

const box = new Sandbox();
box.write('patch.ts', PATCH);
box.write('endless.json', JSON.stringify({
  name: 'endless', vms: [{ vcpus: [{ program: [{ op: 'loop', forever: true, do: [{ op: 'write', page: 0 }] }] }] }],
  setup: [{ op: 'create_gmem', fd: 'A', pages: 1 }, { op: 'set_region', slot: 0, page: 0, pages: 1, fd: 'A', flags: ['guest_memfd'] }, { op: 'set_attributes', page: 0, pages: 1, to: 'private' }],
  threads: [{ name: 'main', program: [{ op: 'loop', forever: true, do: [{ op: 'punch', fd: 'A', page: 0, pages: 1 }] }] }],
}));
afterAll(() => box.remove());

describe('explore', () => {
  test('SC01: every interleaving, and how many states', async () => {
    const { code, out, err } = await box.run(['explore', 'SC01']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('strategy   exhaustive, 11,017 states without reduction');
    expect(out).toMatch(/searched {3}11,017 states, 21,353 transitions/);
    expect(out).toContain('held: in every interleaving kernel v6.8 broke nothing');
    expect(out.split('\n').filter((line) => line.length > 78)).toEqual([]);
  });

  test('SC22 on v6.8: the deadlock of folio lock and invalidate lock, small, explained, and what reproduces it reproduces it', async () => {
    const { code, out } = await box.run(['explore', 'SC22', '--kernel', 'v6.8']);
    expect(code).toBe(3);
    expect(out).toMatch(/\n\nfinding {4}1 of 2: L-04 \(deadlock\)\n +known: G4-B10 of v6\.8, mended only in v6\.8-fixed\n +--known has it as .*\n\nL-04 deadlock: /);
    expect(out).toMatch(/\n\nfinding {4}2 of 2: S-17 \(lock-order\)\n/);
    expect(out).not.toContain('\n\n\n');
    expect(out).toMatch(/22 steps; 3 context switches, and none of its\nschedules has fewer/);
    expect(out).toContain('Who waits for whom:');
    expect(out).toMatch(/Point of no return: [^]*until step 2\d, of (hw\.mf|main\.gmem)/);
    expect(out).toContain('result     FOUND: L-04 (deadlock)');
    const replayed = await box.run(['replay']);
    expect([replayed.code, replayed.err]).toEqual([3, '']);
    expect(replayed.out).toContain('DEADLOCK');
  });

  test('where the last trace cannot be kept, that is said, and it is not suggested to look at it', async () => {
    const other = new Sandbox();
    other.write('traces', 'a file');
    const { code, out, err } = await other.run(['explore', 'SC34']);
    expect([code, err]).toEqual([1, 'faultline: note: the trace is not kept, since traces/last.trace cannot be written: it exists already\n']);
    expect(out).toMatch(/result +FOUND: [^]*\nnext +npx --no faultline list scenarios\n$/);
    other.remove();
  });

  test('a kernel of one\'s own, the trace where --out says, and what is known is a note', async () => {
    const found = await box.run(['explore', 'SC01', '--kernel', './patch.ts', '--out', 'bug.trace', '--json']);
    expect([found.code, found.err]).toEqual([1, '']);
    const { findings } = JSON.parse(found.out) as { findings: { id: string; hash: string; shrunk: { switches: number } }[] };
    expect(findings.map(({ id }) => id)).toContain('S-01');
    expect((await box.run(['replay', 'bug.trace'])).code).toBe(1);
    box.write('known.json', JSON.stringify({ known: findings.map(({ id, hash }) => ({ id, hash, note: 'being worked on' })) }));
    const again = await box.run(['explore', 'SC01', '--kernel', './patch.ts', '--known', 'known.json']);
    expect([again.code, again.err]).toEqual([0, '']);
    expect(again.out).toContain('known: being worked on');
    expect(again.out).toContain("import kernel from './patch.ts';");
  });

  test('without an end in sight: a sample, and Ctrl-C gives what there is', async () => {
    let lines = 0;
    const { code, out } = await box.run(['explore', 'endless.json', '--jobs', '1'], { interruptWhen: () => ++lines > 300 });
    expect(code).toBe(130);
    expect(out).toContain('strategy   portfolio, since it has no end in sight');
    expect(out).toMatch(/sampled {4}[\d,]+ schedules/);
  });

  test('green is earned: cut at a bound it is inconclusive, 5', async () => {
    const { code, out } = await box.run(['explore', 'SC15', '--kernel', 'v6.8-fixed', '--strategy', 'exhaustive', '--states', '1000']);
    expect(code).toBe(5);
    expect(out.replace(/\s+/g, ' ')).toContain('inconclusive: it was cut at its limit of 1,000 states');
  });

  test.each([
    [['explore', 'SC01', '--strategy', 'random', '--states', '5'], "--states is for the exhaustive search, and the strategy is random; leave one of them out"],
    [['explore', 'SC01', '--strategy', 'random', '--schedules', '5', '--shard', '1/2'], '--shard needs --out'],
    [['explore', 'SC01', '--known', 'nothing.json'], 'known findings nothing.json: there is no such file or folder'],
    [['explore', 'SC01', '--out', 'known.json'], 'known.json exists already'],
    [['merge', 'patch.ts'], 'patch.ts is'],
    [['shrink', 'nothing.trace'], 'trace nothing.trace: there is no such file or folder'],
  ])('%s: one sentence, exit code 2', async (args, sentence) => {
    const { code, out, err } = await box.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n').length).toBe(1);
  });
});

describe('a finding of each kind', () => {
  test('the edges of a lock order: each a trace whose replay ends with 3 and says so, and which can be shrunk', async () => {
    const scenario = builtinScenario('SC22')!;
    const topology = compile(scenario, v6_8);
    const sampler = new Sampler(v6_8, topology, { strategy: 'random', schedules: 200, seed: 1 });
    while (sampler.advance(10_000)) { /* to the end */ }
    const { edges } = sampler.result().findings.find(({ kind }) => kind === 'lock-order')!;
    expect(edges!.length).toBe(2);
    for (const [k, edge] of edges!.entries()) {
      const shrunk = shrink(v6_8, topology, edge, { scenario });
      box.write(`edge${k}.trace`, traceOfSchedule(v6_8, shrunk.scenario!, shrunk.schedule, { finding: shrunk.broken }));
      const replayed = await box.run(['replay', `edge${k}.trace`]);
      expect([replayed.code, replayed.err]).toEqual([3, '']);
      expect(replayed.out.replace(/\s+/g, ' ')).toMatch(/LOCK ORDER behind step \d+, as the trace says: S-17: .* while it holds/);
      const again = await box.run(['shrink', `edge${k}.trace`]);
      expect([again.code, again.err]).toEqual([3, '']);
    }
  });

  test('a loop without progress: its trace replays with 4 and says so, and can be shrunk', async () => {
    box.write('never-over.ts', "import { deriveKernel, kernels, ok } from 'faultline';\n\nexport default deriveKernel(kernels.find(({ name }) => name === 'v6.8')!, { name: 'never-over', steps: { 'mmu.dropInProgress': () => ok } });\n");
    const { code, out, err } = await box.run(['explore', 'SC01', '--kernel', './never-over.ts', '--out', 'loop.trace', '--json']);
    expect([code, err]).toEqual([4, '']);
    const { strategy, findings } = JSON.parse(out) as { strategy: string; findings: { kind: string }[] };
    expect([strategy, findings.map(({ kind }) => kind)]).toEqual(['exhaustive', ['livelock']]);
    const replayed = await box.run(['replay', 'loop.trace', '--trust']);
    expect([replayed.code, replayed.err]).toEqual([4, '']);
    expect(replayed.out.replace(/\s+/g, ' ')).toMatch(/LIVELOCK behind step \d+, as the trace says: L-01:/);
    const again = await box.run(['shrink', 'loop.trace', '--trust']);
    expect([again.code, again.err]).toEqual([4, '']);
  });

  test('--coverage lists what was seen, what was not, and what is impossible; JSON has the same', async () => {
    const { out } = await box.run(['explore', 'SC01', '--coverage']);
    expect(out).toMatch(/Coverage:\n {2}gmem: 1 of 45 states, 0 of \d+ outcomes\n/);
    expect(out).toContain('    outcomes impossible, of states that were seen\n');
    expect(out).toMatch(/pairs of conflicting steps: \d+ of \d+ in both orders/);
    expect(out.split('\n').filter((line) => line.length > 78)).toEqual([]);
    const json = JSON.parse((await box.run(['explore', 'SC01', '--strategy', 'random', '--schedules', '50', '--jobs', '1', '--coverage', '--json'])).out) as { coverage: Coverage };
    expect(json.coverage.exhaustive).toBe(false);
    expect(json.coverage.machines.find(({ machine }) => machine === 'vcpu')!.states.seen).toContain('call.run.guest');
    expect(json.coverage.pairs.length).toBeGreaterThan(10);
  });

  test('a scenario without an end is judged to the length of its schedules, and says so', async () => {
    const { code, out } = await box.run(['explore', 'endless.json', '--schedules', '20', '--jobs', '1']);
    expect(code).toBe(0);
    const text = out.replace(/\s+/g, ' ');
    expect(text).toContain('20 at their length');
    expect(text).toContain('the scenario has no end: of each schedule the first 3,000 steps were judged; what comes later was not');
  });
});

describe('shards', () => {
  test('of a sample, merged, come to what one run comes to', async () => {
    const sample = ['explore', 'SC16', '--strategy', 'random', '--schedules', '600', '--jobs', '1'];
    for (const part of [1, 2, 3]) expect((await box.run([...sample, '--shard', `${part}/3`, '--out', `part${part}.json`])).code).toBe(0);
    const merged = await box.run(['merge', 'part3.json', 'part1.json', 'part2.json', '--json']);
    expect([merged.code, merged.err]).toEqual([1, '']);
    const whole = await box.run([...sample, '--json']);
    expect(whole.code).toBe(1);
    const [a, b] = [merged, whole].map(({ out }) => JSON.parse(out) as { schedules: number; steps: number; endings: object });
    expect([a!.schedules, a!.steps, a!.endings]).toEqual([600, b!.steps, b!.endings]);
    const twice = await box.run(['merge', 'part1.json', 'part1.json']);
    expect(twice.code).toBe(2);
    expect(twice.err).toContain('merge each shard once');
  });
});

describe('shrink', () => {
  test('makes what a run has broken small, and the trace of that replays', async () => {
    expect((await box.run(['run', 'SC26', '--seed', '2', '--trace', 'long.trace'])).code).toBe(1);
    const { code, out, err } = await box.run(['shrink', 'long.trace', '--out', 'small.trace']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('3 context switches, and none of its');
    expect(out).toContain('It fails because A comes before B:');
    expect((await box.run(['replay', 'small.trace'])).code).toBe(1);
  });

  test('a run that has broken nothing is told so', async () => {
    expect((await box.run(['run', 'SC01', '--trace', 'held.trace'])).code).toBe(0);
    const { code, err } = await box.run(['shrink', 'held.trace']);
    expect(code).toBe(2);
    expect(err).toContain("has nothing to shrink: it ends with 'finished'");
  });
});

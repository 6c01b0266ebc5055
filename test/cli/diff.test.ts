// faultline diff: where two traces part, and whether they come together again.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Replayer } from '../../src/runtime/replay.ts';
import { diffTraces } from '../../src/runtime/trace-diff.ts';
import { UndoLog } from '../../src/runtime/peek.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { Sandbox } from '../support/command.ts';
import { bytesOf, record } from '../support/recorded.ts';

const box = new Sandbox();
beforeAll(async () => {
  await Promise.all([
    box.run(['run', 'SC01', '--seed', '1', '--trace', 'a.trace']), box.run(['run', 'SC01', '--seed', '1', '--trace', 'again.trace']), box.run(['run', 'SC01', '--seed', '2', '--trace', 'b.trace']),
    box.run(['run', 'SC01', '--seed', '1', '--kernel', 'v6.8-fixed', '--trace', 'fixed.trace']), box.run(['run', 'SC22', '--seed', '3', '--trace', 'dead.trace']),
    box.run(['run', 'SC01', '--seed', '1', '--steps', '60', '--trace', 'short.trace']),
  ]);
});
afterAll(() => box.remove());

describe('two runs of one scenario', () => {
  const scenario = builtinScenario('SC01')!;
  const topology = compile(scenario, v6_8);
  const side = async (seed: number) => ({ source: traceInMemory(`seed ${seed}`, bytesOf(await record(scenario, { seed }))), kernel: v6_8, topology });
  /** Memory and places behind every step, word by word. */
  const statesOf = ({ source }: Awaited<ReturnType<typeof side>>): { words: Int32Array; step: string }[] => {
    const replayer = new Replayer(source, v6_8, topology, (_objects, words) => new UndoLog(words));
    const { world } = replayer;
    const states = [{ words: world.words.slice(0, world.plan.stateWords), step: '' }];
    while (replayer.next()) states.push({ words: world.words.slice(0, world.plan.stateWords), step: `${world.last.actor} ${world.last.leaf} ${world.last.outcome} ${world.last.choice}` });
    return states;
  };

  test.each([[1, 2], [2, 3], [3, 7], [5, 8], [9, 4]])('seeds %i and %i part, and come together, where whole memories say so', async (one, other) => {
    const [a, b] = [await side(one), await side(other)];
    const [statesA, statesB] = [statesOf(a), statesOf(b)];
    const first = statesA.findIndex(({ step }, k) => step !== statesB[k]?.step);
    const found = diffTraces(a, b);
    expect(found).toMatchObject({ same: false, common: first - 1, next: { a: { step: first }, b: { step: first } } });
    const { plan } = new Replayer(a.source, v6_8, topology, (_objects, words) => new UndoLog(words)).world;
    // Where actors are is told by states: word `leaf` of each frame, the first.
    const frames = plan.byName.get('frame')!;
    const isPlace = (cell: number): boolean => cell >= frames.base && cell < frames.base + frames.count * frames.words && (cell - frames.base) % frames.words === 0;
    const differ = [...statesA[first]!.words].filter((word, cell) => word !== statesB[first]!.words[cell] && !isPlace(cell)).length;
    expect(found.memory).toMatchObject({ count: differ });
    expect(found.memory.words.length).toBe(differ);
    const equal = (x: Int32Array, y: Int32Array): boolean => x.every((word, k) => word === y[k]);
    // Memory that is the same word by word is the same to the hash; the other way round, counters may have moved on.
    const exact = statesB.findIndex(({ words }, k) => k >= first && statesA.some((state, at) => at >= first && equal(state.words, words)));
    if (exact >= 0) expect(found.together!.b).toBeLessThanOrEqual(exact);
    expect(found.together).toBeDefined();
    const restA = statesA.slice(found.together!.a + 1).map(({ step }) => step);
    const restB = statesB.slice(found.together!.b + 1).map(({ step }) => step);
    const part = restA.findIndex((step, k) => step !== restB[k]);
    if (found.together!.parts === undefined) expect(restA).toEqual(restB);
    else expect(found.together!.parts).toEqual({ a: found.together!.a + part + 1, b: found.together!.b + part + 1 });
  });

  test('one that goes on where the other has ended', async () => {
    const whole = await record(scenario, { seed: 1 });
    const part = await record(scenario, { seed: 1, limits: { steps: 60 } });
    const of = (name: string, recorded: typeof whole) => ({ source: traceInMemory(name, bytesOf(recorded)), kernel: v6_8, topology });
    const found = diffTraces(of('whole', whole), of('part', part));
    expect(found).toMatchObject({ same: false, common: 60, next: { a: { step: 61 }, b: undefined }, ends: { a: { why: 'finished' }, b: { why: 'steps', steps: 60 } } });
    expect([found.together, found.atEnds, found.followed]).toEqual([undefined, undefined, undefined]);
  });
});

describe('the command', () => {
  test('the same run twice: 0', async () => {
    const { code, out, err } = await box.run(['diff', 'a.trace', 'again.trace']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/result +the same: 111 steps, and the same end/);
  });

  test('two seeds: the two steps side by side, the words, where they meet; 1', async () => {
    const { code, out, err } = await box.run(['diff', 'a.trace', 'b.trace']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^seed {7}1 {33}2$/m);
    expect(out).toMatch(/^actor {6}cpu0 {30}main$/m);
    expect(out).toMatch(/^outcome {4}running {27}sent$/m);
    expect(out).toContain('  mailbox(vcpu0).type: 1 and 0\n');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('together behind step 85 of A and step 55 of B memory is the same again');
    expect(out.split('\n').filter((line) => line.length > 78)).toEqual([]);
  });

  test('two kernels: steps by their names, memory at the ends', async () => {
    const { code, out } = await box.run(['diff', 'a.trace', 'fixed.trace']);
    expect(code).toBe(1);
    expect(out).toMatch(/^kernel {5}v6\.8 {30}v6\.8-fixed$/m);
    expect(out).toMatch(/together +at their ends both have the same memory/);
    const { header, common, next } = JSON.parse((await box.run(['diff', 'a.trace', 'fixed.trace', '--json'])).out) as { header: object[]; common: number; next: { a: { actor: string; state: string } } };
    expect(header).toContainEqual({ what: 'kernel', a: 'v6.8', b: 'v6.8-fixed' });
    expect(out).toContain(`same       ${common} steps`);
    expect(out).toContain(`actor      ${next.a.actor}`);
  });

  test('two scenarios, and a run that is cut', async () => {
    const { code, out } = await box.run(['diff', 'a.trace', 'dead.trace']);
    expect(code).toBe(1);
    expect(out).toMatch(/^scenario {3}SC01 {30}SC22$/m);
    expect(out).toContain('memory     not compared: the two have other actors');
    const cut = await box.run(['diff', 'a.trace', 'short.trace']);
    expect(cut.code).toBe(1);
    expect(cut.out).toContain('B has ended: steps, behind step');
    expect(cut.out).toContain('they differ from step 61 on');
  });

  test.each([
    [['diff', 'a.trace', 'none.trace'], 'trace none.trace: there is no such file or folder'], [['diff', 'a.trace'], "missing required argument 'b'"],
  ])('%s: one sentence, exit code 2', async (args, sentence) => {
    const { code, out, err } = await box.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});

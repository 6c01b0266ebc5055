// replay: the same run again, verified step by step, or a refusal that names the step.

import { describe, expect, test } from 'vitest';
import { Checker } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { hashOf, preparedWorld } from '../../src/runtime/prepared.ts';
import { checkVersion, eventsOfTrace, Replayer, ReplayError } from '../../src/runtime/replay.ts';
import { runSchedule } from '../../src/runtime/schedule.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { TraceError } from '../../src/trace/errors.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { bytesOf, ENDLESS, M02, record, SC01, v6_8, withWord, type Recorded } from '../support/recorded.ts';

const replayer = (recorded: Recorded, kernel: Kernel = recorded.kernel): Replayer<WriteLog> => new Replayer(
  traceInMemory('t', bytesOf(recorded)), kernel, compile(recorded.header.scenario as unknown as Scenario, kernel), (objects) => new WriteLog(objects),
);

describe('a trace as it was written', () => {
  test('replays to the same memory, over several chunks', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 40_000 } });
    const replay = replayer(recorded);
    replay.runTo(Infinity);
    expect(replay.step).toBe(40_000);
    expect(replay.footer).toEqual(recorded.footer);
    expect(hashOf(replay.world)).toBe(recorded.footer.hash);
  });

  test('stops at any step, and goes back', async () => {
    const replay = replayer(await record());
    const hashes = [hashOf(replay.world)];
    while (replay.next()) hashes.push(hashOf(replay.world));
    for (const step of [10, 3, 0, hashes.length - 1, 50, 51]) {
      replay.runTo(step);
      expect(replay.step).toBe(step);
      expect(hashOf(replay.world), `behind step ${step}`).toBe(hashes[step]);
    }
  });

  test('breaks what the run broke, at the same step', async () => {
    const recorded = await record(ENDLESS, { kernel: M02, invariants, limits: { steps: 200_000 } });
    const replay = replayer(recorded);
    const checker = new Checker(replay.world, invariants);
    let broken = 0;
    for (replay.observer.clear(); replay.next(); replay.observer.clear()) {
      if (checker.afterStep(replay.observer.written, replay.observer.count) !== undefined) broken = replay.step;
    }
    expect(broken).toBe(recorded.result.steps);
  });
});

describe('a trace whose checksums are right and whose steps are not', () => {
  const refused = async (word: number, value: (old: number) => number, kind: typeof ReplayError | typeof TraceError = ReplayError, step = 30): Promise<string> => {
    const recorded = await record();
    const edited = withWord(recorded, step, word, value(recorded.batches[0]!.records[(step - 1) * 4 + word]!));
    const replay = replayer(edited);
    let error: unknown;
    try {
      replay.runTo(Infinity);
    } catch (one) { error = one; }
    expect(error).toBeInstanceOf(kind);
    if (error instanceof ReplayError) expect(error.step).toBe(step);
    if (error instanceof TraceError) expect(error.problem).toBe('malformed');
    return (error as Error).message;
  };

  test('another outcome is refused', async () => expect(await refused(2, (old) => old + 1)).toMatch(/^t, step 30: '.*' of '.*' answers '.*' here; the trace has outcome '.*'/));
  test('an outcome that does not exist is refused', async () => expect(await refused(2, () => 60_000, TraceError)).toMatch(/^t is malformed at step 30: there is no outcome number 60000; the kernel has \d+, counted from 0$/));
  test('another state is refused', async () => expect(await refused(1, (old) => old + 1)).toMatch(/the trace has '.*' in state '.*', here it is in/));
  test('a state that does not exist is refused', async () => expect(await refused(1, () => 60_000, TraceError)).toMatch(/^t is malformed at step 30: there is no state number 60000; the kernel has \d+, counted from 0$/));
  test('an actor that does not exist is refused', async () => expect(await refused(0, () => 999, TraceError)).toMatch(/^t is malformed at step 30: there is no actor 999; the scenario has \d+$/));
  test('a choice where there is none is refused', async () => expect(await refused(3, () => 2)).toMatch(/has no choice here; the trace has choice 2/));

  test('a choice beyond those there are, or a missing one, is refused', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 2000 } });
    const { records } = recorded.batches[0]!;
    const step = 1 + [...Array(2000).keys()].find((k) => records[k * 4 + 3] !== 0xffff)!;
    expect(() => replayer(withWord(recorded, step, 3, 7)).runTo(Infinity)).toThrow(`t is malformed at step ${step}: the trace has choice 7; there are 2`);
    expect(() => replayer(withWord(recorded, step, 3, 0xffff)).runTo(Infinity)).toThrow(`t, step ${step}: the step has a choice of 2 here; the trace has none`);
  });

  test('another hash of the last memory is refused', async () => {
    const recorded = await record();
    expect(() => replayer({ ...recorded, footer: { ...recorded.footer, hash: '0' } }).runTo(Infinity)).toThrow(/memory is [0-9a-f]{16} here; the trace has 0/);
  });

  test('another start is refused before the first step', async () => {
    const recorded = await record();
    expect(() => replayer({ ...recorded, header: { ...recorded.header, start: '0' } })).toThrow(/set-up of the scenario leaves memory/);
  });
});

describe('versions', () => {
  test('a trace of other sources is refused, with what can be done', async () => {
    const recorded = await record();
    const source = traceInMemory('t', bytesOf(recorded));
    expect(() => checkVersion(source, v6_8, recorded.header.fingerprint, '0.1.0')).not.toThrow();
    expect(() => checkVersion(source, v6_8, 'other', '0.2.0')).toThrow(/t was recorded by faultline test with other sources of kernel 'v6\.8' .* replay --kernel v6\.8/);
  });
});

describe('the schedule of a trace on another kernel', () => {
  const on = async (recorded: Recorded, kernel: Kernel, until?: number, checked = true): Promise<ReturnType<typeof runSchedule>> => {
    const topology = compile(recorded.header.scenario as unknown as Scenario, kernel);
    const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
    return runSchedule(traceInMemory('t', bytesOf(recorded)), world, observer, { actors: topology.actors, calls: kernel.calls }, checked ? new Checker(world, invariants) : undefined, until);
  };

  test('applies as a whole on the same one', async () => {
    const recorded = await record();
    expect(await on(recorded, v6_8)).toEqual({ steps: recorded.result.steps, footer: recorded.footer });
    expect(await on(recorded, v6_8, 7)).toEqual({ steps: 7 });
  });

  test('breaks nothing on the kernel that has the bug not, and says where it differs first', async () => {
    const recorded = await record(ENDLESS, { kernel: M02, invariants, limits: { steps: 200_000 } });
    const result = await on(recorded, v6_8);
    expect(result.differs?.sentence ?? result.stopped?.reason).toMatch(/'/);
    expect(result.violation).toBeUndefined();
    expect(result.steps).toBeLessThanOrEqual(recorded.result.steps);
  });

  test('names the first step that does not apply', async () => {
    // Its punch ends one step earlier, so that one step of the schedule finds nothing to do.
    const waits = deriveKernel(v6_8, { name: 'waits', fragments: { 'gmem.punchHole': (edit) => edit.remove('unlock', '^done') } });
    const result = await on(await record(ENDLESS, { limits: { steps: 5000 } }), waits, Infinity, false);
    expect(result.stopped!.step).toBe(result.steps + 1);
    expect(result.stopped!.reason).toMatch(/^'.*' of 'main\.gmem' is blocked on mailbox\(main\.gmem\)$/);
  });
});

test('events of a part of a trace have the numbers and values of the whole', async () => {
  const recorded = await record();
  const source = traceInMemory('t', bytesOf(recorded));
  const topology = compile(SC01, v6_8);
  const all = [...eventsOfTrace(source, v6_8, topology)];
  expect([...eventsOfTrace(source, v6_8, topology, 20, 29)]).toEqual(all.slice(19, 29));
});

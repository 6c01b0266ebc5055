// simulate as a run: a stream of batches, limits, the first violation, nothing that depends on the machine.

import { describe, expect, test } from 'vitest';
import { invariants } from '../../src/check/invariants/index.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { simulate } from '../../src/runtime/simulate-run.ts';
import { LaboratoryError } from '../../src/runtime/world.ts';
import type { StepEvent } from '../../src/runtime/events.ts';
import type { Message } from '../../src/runtime/messages.ts';
import { punch } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import { ok, outcome } from '../../src/memory/outcome.ts';
import type { TraceBatch } from '../../src/trace/batch.ts';
import { bytesOf, ENDLESS, M02, record, SC01, v6_8 } from '../support/recorded.ts';

const long = { limits: { steps: 50_000 } };

describe('determinism', () => {
  test('the same seed gives the same bytes', async () => {
    expect(bytesOf(await record(ENDLESS, { seed: 5, ...long }))).toEqual(bytesOf(await record(ENDLESS, { seed: 5, ...long })));
  });

  test('different seeds give different schedules', async () => {
    const hashes = await Promise.all([1, 2, 3, 4].map(async (seed) => Buffer.from(bytesOf(await record(SC01, { seed }))).toString('latin1')));
    expect(new Set(hashes).size).toBe(4);
  });

  test('a shorter limit gives a prefix', async () => {
    const [short, more] = await Promise.all([record(ENDLESS, { limits: { steps: 20_000 } }), record(ENDLESS, long)]);
    expect(short.batches[0]).toEqual(more.batches[0]);
    expect(short.batches[1]!.records).toEqual(more.batches[1]!.records.subarray(0, short.batches[1]!.records.length));
  });

  test('invariants that hold change nothing', async () => {
    expect((await record(SC01, { invariants })).footer).toEqual((await record(SC01)).footer);
  });
});

describe('how a run ends', () => {
  test('by itself, when everybody is at rest', async () => {
    const { result } = await record(SC01);
    expect(result.why).toBe('finished');
    expect(result.waiting).toEqual([]);
  });

  test('at exactly its limit of steps, batches numbered without a gap', async () => {
    const { result, batches } = await record(ENDLESS, { limits: { steps: 40_001 } });
    expect([result.why, result.steps]).toEqual(['steps', 40_001]);
    let next = 1;
    for (const { first, count, records } of batches) {
      expect(first).toBe(next);
      expect(records.length).toBe(count * 4);
      next += count;
    }
    expect(next - 1).toBe(40_001);
  });

  test('at its limit of seconds', async () => {
    expect((await record(ENDLESS, { limits: { seconds: 0.05 } })).result.why).toBe('seconds');
  });

  test('soon after stop()', async () => {
    const run = simulate.open({ kernel: v6_8, topology: compile(ENDLESS, v6_8), seed: 1 });
    setTimeout(() => run.stop(), 10);
    expect((await run.start()).why).toBe('interrupted');
  });

  test('at the first step that breaks an invariant, which is the last of the trace', async () => {
    const { result, batches } = await record(ENDLESS, { kernel: M02, invariants, limits: { steps: 200_000 } });
    expect(result.why).toBe('violation');
    expect(result.violation?.id).toBe('S-01');
    expect(batches.at(-1)!.first + batches.at(-1)!.count - 1).toBe(result.steps);
  });

  test('in a deadlock, with those who wait', async () => {
    const kernel = deriveKernel(v6_8, { name: 'keeps-lock', fragments: { 'gmem.punchHole': (edit) => edit.remove('unlock', '^done') } });
    const twice = { ...SC01, threads: [{ name: 'main', program: [punch('A', 0, 1), punch('A', 0, 1)] }] };
    const { result } = await record(twice, { kernel });
    expect(result.why).toBe('deadlock');
    expect(result.waiting.map(({ actor, step }) => [actor, step])).toContainEqual(['main.gmem', 'inode.downWriteGranted']);
  });

  test('with a rejection when a step breaks the rules; the steps before it were emitted', async () => {
    const kernel = deriveKernel(v6_8, { name: 'odd', steps: { 'fault.testStale': () => outcome('odd') } });
    const run = simulate.open({ kernel, topology: compile(SC01, kernel), seed: 1 });
    const batches: TraceBatch[] = [];
    let completed = false;
    run.batches.subscribe({ next: (batch) => batches.push(batch), complete: () => { completed = true; } });
    await expect(run.start()).rejects.toThrow(LaboratoryError);
    expect(completed).toBe(true);
    expect(batches[0]!.count).toBeGreaterThan(10);
  });

  test.each([['the text \'ok\'', 'ok'], ['nothing', undefined], ['the number 0.5', 0.5], ['the number NaN', NaN], ['an object', Promise.resolve(0)], ['true', true]])(
    'with a rejection that says so when a step answers %s', async (shown, answer) => {
      const kernel = deriveKernel(v6_8, { name: 'odd', steps: { 'fault.testStale': () => answer as never } });
      await expect(simulate.open({ kernel, topology: compile(SC01, kernel), seed: 1 }).start()).rejects
        .toThrow(new LaboratoryError(`step 'fault.testStale' answered ${shown}; a step answers what outcome('ok') or \`ok\` of 'faultline' is`));
    });
});

describe('what a run tells', () => {
  test('steps of each actor, outcomes of each step', async () => {
    const { result, batches } = await record(SC01);
    const total = result.tally.ofActor.reduce((sum, n) => sum + n, 0);
    expect(total).toBe(result.steps);
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    expect(result.tally.ofSteps().get('op.receive')!.get('fallocate')).toBe(1);
    expect(result.tally.ofSteps().get('op.receive')!.get('close')).toBe(0);
  });

  test('how often each invariant was evaluated', async () => {
    const { result } = await record(SC01, { invariants });
    expect(result.evaluated.length).toBe(invariants.length);
    expect(result.evaluated[invariants.findIndex(({ id }) => id === 'S-01')]).toBeGreaterThan(0);
  });

  test('events: every step with what it read and wrote; messages: what was sent', async () => {
    const run = simulate.open({ kernel: v6_8, topology: compile(SC01, v6_8), seed: 1 });
    const events: StepEvent[] = [];
    const messages: Message[] = [];
    run.events().subscribe((event) => events.push(event));
    run.messages().subscribe((message) => messages.push(message));
    const { steps } = await run.start();
    expect(events.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
    expect(messages).toContainEqual(expect.objectContaining({ from: 'main', to: 'main.gmem', message: 'fallocate', content: expect.objectContaining({ mode: 3, offset: 0, length: 4096 }) as object }));
    expect(messages).toContainEqual(expect.objectContaining({ from: 'cpu0', to: 'vcpu0', message: 'KVM_RUN' }));
    expect(messages).toContainEqual(expect.objectContaining({ from: 'main.gmem', to: 'main', message: 'reply', content: expect.objectContaining({ errno: 0 }) as object }));
  });

  test('subscribing to events of a run that has begun is refused', async () => {
    const run = simulate.open({ kernel: v6_8, topology: compile(SC01, v6_8), seed: 1 });
    await run.start();
    let error: unknown;
    run.events().subscribe({ error: (one: unknown) => { error = one; } });
    expect(String(error)).toMatch(/before the run starts/);
    await expect(run.start()).rejects.toThrow(/once/);
  });
});

test('a choice beyond what a record can hold is refused, not cut', async () => {
  const kernel = deriveKernel(v6_8, { name: 'chooser', steps: { 'fault.testStale': (_world, _frame, choose) => { choose(1 << 30); return ok; } } });
  const run = simulate.open({ kernel, topology: compile(SC01, kernel), seed: 1 });
  await expect(run.start()).rejects.toThrow(/choices below 65535/);
});

// What a run amounts to, held against the events of the same run, told by other means.

import { describe, expect, it } from 'vitest';
import { builtinKernel, kernels } from '../../machines/kernels/index.ts';
import { exitsOf, Meter, metrics, type Metrics } from '../../src/runtime/metrics.ts';
import type { StepEvent } from '../../src/runtime/events.ts';
import type { RunResult } from '../../src/runtime/run.ts';
import { fits } from '../../src/runtime/fits.ts';
import { simulate } from '../../src/runtime/simulate-run.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { M02, v6_8 } from '../support/recorded.ts';

async function measured(name: string, kernel = v6_8, steps = 60_000): Promise<{ last: Metrics; events: StepEvent[]; result: RunResult }> {
  const run = simulate.open({ kernel, topology: compile(builtinScenario(name), kernel), seed: 5, limits: { steps } });
  const events: StepEvent[] = [];
  const counts: Metrics[] = [];
  run.events().subscribe((event) => events.push(event));
  run.batches.pipe(metrics(run.world)).subscribe((one) => counts.push(one));
  const result = await run.start();
  expect(counts.map(({ steps: n }) => n)).toEqual(counts.map((_one, k) => Math.min((k + 1) * 16384, result.steps)));
  return { last: counts.at(-1)!, events, result };
}

describe.each(kernels.filter((kernel) => fits(builtinScenario('stress')!, kernel)))('on $name', (kernel) => {
  it('stress: every fault has one end or goes on, every count is what the events say', async () => {
    const { last, events, result } = await measured('stress', kernel);
    const times = (name: string, outcome?: string, where = ''): number => events.filter((one) => one.name === name && (outcome ?? one.outcome) === one.outcome && one.state.endsWith(where)).length;
    const begun = times('fault.lookupSlot');
    const going = result.tally.ofActor.length;
    const ended = last.faultsFixed + last.faultsRetried + last.faultsExited;
    expect(begun - ended).toBeGreaterThanOrEqual(0);
    expect(begun - ended).toBeLessThan(going);
    expect(last).toMatchObject({
      steps: events.length,
      faultsFixed: times('folio.put', 'ok', 'fault.put'),
      staleFaults: times('fault.testStale', 'stale') + times('fault.testStaleEarly', 'stale') + times('fault.testRoot', 'stale'),
      conversions: times('attributes.storeNext', 'ok') + times('convertFile.next', 'private') + times('convertFile.next', 'shared'),
      punches: times('inode.upWrite', 'ok', 'punch.unlock') + times('undo.findNext', 'done', 'punch.findRest'),
      memoryErrors: times('mf.unlock', 'ok'),
      lockWaits: events.filter(({ outcome }) => outcome === 'queued').length,
    });
    const { conversionsRefused, splits, merges, ...others } = last;
    expect([conversionsRefused, splits, merges]).toEqual([0, 0, 0]);
    expect(Math.min(...Object.values(others))).toBeGreaterThan(0);
  });
});

it.each(['conversions-2025-fixed', 'conversions-2026'])('conversions in place on %s: each that held the lock stored, found nothing to do, or was refused', async (name) => {
  const { last, events } = await measured('stress-conversions', builtinKernel(name)!, 100_000);
  const times = (step: string, ...outcomes: readonly string[]): number => events.filter((one) => one.name === step && outcomes.includes(one.outcome)).length;
  expect(last.conversionsRefused).toBe(times('references.test', 'busy'));
  expect(last.conversionsRefused).toBeGreaterThan(0);
  const over = last.conversions + last.conversionsRefused + times('convert.addWork', 'nothing') + times('convert.testEqual', 'equal');
  // Two converters: each may be in the middle of one.
  expect(times('convert.validate', 'ok') - over).toBeGreaterThanOrEqual(0);
  expect(times('convert.validate', 'ok') - over).toBeLessThanOrEqual(2);
});

it('a kernel without the stale test has no stale fault, and counts the others as before', async () => {
  const { last } = await measured('SC01', M02);
  expect(last).toMatchObject({ staleFaults: 0, faultsExited: 0, punches: 1 });
  expect(last.faultsFixed).toBeGreaterThan(0);
});

it('what the operator has emitted last is what the tally of the result amounts to', async () => {
  const { last, result } = await measured('SC08');
  expect(new Meter(v6_8).of(result.tally)).toEqual(last);
});

it('an outcome leaves as many fragments as its statechart says', () => {
  const leaf = (path: string) => v6_8.table.leaves.find((one) => one.machine === 'vcpu' && one.path === path)!;
  expect(exitsOf(v6_8, leaf('call.run.tlbMiss.fault.put'), 'ok')).toEqual(['mmu.fault ^fixed', 'vcpu.tlbMiss ^again']);
  expect(exitsOf(v6_8, leaf('call.run.tlbMiss.fault.stale'), 'stale')).toEqual([]);
  expect(exitsOf(v6_8, leaf('call.run.tlbMiss.fault.put'), 'none')).toEqual([]);
  expect(exitsOf(v6_8, leaf('call.run.leave'), 'ok')).toEqual(['vcpu.run ^done']);
});

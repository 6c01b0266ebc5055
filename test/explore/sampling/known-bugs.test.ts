// Every strategy finds the known bugs of 6.8 in SC22, SC26 and SC16 within so many schedules, and nothing where they are mended; what was
// found is found again by following its schedule.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import { ReplayStrategy } from '../../../src/explore/strategies/replay.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SampledFinding, SampleOptions, SampleResult } from '../../../src/explore/sample-types.ts';
import type { Schedule } from '../../../src/explore/schedule.ts';
import type { Step } from '../../../src/memory/world.ts';

function sampler(kernel: Kernel, name: string, options: SampleOptions): Sampler {
  const scenario = builtinScenario(name)!;
  return new Sampler(kernel, compile(scenario, kernel), { invariants, about: scenario.about, seed: 7, ...options });
}
function run(kernel: Kernel, name: string, options: SampleOptions): SampleResult {
  const one = sampler(kernel, name, options);
  while (one.advance(10_000)) { /* to the end */ }
  return one.result();
}
/** Without what is found over all schedules. */
const keys = ({ found }: SampleResult): string[] => found.map(({ key }) => key);

const bugs = [
  { name: 'SC22', key: 'L-04 folio.lock>folio_lock inode.downRead>invalidate_lock', kind: 'deadlock' },
  { name: 'SC26', key: 'S-11 memslot.freeOld', kind: 'safety' },
  { name: 'SC16', key: 'S-33 fault.prepareMemoryFault', kind: 'safety' },
] as const;
/** Schedules within which each strategy has to come to it. */
const within = { random: 20, pct: 40, pos: 80, portfolio: 40, preemptions: 600 } as const;

describe.each(bugs)('$name on v6.8', ({ name, key, kind }) => {
  it.each(Object.entries(within))('is found by %s within %i schedules', (strategy, schedules) => {
    const result = run(v6_8, name, { strategy, schedules });
    const finding = result.findings.find((one) => one.key === key)!;
    expect({ found: keys(result), kind: finding?.kind }).toEqual({ found: [key], kind });
    expect(finding.times).toBeGreaterThan(0);
    expect(finding.first).toBeLessThanOrEqual(schedules);
    if (name === 'SC22') expect(result.findings.map((one) => one.key)).toContain('S-17 folio_lock invalidate_lock');
  });

  it('is found again by its schedule, by its last step and not before', () => {
    const { schedule } = run(v6_8, name, { strategy: 'random', schedules: within.random }).findings.find((one) => one.key === key)!;
    expect(follow(v6_8, name, schedule).map((one) => one.key)).toContain(key);
    // Of a deadlock the last step is the one that leads to the wait: without it nobody waits yet.
    expect(follow(v6_8, name, schedule.slice(0, -1)).map((one) => one.key)).not.toContain(key);
  });

  it('is not there when it is mended', () => {
    const result = run(v6_8_fixed, name, { strategy: 'portfolio', schedules: 120 });
    expect(result.findings).toEqual([]);
    expect(result.inconclusive).toEqual([]);
  });
});

/** Follows a schedule, then lets nobody move. A deadlock shows when those who wait are asked once more. */
function follow(kernel: Kernel, name: string, schedule: Schedule): SampledFinding[] {
  const one = sampler(kernel, name, { strategy: 'replay', schedule });
  while (one.advance(10_000)) { /* to the end */ }
  expect((one.strategy as ReplayStrategy).deviation).toBeUndefined();
  return one.result().found.slice();
}

describe('a schedule that does not apply', () => {
  it('is followed as far as it does, and said where', () => {
    const { schedule } = run(v6_8, 'SC26', { strategy: 'random', schedules: 20 }).findings[0]!;
    const idle = compile(builtinScenario('SC26')!, v6_8).actors.findIndex(({ machine }) => machine === 'gmem') + 1;
    const one = sampler(v6_8, 'SC26', { strategy: 'replay', schedule: [...schedule.slice(0, 3), { actor: idle, choice: -1 }, ...schedule.slice(3)] });
    while (one.advance(10_000)) { /* to the end */ }
    expect((one.strategy as ReplayStrategy).deviation).toEqual({ step: 3, actor: idle, why: 'ended or blocked' });
    expect(one.result()).toMatchObject({ steps: 3, findings: [] });
  });
});

describe('SC19 on v6.8', () => {
  it('leaks a reference, which is one finding, whoever comes to rest last', () => {
    const { findings } = run(v6_8, 'SC19', { strategy: 'random', schedules: 60 });
    expect(findings.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['leak S-19 at rest']);
  });
});

describe('SC05', () => {
  it('shows on a kernel that overwrites the range of an open invalidation instead of widening it (M63)', () => {
    const overwrite: Step<{ gfn: number; gfn_end: number }> = (world, f, choose) => {
      world.kvm_mmu(f.vm).range_start = 0;
      return (v6_8.steps.get('mmu.rangeAdd') as Step<{ gfn: number; gfn_end: number }>)(world, f, choose);
    };
    const mutant = deriveKernel(v6_8, { name: 'M63', steps: { 'mmu.rangeAdd': overwrite as Step<never> } });
    expect(keys(run(mutant, 'SC05', { strategy: 'random', schedules: 50 }))).toEqual(['S-15 mmu.rangeAdd']);
    expect(run(v6_8, 'SC05', { strategy: 'random', schedules: 200 })).toMatchObject({ findings: [], inconclusive: [] });
  });
});

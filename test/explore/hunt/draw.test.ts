import { describe, expect, it } from 'vitest';
import { scenarioCalls } from '../../../src/memory/calls.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { drawScenario } from '../../../src/explore/hunt/draw.ts';
import { scenarioHash } from '../../../src/explore/hunt/tried.ts';
import { operationKinds } from '../../../src/explore/hunt/causes.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { invariant, judge } from '../../support/judge.ts';
import type { Scenario } from '../../../src/scenario/types.ts';

const drawn = (count: number, seed = 1): Scenario[] => Array.from({ length: count }, (_one, n) => drawScenario(seed, n, v6_8.calls));

describe('drawn scenarios', () => {
  it('compile, each of them, and are small: up to four actors, up to four operations each', () => {
    for (const scenario of drawn(500)) {
      expect(() => compile(scenario, v6_8), JSON.stringify(scenario)).not.toThrow();
      const programs = [...(scenario.vms[0]!.vcpus ?? []), ...scenario.threads ?? [], ...scenario.hardware ?? []].map(({ program = [] }) => program.length);
      expect(programs.length).toBeGreaterThan(0);
      expect(programs.length).toBeLessThanOrEqual(4);
      expect(Math.max(...programs)).toBeLessThanOrEqual(4);
    }
  });

  it('depend on seed and number and nothing else', () => {
    expect(drawScenario(3, 17, v6_8.calls)).toEqual(drawScenario(3, 17, v6_8.calls));
    const all = new Set([...drawn(200, 1), ...drawn(200, 2)].map(scenarioHash));
    expect(all.size).toBeGreaterThan(380);
  });

  it('use the whole vocabulary', () => {
    const kinds = new Set(drawn(2000).flatMap(operationKinds).map((kind) => kind.split(' ')[0]!));
    const refused = new Set(v6_8.calls.filter(({ fragment }) => fragment === 'gmem.refusedCall').map(({ name }) => name));
    const calls = scenarioCalls(v6_8.calls).map(({ name }) => name).filter((name) => name !== 'fallocate' && !refused.has(name));
    const others = ['punch', 'allocate', 'host_read', 'host_write', 'read', 'write', 'convert', 'speculate', 'evict', 'memory_error', 'interrupt', 'signal', 'pin', 'unpin', 'fail_allocation', 'fail_arch_prepare', 'lru_drain'];
    expect([...calls, ...others].filter((one) => !kinds.has(one))).toEqual([]);
    expect([...refused].filter((one) => kinds.has(one)).length).toBeGreaterThan(5);
  });

  it('use the calls that a patch brings', () => {
    const patched = deriveKernel(v6_8, { name: 'patched', calls: [{ name: 'populate', on: 'gmem', fragment: 'gmem.fallocate', description: 'another one', arguments: v6_8.calls[0]!.arguments }] });
    const using = Array.from({ length: 200 }, (_one, n) => drawScenario(1, n, patched.calls)).filter((scenario) => operationKinds(scenario).some((kind) => kind.startsWith('populate')));
    expect(using.length).toBeGreaterThan(5);
    for (const scenario of using) expect(() => compile(scenario, patched)).not.toThrow();
  });
});

describe('what calls of drawn scenarios must answer', () => {
  it('is what they answer on a kernel whose known bugs are mended, in whichever order', () => {
    let expecting = 0;
    for (const scenario of [...drawn(600, 11), ...drawn(600, 12)]) {
      if (!JSON.stringify(scenario).includes('"expect"')) continue;
      expecting++;
      expect([...judge(v6_8_fixed, scenario, [invariant('S-22')], 6, 2000).broken.keys()], JSON.stringify(scenario)).toEqual([]);
    }
    expect(expecting).toBeGreaterThan(400);
  });
});

describe('the hash of a scenario', () => {
  it('is the same for scenarios that say the same', () => {
    const one = drawn(50).find(({ threads = [] }) => threads.length === 2)!;
    const [a, b] = one.threads!;
    expect(scenarioHash({ ...one, name: 'another', title: 'the same', threads: [{ ...b!, name: 'x' }, { ...a!, name: 'y' }] })).toBe(scenarioHash(one));
    expect(scenarioHash({ ...one, threads: [a!] })).not.toBe(scenarioHash(one));
  });
});

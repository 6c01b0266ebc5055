import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { call, interrupt, loop, mix, read, signal, memoryError, write } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import { ScenarioError } from '../../src/scenario/errors.ts';
import { withVcpus } from '../../src/scenario/with-vcpus.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { judge } from '../support/judge.ts';

const { calls } = v6_8;
const stress = builtinScenario('stress')!;
/** The page that each vCPU of a VM reads, which says which of the scenario's vCPUs it is. */
const pages = ({ vms }: Scenario, vm: number) => vms[vm]!.vcpus!.map(({ program }) => (program![0] as { page: number }).page);
const reading = (...list: number[]) => ({ vcpus: list.map((page) => ({ program: [read(page)] })) });

describe('a scenario with another number of vCPUs', () => {
  it('has all of its own, then those behind the first again, in turn', () => {
    expect(pages(withVcpus({ name: 'x', vms: [reading(0, 1, 2)] }, 8, calls), 0)).toEqual([0, 1, 2, 1, 2, 1, 2, 1]);
    expect(pages(withVcpus({ name: 'x', vms: [reading(0, 1)] }, 4, calls), 0)).toEqual([0, 1, 1, 1]);
  });

  it('has the only one again and again', () => {
    expect(pages(withVcpus({ name: 'x', vms: [reading(7)] }, 3, calls), 0)).toEqual([7, 7, 7]);
  });

  it('has the first ones when it is to have fewer', () => {
    expect(pages(withVcpus({ name: 'x', vms: [reading(0, 1, 2)] }, 2, calls), 0)).toEqual([0, 1]);
  });

  it('has as many in each VM, but for those that have none', () => {
    const { vms } = withVcpus({ name: 'x', vms: [reading(0), {}, { vcpus: [] }, reading(1, 2, 3)] }, 2, calls);
    expect(vms.map(({ vcpus }) => vcpus?.length)).toEqual([2, undefined, 0, 2]);
  });

  it.each(scenariosOf(v6_8).filter(({ vms }) => new Set(vms.map(({ vcpus = [] }) => vcpus.length)).size === 1 && (vms[0]!.vcpus ?? []).length > 0))('$name with the number that it has is itself', (scenario) => {
    expect(withVcpus(scenario, scenario.vms[0]!.vcpus!.length, calls)).toEqual(scenario);
  });

  it('names by its new number every vCPU, and every thread of one, that is behind others now', () => {
    const scenario = {
      name: 'x', vms: [reading(0), { vcpus: [{ program: [read(1)], thread: [{ op: 'run' as const, vcpu: 1 }] }] }, reading(2)],
      threads: [{ name: 'cpuless', program: [call('close_vcpu', { vcpu: 2 }), call('close_vcpu', { vcpu: 'vcpu1' })] }],
      hardware: [{ name: 'hw', program: [loop(2, [mix([interrupt(0)], [interrupt(1)], [interrupt('vcpu2')])]), signal('cpu1'), signal('cpuless'), memoryError({ fd: 'A', page: 0, thread: 'cpu2' })] }],
    };
    const changed = withVcpus(scenario, 2, calls);
    expect(changed.threads![0]!.program).toEqual([call('close_vcpu', { vcpu: 4 }), call('close_vcpu', { vcpu: 'vcpu2' })]);
    expect(changed.hardware![0]!.program).toEqual([
      loop(2, [mix([interrupt(0)], [interrupt(2)], [interrupt('vcpu4')])]), signal('cpu2'), signal('cpuless'), memoryError({ fd: 'A', page: 0, thread: 'cpu4' }),
    ]);
    expect(changed.vms[1]!.vcpus!.map(({ thread }) => thread)).toEqual([[{ op: 'run', vcpu: 2 }], [{ op: 'run', vcpu: 3 }]]);
  });

  it.each([
    ['a call', { threads: [{ name: 't', program: [call('close_vcpu', { vcpu: 1 })] }] }, 'threads[0].program[0].vcpu: names vCPU 1, which is gone when each VM has 1'],
    ['an interrupt, deep inside', { hardware: [{ name: 'h', program: [loop(2, [mix([], [interrupt('vcpu1')])])] }] }, 'hardware[0].program[0].do[0].of[1].do[0].vcpu: names vCPU 1, which is gone when each VM has 1'],
    ['a signal', { hardware: [{ name: 'h', program: [signal('cpu1')] }] }, 'hardware[0].program[0].thread: names the thread of vCPU 1, which is gone when each VM has 1'],
  ])('is refused when %s names a vCPU that is gone', (_what, more, sentence) => {
    expect(() => withVcpus({ name: 'x', vms: [reading(0, 1)], ...more }, 1, calls)).toThrow(new ScenarioError(sentence.split(': ')[0]!, sentence.split(': ')[1]!));
  });

  it('is refused when there is none to repeat, or when they are too many', () => {
    expect(() => withVcpus({ name: 'x', vms: [{}] }, 4, calls)).toThrow('vms: none of its VMs has a vCPU that could be repeated');
    expect(() => withVcpus({ name: 'x', vms: [reading(0), reading(1)] }, 3000, calls)).toThrow("vms: 6000 vCPUs; the limit 'vcpus' is 4096");
  });

  it('changes nothing of what it was given', () => {
    const before = structuredClone(stress);
    withVcpus(stress, 9, calls);
    expect(stress).toEqual(before);
  });

  it('is as mild as it was: only the first vCPU of stress touches the pages that memory errors strike', () => {
    const changed = withVcpus(stress, 12, calls);
    expect(compile(changed, v6_8).sizes.vcpu).toBe(12);
    expect(changed.vms[0]!.vcpus!.map(({ program }) => JSON.stringify(program).includes(JSON.stringify(write(12, 1, { private: true }))))).toEqual([true, ...Array.from({ length: 11 }, () => false)]);
    const { broken, steps } = judge(v6_8, changed, invariants, 2, 60_000);
    expect([[...broken], steps]).toEqual([[], 120_000]);
  });
});

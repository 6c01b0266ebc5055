// A scenario with another number of vCPUs in each of its VMs. The first vCPU often does what is to be done once (it maps pages that
// the others leave alone, it notifies), so where a VM has several it is those behind the first that are repeated.

import { at, ScenarioError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { asOps, type AnyOp } from './walk.ts';
import type { Call } from '../memory/calls.ts';
import type { Branch, HardwareOp, Scenario, VcpuSpec, VmmOp } from './types.ts';

/** Gives each VM that has vCPUs `count` of them: fewer are its first ones; more are all of its own, then those from the second on again
 *  in turn, or the only one. vCPUs are numbered over all VMs, so whatever names one is made to name it by its new number. The scenario
 *  must be one that compiles; a ScenarioError says where it names a vCPU that is gone. */
export function withVcpus(scenario: Scenario, count: number, calls: readonly Call[]): Scenario {
  const total = scenario.vms.reduce((sum, { vcpus = [] }) => sum + (vcpus.length === 0 ? 0 : count), 0);
  if (total === 0) throw new ScenarioError('vms', 'none of its VMs has a vCPU that could be repeated');
  if (total > LIMITS.vcpus) throw new ScenarioError('vms', `${total} vCPUs; the limit 'vcpus' is ${LIMITS.vcpus}`);
  const renumber = new Renumbering(scenario, count, calls);
  let number = 0;
  return {
    ...scenario,
    vms: scenario.vms.map((vm, v) => (vm.vcpus === undefined || vm.vcpus.length === 0 ? vm : {
      ...vm,
      vcpus: placesOf(vm.vcpus.length, count).map((place): VcpuSpec => {
        const { thread, ...vcpu } = vm.vcpus![place]!;
        const own = number++;
        return thread === undefined ? vcpu : { ...vcpu, thread: renumber.program(thread, `vms[${v}].vcpus[${place}].thread`, own) };
      }),
    })),
    ...(scenario.setup === undefined ? {} : { setup: renumber.program<VmmOp>(scenario.setup, 'setup') }),
    ...(scenario.threads === undefined ? {} : { threads: scenario.threads.map((one, i) => (one.program === undefined ? one : { ...one, program: renumber.program(one.program, `threads[${i}].program`) })) }),
    ...(scenario.hardware === undefined ? {} : { hardware: scenario.hardware.map((one, i) => (one.program === undefined ? one : { ...one, program: renumber.program<HardwareOp>(one.program, `hardware[${i}].program`) })) }),
  };
}

/** Which of a VM's vCPUs each of its new ones is. */
function placesOf(own: number, count: number): number[] {
  const first = own > 1 ? 1 : 0;
  return Array.from({ length: count }, (_one, i) => (i < own ? i : first + ((i - own) % (own - first))));
}

class Renumbering {
  /** New number of each vCPU; -1 when it is gone. */
  private readonly numbers: readonly number[];
  private readonly count: number;
  private readonly calls: ReadonlyMap<string, Call>;

  constructor({ vms }: Scenario, count: number, calls: readonly Call[]) {
    let before = 0;
    this.numbers = vms.flatMap(({ vcpus = [] }) => {
      const numbers = vcpus.map((_one, i) => (i < count ? before + i : -1));
      if (vcpus.length > 0) before += count;
      return numbers;
    });
    this.count = count;
    this.calls = new Map(calls.map((call) => [call.name, call]));
  }

  /** A program whose operations name vCPUs, and their threads, by the new numbers. `own`: the vCPU whose thread has this program. */
  program<Op extends object>(program: readonly Op[], path: string, own = -1): Op[] {
    return asOps(program).map((op, i) => this.operation(op, at(path, i), own)) as unknown as Op[];
  }

  private operation(op: AnyOp, path: string, own: number): AnyOp {
    if (op.op === 'loop') return { ...op, do: this.program(op['do'] as AnyOp[], at(path, 'do'), own) };
    if (op.op === 'mix') {
      return { ...op, of: (op['of'] as Branch<AnyOp>[]).map((branch, k) => ({ ...branch, do: this.program(branch.do, `${at(at(path, 'of'), k)}.do`, own) })) };
    }
    const result: Record<string, unknown> = { ...op };
    for (const member of this.vcpuMembers(op)) result[member] = op.op === 'run' ? own : this.named(op[member], 'vcpu', at(path, member));
    if ((op.op === 'signal' || op.op === 'memory_error') && typeof op['thread'] === 'string') result['thread'] = this.named(op['thread'], 'cpu', at(path, 'thread'));
    return result as AnyOp;
  }

  /** Members of an operation that name a vCPU. */
  private vcpuMembers(op: AnyOp): string[] {
    const names = op.op === 'run' || op.op === 'interrupt' ? ['vcpu'] : (this.calls.get(op.op)?.arguments ?? []).filter(({ type }) => type === 'vcpu').map(({ name }) => name);
    return names.filter((name) => op[name] !== undefined);
  }

  /** `value` names a vCPU by number or as `vcpu3`, or its thread as `cpu3`; what names neither stays. */
  private named(value: unknown, prefix: 'vcpu' | 'cpu', path: string): unknown {
    const text = String(value);
    const before = typeof value === 'number' ? value : text.startsWith(prefix) && /^[0-9]+$/.test(text.slice(prefix.length)) ? Number(text.slice(prefix.length)) : -1;
    const now = this.numbers[before];
    if (now === undefined) return value;
    if (now < 0) throw new ScenarioError(path, `names ${prefix === 'cpu' ? 'the thread of ' : ''}vCPU ${before}, which is gone when each VM has ${this.count}`);
    return typeof value === 'number' ? now : `${prefix}${now}`;
  }
}

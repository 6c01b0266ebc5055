// Smaller scenarios: one actor less, one operation less, one round less. The set-up stays: it is the world that a person knows.

import type { Scenario, ThreadSpec, VcpuSpec } from '../scenario/types.ts';
import { asOps, walk, type AnyOp } from '../scenario/walk.ts';

export interface SmallerScenario {
  readonly scenario: Scenario;
  /** What an actor is called in it; nothing when it is gone. */
  readonly rename: (actor: string) => string | undefined;
  /** An actor is gone with all that it does; else a part of its program. */
  readonly what: 'actor' | 'operation';
}

type Ops = readonly AnyOp[];
const same = (name: string): string => name;

/** Smaller ones, those that leave out most first. Some may not compile: then they are none. */
export function* smallerScenarios(scenario: Scenario): Generator<SmallerScenario> {
  // Which thread an actor runs on is of no matter to a schedule.
  const { placement: _placement, ...base } = scenario;
  const { threads = [], hardware = [], vms } = base;
  for (let i = hardware.length - 1; i >= 0; i--) yield { scenario: { ...base, hardware: hardware.toSpliced(i, 1) }, rename: without(hardware[i]!.name), what: 'actor' };
  for (let i = threads.length - 1; i >= 0; i--) yield { scenario: { ...base, threads: threads.toSpliced(i, 1) }, rename: without(threads[i]!.name), what: 'actor' };
  const vcpus = vms.flatMap(({ vcpus: own = [] }, vm) => own.map((_vcpu, i) => ({ vm, i })));
  for (const [n, { vm, i }] of [...vcpus.entries()].toReversed()) yield withoutVcpu(base, n, vm, i);
  for (const [i, one] of threads.entries()) {
    for (const program of smallerPrograms(asOps(one.program ?? []))) yield { scenario: { ...base, threads: threads.with(i, { ...one, program } as ThreadSpec) }, rename: same, what: 'operation' };
  }
  for (const [i, one] of hardware.entries()) {
    for (const program of smallerPrograms(asOps(one.program ?? []))) yield { scenario: { ...base, hardware: hardware.with(i, { ...one, program } as unknown as typeof one) }, rename: same, what: 'operation' };
  }
  for (const { vm, i } of vcpus) {
    const spec = vms[vm]!.vcpus![i]!;
    for (const member of ['program', 'thread'] as const) {
      for (const program of smallerPrograms(asOps(spec[member] ?? []))) {
        const vcpu = { ...spec, [member]: program } as VcpuSpec;
        yield { scenario: { ...base, vms: vms.with(vm, { ...vms[vm]!, vcpus: vms[vm]!.vcpus!.with(i, vcpu) }) }, rename: same, what: 'operation' };
      }
    }
  }
}

/** An actor by this name, and those that work for it, are gone. */
const without = (gone: string) => (name: string): string | undefined => (name === gone || name.startsWith(`${gone}.`) ? undefined : name);

/** vCPUs behind the one that is left out count one less, wherever they are named. */
function withoutVcpu(scenario: Scenario, gone: number, vm: number, i: number): SmallerScenario {
  const rename = (name: string): string | undefined => {
    const [, kind, number, rest = ''] = /^(vcpu|irq|cpu)(\d+)(\..*)?$/.exec(name) ?? [];
    if (kind === undefined || Number(number) < gone) return name;
    return Number(number) === gone ? undefined : `${kind}${Number(number) - 1}${rest}`;
  };
  const renumbered = (program: Ops): Ops => program.flatMap((op): Ops => {
    const { vcpu, thread } = op;
    const other = typeof vcpu === 'number' ? rename(`vcpu${vcpu}`) : typeof vcpu === 'string' ? rename(vcpu) : 'none';
    const owner = typeof thread === 'string' ? rename(thread) : 'none';
    if (other === undefined || owner === undefined) return [];
    const inner = op['do'] === undefined ? {} : { do: renumbered(op['do'] as Ops) };
    const branches = op['of'] === undefined ? {} : { of: (op['of'] as { do: Ops }[]).map((branch) => ({ ...branch, do: renumbered(branch.do) })) };
    return [{ ...op, ...inner, ...branches, ...(vcpu === undefined ? {} : { vcpu: typeof vcpu === 'number' ? Number(other.slice(4)) : other }), ...(thread === undefined ? {} : { thread: owner }) }];
  });
  const programs = <T extends { readonly program?: unknown; readonly thread?: unknown }>(one: T): T => ({
    ...one,
    ...(one.program === undefined ? {} : { program: renumbered(one.program as Ops) }), ...(one.thread === undefined ? {} : { thread: renumbered(one.thread as Ops) }),
  });
  return {
    scenario: {
      ...scenario,
      vms: scenario.vms.map((spec, n) => ({ ...spec, ...(spec.vcpus === undefined ? {} : { vcpus: (n === vm ? spec.vcpus.toSpliced(i, 1) : spec.vcpus).map(programs) }) })),
      ...(scenario.threads === undefined ? {} : { threads: scenario.threads.map(programs) }),
      ...(scenario.hardware === undefined ? {} : { hardware: scenario.hardware.map(programs) }),
    },
    rename, what: 'actor',
  };
}

/** Programs with something left out: halves first, then one operation, then within loops and mixes. */
function* smallerPrograms(program: Ops): Generator<Ops> {
  for (let size = program.length >> 1; size > 1; size >>= 1) {
    for (let from = program.length - size; from >= 0; from -= size) yield program.toSpliced(from, size);
  }
  for (let k = program.length - 1; k >= 0; k--) yield program.toSpliced(k, 1);
  for (const [k, op] of program.entries()) {
    if (op.op === 'loop') {
      const body = op['do'] as Ops;
      yield program.toSpliced(k, 1, ...body);
      const { forever: _forever, ...rounds } = op;
      const times = op['forever'] === true ? 4 : op['times'] as number;
      for (let fewer = times >> 1; fewer >= 1; fewer >>= 1) yield program.with(k, { ...rounds, times: fewer });
      for (const smaller of smallerPrograms(body)) yield program.with(k, { ...op, do: smaller });
    } else if (op.op === 'mix') {
      const branches = op['of'] as { do: Ops }[];
      for (const branch of branches) yield program.toSpliced(k, 1, ...branch.do);
      if (branches.length > 1) for (let b = branches.length - 1; b >= 0; b--) yield program.with(k, { ...op, of: branches.toSpliced(b, 1) });
      for (const [b, branch] of branches.entries()) for (const smaller of smallerPrograms(branch.do)) yield program.with(k, { ...op, of: branches.with(b, { ...branch, do: smaller }) });
    }
  }
}

/** Operations as they are written, those of the set-up left out; loops and mixes count as one. */
export function operationsOf({ vms, threads = [], hardware = [] }: Scenario): number {
  const programs = [...vms.flatMap(({ vcpus = [] }) => vcpus.flatMap(({ program = [], thread = [] }) => [program, thread])), ...[...threads, ...hardware].map(({ program = [] }) => program)];
  return programs.reduce((sum, program) => sum + [...walk(asOps(program), '')].length, 0);
}

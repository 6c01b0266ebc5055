// From the recorded steps of a case to a system: a scenario that has everything that the case makes, and what each step tells its threads.

import { compile } from '../../scenario/compile.ts';
import { CommandCompiler } from '../../scenario/command.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Told, TracedSystem } from './system.ts';

export interface RecordedStep { readonly op: string; readonly args: Readonly<Record<string, unknown>>; readonly res?: Readonly<Record<string, unknown>> }

const PAGE = 4096;

/** Makes the system of a case. */
export function systemOf(kernel: Kernel, steps: readonly RecordedStep[]): TracedSystem {
  const vms = steps.filter(({ op }) => op === 'create_vm').map(({ args }) => ({ name: args['as'] as string, type: args['type'] === 1 ? 'sw-protected' : 'default' }));
  const vmNumber = (name: unknown): number => vms.findIndex((one) => one.name === name);
  const vcpus = steps.filter(({ op }) => op === 'create_vcpu').map(({ args }) => ({ name: args['as'] as string, vm: vmNumber(args['vm']), id: Number(args['id'] ?? 0) }))
    .toSorted((a, b) => a.vm - b.vm);
  const vcpuNumber = (name: unknown): number => vcpus.findIndex((one) => one.name === name);
  const memory = steps.filter(({ op }) => op === 'anon').map(({ args }) => ({ name: args['as'] as string, pages: Number(args['len']) / PAGE }));
  const region = (args: Readonly<Record<string, unknown>>): object => ({
    op: 'set_region', vm: vmNumber(args['vm']), slot: args['slot'], flags: args['flags'], gpa: args['gpa'], size: args['size'],
    ...(typeof args['hva'] === 'string' ? { memory: args['hva'] } : { hva: args['hva'] }), fd: typeof args['fd'] === 'string' ? args['fd'] : -1, offset: args['offset'],
  });
  const call = ({ op, args }: RecordedStep): object | undefined => {
    switch (op) {
      case 'create_gmem': return { op: 'create_gmem', vm: vmNumber(args['vm']), fd: args['as'], size: args['size'], flags: args['flags'] };
      case 'set_region2': return region(args);
      case 'set_attr': return { op: 'set_attributes', vm: vmNumber(args['vm']), gpa: args['gpa'], size: args['size'], attributes: args['attrs'], flags: args['flags'] };
      case 'fallocate': return { op: 'fallocate', fd: args['fd'], mode: args['mode'], offset: args['offset'], length: args['len'] };
      case 'close': return { op: 'close', fd: args['fd'] };
      default: return undefined;
    }
  };
  const calls = steps.flatMap((one) => call(one) ?? []);
  const scenario = {
    name: 'traced',
    vms: vms.map(({ type }, vm) => ({ type, vcpus: vcpus.filter((one) => one.vm === vm).map(() => ({ commands: true, policy: 'stop' })) })),
    memory, slotIds: 128,
    threads: [{ name: 'main', commands: true }, { name: 'names', program: [{ op: 'await', event: 'never' }, ...calls] }],
    hardware: [{ name: 'injector', commands: true }],
  };
  const topology = compile(scenario, kernel);
  const compiler = new CommandCompiler(scenario, kernel, topology);
  const told = steps.map((one, step): Told => {
    const { op, args } = one;
    const text = `${op} ${JSON.stringify(args)}`;
    const nothing: Told = { step, text, messages: [], vcpu: -1 };
    const access = (): object => ({ op: args['kind'] === 'write' ? 'write' : 'read', page: Math.floor(Number(args['gpa']) / PAGE), ...(args['kind'] === 'write' ? { value: Number(args['value']) } : {}) });
    switch (op) {
      case 'guest_access': return { ...nothing, messages: [compiler.command(`vcpu${vcpuNumber(args['vcpu'])}`, [access()])], vcpu: vcpuNumber(args['vcpu']) };
      case 'hypercall_map_gpa': return { ...nothing, messages: [compiler.command(`vcpu${vcpuNumber(args['vcpu'])}`, [{ op: 'map_gpa_range', gpa: args['gpa'], npages: args['npages'], attributes: args['attrs'] }])], vcpu: vcpuNumber(args['vcpu']) };
      case 'run': return { ...nothing, messages: [compiler.command(`vcpu${vcpuNumber(args['vcpu'])}`, [])], vcpu: vcpuNumber(args['vcpu']) };
      case 'spin_start': return { ...nothing, messages: [compiler.command(`vcpu${vcpuNumber(args['vcpu'])}`, [{ op: 'loop', forever: true, do: [access()] }])], vcpu: vcpuNumber(args['vcpu']), spin: 'start' };
      case 'spin_end': return { ...nothing, vcpu: vcpuNumber(args['vcpu']), spin: 'end', interrupt: [compiler.command('injector', [{ op: 'signal', thread: `cpu${vcpuNumber(args['vcpu'])}`, number: 7 }])] };
      case 'memory_failure': return { ...nothing, messages: [compiler.command('injector', [{ op: 'memory_error', fd: args['fd'], page: Number(args['offset']) / PAGE }])] };
      default: {
        const made = call(one);
        if (made === undefined) return nothing;
        const attributes = op === 'set_attr' ? { attributes: { start: BigInt(Number(args['gpa']) / PAGE), end: BigInt((Number(args['gpa']) + Number(args['size'])) / PAGE), value: BigInt(Number(args['attrs'])) } } : {};
        return { ...nothing, messages: [compiler.command('main', [made])], ...attributes };
      }
    }
  });
  const ends = ['close_vcpu', 'close_vm'] as const;
  const closing = [
    ...vcpus.map((_one, vcpu) => ({ op: ends[0], vcpu })), ...vms.map((_one, vm) => ({ op: ends[1], vm })),
    ...steps.filter(({ op }) => op === 'create_gmem').map(({ args }) => ({ op: 'close', fd: args['as'] })),
  ].map((made): Told => ({ step: steps.length, text: `at the end: ${made.op}`, messages: [compiler.command('main', [made])], vcpu: -1 }));
  return { kernel, topology, told: [...told, ...closing], vcpuIds: vcpus.map(({ id }) => id) };
}

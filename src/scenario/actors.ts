// The actors of a scenario, in their order, with their code.

import { COMMAND_ROOM, INSTRUCTION } from '../memory/code.ts';
import { SETUP, type Cast } from './cast.ts';
import { ScenarioError } from './errors.ts';
import { assemble, type Link, type Piece } from './program.ts';
import type { ForKernel } from './for-kernel.ts';
import type { ActorSpec, Topology } from './topology.ts';
import type { Target } from './vmm-program.ts';

/** A program that was read; or that its actor has room for commands, which come later. */
export type Program = readonly Piece[] | 'commands';

/** All programs, read. */
export interface Reading {
  /** By vCPU. */
  readonly guests: readonly Program[];
  /** By thread. */
  readonly threads: readonly { readonly pieces: Program; readonly needs: ReadonlySet<Target> }[];
  readonly hardware: readonly { readonly name: string; readonly pieces: Program; readonly memoryErrors: boolean }[];
}

interface Planned extends Omit<ActorSpec, 'code' | 'caller'> {
  readonly callerName: string;
  /** Nothing: it has no program; an empty list: one that ends at once. */
  readonly pieces?: Program;
}

/** What an actor that takes commands has instead of code: one end after the other. */
const ROOM: readonly number[] = Array.from<number>({ length: (COMMAND_ROOM + 1) * INSTRUCTION }).fill(0);

const NOBODY = { vm: 0, vcpu: -1, thread: -1, ownFile: 0, callerName: '' } as const;

/** Lists the actors, then writes their code. */
export function actorsOf(cast: Cast, reading: Reading, files: number, kernel: ForKernel, pages: Omit<Link, 'actor'>): Pick<Topology, 'actors' | 'setup' | 'setupPlaces'> {
  const has = new Set(kernel.machines.map(({ machine }) => machine));
  const planned: Planned[] = [];
  cast.vcpus.forEach(({ name, vm }, n) => {
    planned.push({ ...NOBODY, name, machine: 'vcpu', vm, vcpu: n, thread: n, callerName: `cpu${n}`, pieces: reading.guests[n]! });
    planned.push({ ...NOBODY, name: `irq${n}`, machine: 'hardware', vm, vcpu: n });
  });
  cast.threads.forEach(({ name, vcpu, commands }, thread) => {
    const { pieces, needs } = reading.threads[thread]!;
    const vm = vcpu < 0 ? 0 : cast.vcpus[vcpu]!.vm;
    planned.push({ ...NOBODY, name, machine: commands === true ? 'vmm-commanded' : 'vmm', vm, thread, pieces });
    for (const target of ['vm', 'gmem', 'host'] as const) {
      if (needs.has(target)) planned.push({ ...NOBODY, name: `${name}.${target}`, machine: `${target}-op`, vm, thread, callerName: name });
    }
    cast.vcpus.forEach((one, n) => {
      if (needs.has(`vcpu${n}`)) planned.push({ ...NOBODY, name: `${name}.vcpu${n}`, machine: 'vcpu-op', vm: one.vm, vcpu: n, thread, callerName: name });
    });
  });
  if (has.has('vm')) cast.vms.forEach((name, vm) => planned.push({ ...NOBODY, name, machine: 'vm', vm }));
  if (has.has('gmem')) for (let file = 1; file < files; file++) planned.push({ ...NOBODY, name: `gmem:${file}`, machine: 'gmem', ownFile: file });
  reading.hardware.forEach(({ name, pieces, memoryErrors }, i) => {
    if (!has.has(pieces === 'commands' ? 'injector-commanded' : 'injector')) throw new ScenarioError(`hardware[${i}]`, `kernel '${kernel.name}' has no hardware programs`);
    planned.push({ ...NOBODY, name, machine: pieces === 'commands' ? 'injector-commanded' : 'injector', pieces });
    if (memoryErrors && pieces !== 'commands' && !has.has('memory-failure')) throw new ScenarioError(`hardware[${i}].program`, `kernel '${kernel.name}' has no memory_failure()`);
    if (memoryErrors && has.has('memory-failure')) planned.push({ ...NOBODY, name: `${name}.mf`, machine: 'memory-failure', callerName: name });
  });
  for (const { name, machine } of planned) {
    if (!has.has(machine)) throw new ScenarioError('', `kernel '${kernel.name}' has no machine '${machine}', which actor '${name}' is`);
  }
  const numbers = new Map(planned.map(({ name }, i) => [name, i + 1]));
  const link: Link = { ...pages, actor: (name) => numbers.get(name) ?? 0 };
  const setupPlaces: string[] = [];
  const actors = planned.map(({ callerName, pieces, ...rest }): ActorSpec => ({
    ...rest, caller: numbers.get(callerName) ?? 0,
    code: pieces === undefined ? [] : pieces === 'commands' ? ROOM : assemble(pieces, link, rest.name === SETUP ? setupPlaces : []),
  }));
  const setup = numbers.get(SETUP);
  return { actors, setup: setup === undefined ? [] : [setup], setupPlaces };
}

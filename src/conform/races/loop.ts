// A race of the form `loop`: vCPUs that repeat an access for ever, whatever they leave with, and a host that does the same calls over and
// over. As a world it has no commands: each is a program, and its graph of states is cyclic, so that every interleaving can be searched.

import { INSTRUCTION, GUEST, POLICY, VMM } from '../../memory/code.ts';
import { DESCRIPTOR_KVM } from '../../memory/layouts/gmem.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { ActorSpec, Topology } from '../../scenario/topology.ts';
import { Bench } from '../bench.ts';
import type { Machine } from '../config.ts';
import { Context } from '../context.ts';
import { worldFor } from '../judge.ts';
import { captured } from '../lower/concurrent.ts';
import { access } from '../lower/guest.ts';
import { rows } from '../lower/index.ts';
import { RecordingError } from '../errors.ts';
import type { Args, Race, Step } from '../recording.ts';
import { instruction, MAIN, SECOND } from '../topology.ts';

/** A world, and the vCPUs whose exits are looked at, by the names of the race. */
export interface LoopWorld { readonly topology: Topology; readonly vcpus: ReadonlyMap<string, number> }

const END = instruction([VMM.END]);
const JUMP_BACK = instruction([GUEST.JUMP, 0]);

/** Makes the world of a race for a kernel. `only`: the vCPUs that take part, by place in the race's list; all when left out. */
export function loopWorld(race: Race, kernel: Kernel, machine: Machine, file: string, only?: readonly number[]): LoopWorld {
  const { accesses, body } = race.loop!;
  const wrong = (what: string): never => { throw new RecordingError({ file, line: race.line }, '', what); };
  const taking = accesses.map((step) => step as unknown as Args).filter((_args, i) => only === undefined || only.includes(i));
  // A vCPU that takes no part is not made: it would be passed by.
  const steps = race.steps.filter(({ op, args }) => op !== 'create_vcpu' || taking.some(({ vcpu }) => vcpu === args['as']));
  const { needs, topology } = worldFor([{ steps: [...steps, ...body, ...taking.map((args) => ({ op: 'guest_access', args }))] }], kernel, machine);
  const context = new Context(new Bench(kernel, topology), needs, machine);
  const words = (step: Step, thread: string): number[] => captured(rows, step, thread, context)?.words ?? wrong(`'${step.op}' cannot be part of a loop`);

  // The calls that make the system, as programs: the order of things is that of the recording.
  const setup: number[] = [...instruction(context.bench.callWords('make_file', MAIN, { fd: context.kvmDescriptor, kind: DESCRIPTOR_KVM }))];
  for (const step of steps) {
    // Mappings are where they are made.
    const call = words(step, MAIN);
    if (step.op === 'anon' || step.op === 'mmap') context.noteMapping(step.args);
    setup.push(...instruction(expecting(call, step)));
    if (step.op === 'create_vm') for (const one of context.hiddenSlotWords(context.vmWord(step.args['as']))) setup.push(...instruction(one));
  }
  const rounds = body.filter(({ op }) => op !== 'sleep').flatMap((step) => instruction(words(step, SECOND)));
  const guests = new Map<number, number[]>();
  const vcpus = new Map<string, number>();
  for (const args of taking) {
    const vcpu = context.vcpu(context.names.of(args['vcpu']));
    const code = access(args['kind'] === 'read' ? GUEST.READ : GUEST.WRITE, args, context, false) ?? wrong('an access over more pages than a world numbers');
    guests.set(vcpu, code);
    vcpus.set(args['vcpu'] as string, vcpu);
  }

  const actors = topology.actors.map((actor, i): ActorSpec => {
    const { name, machine: kind, vcpu } = actor;
    if (name === MAIN) return { ...actor, machine: 'vmm', code: [...setup, ...END] };
    if (name === SECOND) return { ...actor, machine: 'vmm', code: [...rounds, ...JUMP_BACK, ...END] };
    if (kind === 'vcpu') return { ...actor, code: guests.has(vcpu) ? [...guests.get(vcpu)!, ...JUMP_BACK, ...END] : [...END] };
    if (kind !== 'vmm-commanded') return actor;
    // The thread of a vCPU stands two behind it.
    const run = instruction([VMM.RUN, i - 1, actor.thread, POLICY.RETRY, 0, 0, 0, 1]);
    return { ...actor, machine: 'vmm', code: guests.has(actor.thread) ? [...run, ...END] : [...END] };
  });
  const main = actors.findIndex(({ name }) => name === MAIN) + 1;
  const places = Array.from({ length: setup.length / INSTRUCTION }, (_one, at) => `${race.id}: call ${at}`);
  return { topology: { ...topology, actors, setup: [main], setupPlaces: places }, vcpus };
}

/** A call of the set-up must end as it did. */
function expecting(words: readonly number[], { res }: Step): number[] {
  const copy = [...words];
  if (res?.['errno'] === undefined) copy[2] = 1;
  return copy;
}

// Where the instructions of a command lie: in the code of the actor that takes it, or of the vCPU that this actor runs.

import { COMMAND_ROOM, INSTRUCTION } from '../memory/code.ts';
import type { LanguageName } from './schema.ts';
import type { Topology } from './topology.ts';

export interface CommandRoom {
  /** Language of what it executes. */
  readonly language: LanguageName;
  /** First word of the room, in the code of all actors, and words of it. */
  readonly at: number;
  readonly words: number;
}

/** The room of an actor, by number, that takes commands; nothing for others. */
export function commandRoom({ actors }: Topology, actor: number): CommandRoom | undefined {
  const machine = actors[actor - 1]?.machine;
  if (machine !== 'vmm-commanded' && machine !== 'injector-commanded') return undefined;
  const vcpu = actors.findIndex((one) => one.machine === 'vcpu' && one.caller === actor);
  const owner = vcpu < 0 ? actor - 1 : vcpu;
  const at = actors.slice(0, owner).reduce((words, { code }) => words + code.length, 0);
  return { language: vcpu >= 0 ? 'guest' : machine === 'vmm-commanded' ? 'vmm' : 'hardware', at, words: (COMMAND_ROOM + 1) * INSTRUCTION };
}

/** Numbers of the actors that take commands, by every name that they go by: a thread that runs a vCPU by the vCPU's too. */
export function commandedActors(topology: Topology): Map<string, number> {
  const result = new Map<string, number>();
  topology.actors.forEach(({ name, machine, caller }, i) => {
    if (commandRoom(topology, i + 1) !== undefined) result.set(name, i + 1);
    if (machine === 'vcpu' && commandRoom(topology, caller) !== undefined) result.set(name, caller);
  });
  return result;
}

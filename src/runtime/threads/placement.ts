// Which worker runs which actor.

import type { ActorSpec, Topology } from '../../scenario/topology.ts';

/** Ways of dealing actors out: by thread, as a CPU runs a thread of the VMM with its system calls and its vCPU, so that workers meet where
 *  CPUs do, at locks and shared memory; one actor after the other; by VM, so that VMs that share nothing run beside each other; by what
 *  they are. */
export const PLACEMENTS = ['thread', 'round-robin', 'vm', 'kind'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** Number of the actor that stands for the thread, or the hardware, in whose context each actor runs. */
function contexts({ actors }: Topology): number[] {
  const contextOf = ({ caller, vcpu, machine }: ActorSpec, i: number): number => {
    if (caller > 0) return caller;
    // Interrupts towards a vCPU's CPU come to the one that runs it.
    const runs = machine === 'hardware' ? actors.findIndex((one) => one.machine === 'vcpu' && one.vcpu === vcpu) : -1;
    return runs < 0 ? i + 1 : contextOf(actors[runs]!, runs);
  };
  return actors.map(contextOf);
}

/** For each worker, the numbers of its actors. Actors that the scenario places go where it says, modulo the number of workers. */
export function placed(topology: Topology, workers: number, how: Placement): number[][] {
  const { actors, placement } = topology;
  const result: number[][] = Array.from({ length: workers }, () => []);
  const kinds = [...new Set(actors.map(({ machine }) => machine))];
  const contextOf = contexts(topology);
  const groups = [...new Set(contextOf)];
  const number = ({ vm, machine }: ActorSpec, i: number): number => {
    switch (how) {
      case 'thread': return groups.indexOf(contextOf[i]!);
      case 'round-robin': return i;
      case 'vm': return vm;
      case 'kind': return kinds.indexOf(machine);
    }
  };
  actors.forEach((actor, i) => { result[(placement[actor.name] ?? number(actor, i)) % workers]!.push(i + 1); });
  return result;
}

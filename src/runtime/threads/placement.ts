// Which worker runs which actor.

import type { Topology } from '../../scenario/topology.ts';

/** Ways of dealing actors out: one after the other; by VM, so that VMs that share nothing run beside each other; by what they are. */
export const PLACEMENTS = ['round-robin', 'vm', 'kind'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** For each worker, the numbers of its actors. Actors that the scenario places go where it says, modulo the number of workers. */
export function placed({ actors, placement }: Topology, workers: number, how: Placement): number[][] {
  const result: number[][] = Array.from({ length: workers }, () => []);
  const kinds = [...new Set(actors.map(({ machine }) => machine))];
  actors.forEach(({ name, machine, vm }, i) => {
    const named = placement[name];
    const by = named ?? (how === 'vm' ? vm : how === 'kind' ? kinds.indexOf(machine) : i);
    result[by % workers]!.push(i + 1);
  });
  return result;
}

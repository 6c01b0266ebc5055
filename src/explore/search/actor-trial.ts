// Does a kernel treat actors alike? On random walks each step must do to the renamed state the renamed thing.

import { isBlocked } from '../../memory/outcome.ts';
import { preparedWorld } from '../../runtime/prepared.ts';
import { Random } from '../../runtime/random.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Symmetry } from './symmetry.ts';

/** Steps and walks by which the kernel is tried. */
const STEPS = 400, WALKS = 4;

/** Tries the kernel: what it treats otherwise after renaming, in a sentence; nothing when all is well. */
export function triedOnActors(kernel: Kernel, topology: Topology, plan: Plan, { naming: { members }, renamer }: Symmetry): string | undefined {
  const { world } = preparedWorld(kernel, topology);
  const { world: mirror } = preparedWorld(kernel, topology);
  const { stateWords } = plan;
  const start = world.words.slice(0, stateWords);
  // Neighbours changing places make all renamings.
  const swaps = members.flatMap((member, m) => {
    if (members[m + 1]?.group !== member.group) return [];
    const vcpus = members.map((_one, k) => k);
    vcpus[m] = m + 1;
    vcpus[m + 1] = m;
    return [{ ...renamer.nothing, vcpus }];
  });
  const equal = (row: Int32Array): boolean => row.every((word, cell) => mirror.words[cell] === word);
  for (const to of swaps) {
    mirror.words.set(renamer.renamed(start, to));
    if (!equal(start)) return 'the set-up leaves them in different states';
  }
  for (let walk = 0; walk < WALKS; walk++) {
    const random = new Random(walk + 1);
    world.words.set(start);
    for (let steps = 0, inVain = 0; steps < STEPS && inVain < 5 * topology.actors.length; inVain++) {
      const actor = 1 + random.below(topology.actors.length);
      if (world.ended(actor)) continue;
      const before = world.words.slice(0, stateWords);
      const blocked = isBlocked(world.step(actor, (n) => random.below(n)));
      const { leaf } = world.last;
      const choices = Math.max(1, world.last.choices);
      if (!blocked) {
        steps++;
        inVain = 0;
      }
      for (const to of swaps) {
        const renamed = renamer.renamed(before, to);
        const wanted = renamer.renamed(world.words.slice(0, stateWords), to);
        let same = false;
        for (let choice = 0; choice < choices && !same; choice++) {
          mirror.words.set(renamed);
          same = isBlocked(mirror.step(renamer.actor(to, actor), () => choice)) === blocked && equal(wanted);
        }
        if (!same) return `step '${kernel.table.leaves[leaf]!.step}' does not treat them alike`;
      }
    }
  }
  return undefined;
}

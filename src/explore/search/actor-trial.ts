// Does a kernel treat actors alike? On random walks each step must do to the renamed state the renamed thing.

import { Random } from '../../runtime/random.ts';
import type { Symmetry } from './symmetry.ts';
import { sameRows, type TrialWorld } from './trial-world.ts';

/** Steps and walks by which the kernel is tried. */
const STEPS = 400, WALKS = 4;

/** Tries the kernel, from this state on: what it treats otherwise after renaming, in a sentence; nothing when all is well. */
export function triedOnActors(ground: TrialWorld, start: Int32Array, { naming: { members }, renamer }: Symmetry): string | undefined {
  const { world } = ground;
  const actors = world.topology.actors.length;
  // Neighbours changing places make all renamings.
  const swaps = members.flatMap((member, m) => {
    if (members[m + 1]?.group !== member.group) return [];
    const vcpus = members.map((_one, k) => k);
    vcpus[m] = m + 1;
    vcpus[m + 1] = m;
    return [{ ...renamer.nothing, vcpus }];
  });
  for (const to of swaps) if (!sameRows(start, renamer.renamed(start, to))) return 'the set-up leaves them in different states';
  for (let walk = 0; walk < WALKS; walk++) {
    const random = new Random(walk + 1);
    ground.put(start);
    for (let steps = 0, inVain = 0; steps < STEPS && inVain < 5 * actors; inVain++) {
      const actor = 1 + random.below(actors);
      if (world.ended(actor)) continue;
      const before = ground.row();
      const blocked = ground.blocks(actor, (n) => random.below(n));
      const { leaf } = world.last;
      const choices = Math.max(1, world.last.choices);
      if (!blocked) {
        steps++;
        inVain = 0;
      }
      const after = ground.row();
      for (const to of swaps) {
        const renamed = renamer.renamed(before, to);
        const wanted = renamer.renamed(after, to);
        let same = false;
        for (let choice = 0; choice < choices && !same; choice++) {
          ground.put(renamed);
          same = ground.blocks(renamer.actor(to, actor), () => choice) === blocked && sameRows(wanted, world.words);
        }
        if (!same) return `step '${world.table.leaves[leaf]!.step}' does not treat them alike`;
      }
      ground.put(after);
    }
  }
  return undefined;
}

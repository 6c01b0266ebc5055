// Does a livelock that a sample has reported go on? A strategy may have kept somebody from his turn for long; what a random scheduler, which
// gives turns to everybody, brings forward is no livelock.

import type { Kernel } from '../kernel/define.ts';
import { isBlocked } from '../memory/outcome.ts';
import { Random } from '../runtime/random.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Finding } from './finding.ts';
import { Player } from './player.ts';

/** Random continuations, and steps of each. */
const TIMES = 4, STEPS = 4000;

/** True when no random continuation comes to progress or to an end. */
export function goesOn(kernel: Kernel, topology: Topology, { schedule }: Pick<Finding, 'schedule'>): boolean {
  const player = new Player(kernel, topology, { invariants: [] });
  const { world } = player;
  const random = new Random(1);
  const { leaves } = kernel.table;
  const actors = topology.actors.length;
  for (let time = 0; time < TIMES; time++) {
    player.play(schedule, { strict: true });
    const pc = Int32Array.from(world.frames, (frame, actor) => (actor === 0 ? 0 : frame['pc'] ?? 0));
    for (let steps = 0, idle = 0; steps < STEPS; ) {
      const actor = 1 + random.below(actors);
      if (world.ended(actor) || isBlocked(world.step(actor, (n) => random.below(n)))) {
        // Nobody was found to go on in many tries: an end.
        if (++idle > 50 * actors) return false;
        continue;
      }
      idle = 0;
      steps++;
      // As a sample sees it: a step that says so, or another instruction of a program.
      if (leaves[world.last.leaf]!.progress || world.last.pc !== pc[actor]) return false;
    }
  }
  return true;
}

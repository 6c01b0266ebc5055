// The part of a scenario that is over when a run begins: programs that run to their end one after the other, by the kernel's
// own steps and without a choice, so that every generation sets its world up in its own way.

import { isBlocked } from '../memory/outcome.ts';
import type { RunWorld } from './world.ts';

/** The set-up program of a scenario does not come to its end. */
export class SetupError extends Error {
  override name = 'SetupError';
}

/** Steps that a set-up may take. */
const LIMIT = 1_000_000;

/** Brings the world to the state in which the run begins. Setup actors are at rest or ended then. */
export function runSetup(world: RunWorld): void {
  world.reset();
  const actors = world.topology.actors;
  let steps = 0;
  for (const setup of world.topology.setup) {
    while (!world.ended(setup)) {
      let moved = false;
      // The set-up thread first; then whoever works for it: its operations, deferred releases, interrupts.
      for (const actor of [setup, ...actors.flatMap((spec, i) => (spec.caller === setup || (spec.thread < 0 && spec.code.length === 0) ? [i + 1] : []))]) {
        if (world.ended(actor) || isBlocked(world.step(actor, () => 0))) continue;
        moved = true;
        break;
      }
      if (!moved) throw new SetupError(`the set-up program of '${actors[setup - 1]!.name}' waits for ever in state '${world.leafOf(setup).path}'`);
      if (++steps > LIMIT) throw new SetupError(`the set-up program of '${actors[setup - 1]!.name}' has not ended after ${LIMIT} steps`);
    }
  }
}

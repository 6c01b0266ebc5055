// Whether anybody can still move in a world, asked without a scheduler: behind the last step of a replay.

import { isBlocked } from '../memory/outcome.ts';
import type { Waiting } from './run.ts';
import type { Standstill } from './simulate.ts';
import type { RunWorld } from './world.ts';

/** Who can still move; when nobody can, why, and who waits in the middle of its work. */
export type Rest = { readonly mover: string } | { readonly mover?: undefined; readonly why: Standstill; readonly waiting: readonly Waiting[] };

/** Actors that wait for something in the middle of their work. */
export function waitingActors(world: RunWorld): Waiting[] {
  return world.topology.actors.flatMap(({ name }, i) => {
    const { idle, path, step } = world.leafOf(i + 1);
    return idle ? [] : [{ actor: name, path, step }];
  });
}

/** Asks every actor for a step. The world is spoilt when somebody has one: ask when nothing else is wanted of it. */
export function restOf(world: RunWorld): Rest {
  const mover = world.topology.actors.find((_actor, i) => !world.ended(i + 1) && !isBlocked(world.step(i + 1, () => 0)));
  if (mover !== undefined) return { mover: mover.name };
  const waiting = waitingActors(world);
  return { why: waiting.length === 0 ? 'finished' : 'deadlock', waiting };
}

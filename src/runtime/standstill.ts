// Whether anybody can still move in a world, asked without a scheduler: behind the last step of a replay.

import { tableOfObject } from '../memory/plan.ts';
import { blockedOn, isBlocked } from '../memory/outcome.ts';
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

/** When nobody can go on: may something from outside help? Not those who hold locks that others wait for. */
export function outsideCanHelp(world: RunWorld): boolean {
  const blocked = world.topology.actors.flatMap((_actor, i) => (world.leafOf(i + 1).idle ? [] : [i + 1]));
  return blocked.length === 0 || blocked.some((actor) => {
    if (world.leafOf(actor).outside !== undefined) return true;
    // Asking again changes nothing: it is blocked. A command may notify what it waits for.
    return tableOfObject(world.plan, blockedOn(world.step(actor, () => 0))).layout.name === 'sync_point';
  });
}

/** Asks every actor for a step. The world is spoilt when somebody has one: ask when nothing else is wanted of it. */
export function restOf(world: RunWorld): Rest {
  const mover = world.topology.actors.find((_actor, i) => !world.ended(i + 1) && !isBlocked(world.step(i + 1, () => 0)));
  if (mover !== undefined) return { mover: mover.name };
  const waiting = waitingActors(world);
  return { why: waiting.length === 0 ? 'finished' : 'deadlock', waiting };
}

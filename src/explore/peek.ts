// Asking what blocks an actor without letting it step.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import type { RunWorld } from '../runtime/world.ts';

/** Answers what blocks an actor's next step, -1 for nothing; leaves the world as it was. */
export type Peek = (actor: number) => number;

/** Makes a peek: `back` undoes everything that was written since `mark`. Checks that listen to steps do not hear of these. */
export function peekInto(world: RunWorld, mark: () => number, back: (mark: number) => void): Peek {
  const { last } = world;
  return (actor) => {
    const { watch } = world;
    const kept = { ...last };
    world.watch = undefined;
    const at = mark();
    const result = world.step(actor, () => 0);
    back(at);
    world.watch = watch;
    Object.assign(last, kept);
    return isBlocked(result) ? blockedOn(result) : -1;
  };
}

// Where steps are tried before a search begins, and while it goes on: in the world of the search itself. A world of their own would have
// views of its own, and steps that the JIT has seen with the views of several worlds are slower in all of them.

import { isBlocked } from '../../memory/outcome.ts';
import type { Choose } from '../../memory/world.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { Tracker } from './tracker.ts';

export class TrialWorld {
  readonly world: RunWorld;
  private readonly tracker: Tracker;

  /** What trials leave behind in memory and in the lanes of the tracker, the search puts back. */
  constructor(world: RunWorld, tracker: Tracker) {
    this.world = world;
    this.tracker = tracker;
  }

  /** The state as it stands. */
  row(): Int32Array {
    return this.world.words.slice(0, this.world.plan.stateWords);
  }

  /** Puts a state in place. */
  put(row: Int32Array): void {
    this.world.words.set(row);
  }

  /** Executes the next step of an actor, which no check is told of and nobody takes back; true when it is blocked. */
  blocks(actor: number, choose: Choose): boolean {
    const { world, tracker } = this;
    const { watch } = world;
    const mark = tracker.mark();
    world.watch = undefined;
    tracker.step();
    const result = world.step(actor, choose);
    world.watch = watch;
    tracker.forget(mark);
    return isBlocked(result);
  }
}

/** Does `words` begin as `row`? */
export function sameRows(row: Int32Array, words: ArrayLike<number>): boolean {
  for (let cell = 0; cell < row.length; cell++) if (row[cell] !== words[cell]) return false;
  return true;
}

// One step of one of a worker's actors, as a function over constants: what a method finds in fields, the JIT finds here in the code.

import { Actor, type AnyActorRef } from 'xstate';
import { memoised, outcomeEvent } from '../../kernel/memoised.ts';
import { blockedOn, isBlocked } from '../../memory/outcome.ts';
import type { Random } from '../random.ts';
import { LaboratoryError, type RunWorld } from '../world.ts';
import type { Parking } from './parking.ts';
import type { StepRecorder } from './step-recorder.ts';
import { CONFLICT, type VersionTaker } from './versions.ts';

export interface StepParts {
  readonly world: RunWorld;
  readonly taker: VersionTaker;
  readonly parking: Parking;
  readonly random: Random;
  /** By actor number. */
  readonly actors: readonly AnyActorRef[];
  /** Where steps are logged; nowhere when nothing is to be replayed. */
  readonly recorder: StepRecorder | undefined;
  /** Where the worker says which actor's step it executes. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly atActor: number;
}

/** What became of the next step of an actor. */
export const TRIED = {
  /** It met an object that another thread had taken, and was taken back. */
  CONFLICT: 0,
  /** It has to wait. */
  BLOCKED: 1,
  DONE: 2,
} as const;

const { send } = Actor.prototype;

/** Makes the function that tries the next step of the candidate at a place of `parking`. */
export function stepper({ world, taker, parking, random, actors, recorder, words, atActor }: StepParts): (place: number) => number {
  const { last, table } = world;
  const { snapshot, standing } = memoised(table);
  const { candidates } = parking;
  const isFinal = Uint8Array.from(table.leaves, (leaf) => (leaf.final ? 1 : 0));
  const choose = (n: number): number => random.below(n);

  /** The outcome of the step goes to its XState actor, which must come to where memory has it. */
  const tell = (actor: number, outcome: number): void => {
    const ref = actors[actor]!;
    standing(last.leaf);
    // An actor's own `send` is a bound function, another one for each actor: the JIT cannot look into it.
    send.call(ref, outcomeEvent(outcome));
    if (ref.getSnapshot() === snapshot(last.to)) return;
    taker.rollBack();
    throw new LaboratoryError(`the XState actor of '${world.topology.actors[actor - 1]!.name}' is not in the state that the table says`);
  };

  /** Executes the next step of an actor: its outcome, a negative number when it is blocked, nothing when it met a conflict. */
  const attempt = (actor: number): number | undefined => {
    words[atActor] = actor;
    taker.begin();
    let result: number;
    try {
      result = world.step(actor, choose);
    } catch (error) {
      taker.rollBack();
      if (error !== CONFLICT) throw error;
      taker.conflicts++;
      return undefined;
    }
    if (isBlocked(result)) {
      taker.rollBack();
      return result;
    }
    tell(actor, result);
    if (recorder !== undefined) recorder.record(last, taker);
    taker.commit();
    return result;
  };

  return (place) => {
    const actor = candidates[place]!;
    let result = attempt(actor);
    if (result !== undefined && isBlocked(result)) {
      const object = blockedOn(result);
      parking.announce(object);
      // Who writes the object from here on sees that. Was it written in between, the step is asked once more.
      if (taker.unchanged(object)) {
        parking.park(place, object);
        return TRIED.BLOCKED;
      }
      result = attempt(actor);
      if (result !== undefined && isBlocked(result)) {
        if (blockedOn(result) === object) parking.park(place, object);
        return TRIED.BLOCKED;
      }
    }
    if (result === undefined) return TRIED.CONFLICT;
    if (isFinal[last.to] !== 0) parking.remove(place);
    for (let k = 0; k < taker.count; k++) if (taker.wrote[k] !== 0) parking.written(taker.objects[k]!);
    return TRIED.DONE;
  };
}

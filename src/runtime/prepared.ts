// A world at the start of a run: memory laid out, set-up over, nothing else has happened.

import { hashState, hashText } from '../memory/hash.ts';
import type { Observer, Words } from '../memory/views.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { runSetup } from './setup.ts';
import { planFor, privateWords, RunWorld } from './world.ts';

/** Hash of a world's memory as it is, as text. */
export const hashOf = ({ words, plan }: RunWorld): string => hashText(hashState(words, plan.stateWords));

/** A world of a scenario in which the set-up is over and nothing else has happened. */
export function preparedWorld<O extends Observer | undefined = undefined>(
  kernel: Kernel, topology: Topology, observerFor?: (objects: number, words: Words) => O,
): { world: RunWorld; observer: O } {
  const plan = planFor(kernel, topology);
  const words = privateWords(plan);
  const observer = observerFor?.(plan.objects, words);
  const world = new RunWorld(kernel, topology, plan, words, observer);
  runSetup(world);
  return { world, observer: observer as O };
}

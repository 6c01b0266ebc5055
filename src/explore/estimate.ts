// Does an exhaustive search fit? A short search says so exactly where it comes to its end. Where it does not, two independent sets of random
// walks are compared, as one estimates fish in a pond: the fewer states the second set has in common with the first, the more there
// are. Walks come to some states more often than to others, so the true number is larger; a factor stands for that.

import { isBlocked } from '../memory/outcome.ts';
import { Random } from '../runtime/random.ts';
import { runSetup } from '../runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../runtime/world.ts';
import { exhaustive } from './exhaustive.ts';
import { StateSet } from './state-set.ts';
import { Tracker } from './tracker.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';

/** States of the short search; steps of each set of walks, and of one walk. */
const SHORT = 20_000, WALKED = 60_000, WALK = 3000;
/** The true number may be so many times the estimate. */
const LOW_BY = 8;

export interface Estimate {
  /** Distinct states; Infinity when no end is in sight. */
  readonly states: number;
  /** The number is exact: the short search came to its end. */
  readonly exact: boolean;
  /** An exhaustive search is expected to stay within the budget. */
  readonly fits: boolean;
}

/** Estimates the number of states of a scenario, and whether it is within `budget`. The same arguments give the same answer. */
export function estimate(kernel: Kernel, topology: Topology, budget: number): Estimate {
  const short = exhaustive(kernel, topology, { limit: Math.min(SHORT, budget) });
  if (!short.cut) return { states: short.states, exact: true, fits: true };
  if (budget <= SHORT) return { states: short.states, exact: false, fits: false };
  const plan = planFor(kernel, topology);
  const words = privateWords(plan);
  const tracker = new Tracker(plan, words);
  const world = new RunWorld(kernel, topology, plan, words, tracker);
  runSetup(world);
  tracker.start();
  const one = walks(world, tracker, 1);
  const other = walks(world, tracker, 2);
  const common = one.hashes.filter(([low, high]) => !other.states.add(low, high)).length;
  const endless = one.endless || other.endless;
  const states = common === 0 || endless ? Infinity : Math.max(short.states, Math.round((one.hashes.length * other.hashes.length) / common));
  return { states, exact: false, fits: states * LOW_BY <= budget };
}

/** What to do with a scenario when nobody says: everything if that fits, else a portfolio of samples. */
export const defaultMode = ({ fits }: Estimate): 'exhaustive' | 'portfolio' => (fits ? 'exhaustive' : 'portfolio');

/** Distinct states of some random walks; whether one of them has not ended. */
function walks(world: RunWorld, tracker: Tracker, seed: number): { states: StateSet; hashes: [number, number][]; endless: boolean } {
  const random = new Random(seed);
  const actors = world.topology.actors.length;
  const choose = (n: number): number => random.below(n);
  const states = new StateSet();
  const hashes: [number, number][] = [];
  const start = tracker.mark();
  let endless = false;
  for (let walked = 0; walked < WALKED;) {
    let steps = 0;
    const ready = Array.from({ length: actors }, (_one, i) => i + 1);
    for (let left = actors; left > 0 && steps < WALK;) {
      const at = random.below(left);
      const actor = ready[at]!;
      tracker.written.length = 0;
      if (world.ended(actor) || isBlocked(world.step(actor, choose))) {
        ready[at] = ready[--left]!;
        ready[left] = actor;
        continue;
      }
      left = actors;
      steps++;
      const low = tracker.hash[0]!;
      const high = tracker.hash[1]!;
      if (states.add(low, high)) hashes.push([low, high]);
    }
    endless ||= steps >= WALK;
    walked += Math.max(1, steps);
    tracker.back(start);
  }
  return { states, hashes, endless };
}

// Does an exhaustive search fit? A short breadth-first search says so exactly where it comes to its end. Where it does not, the sizes of its
// levels are drawn on: schedules are about as long as random walks are, levels grow until half of that and shrink again, and the
// rate at which they grow falls evenly. That is a guess; where the number is known it was within a factor of three.

import { isBlocked } from '../memory/outcome.ts';
import { Random } from '../runtime/random.ts';
import { runSetup } from '../runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../runtime/world.ts';
import { StateSet } from './search/state-set.ts';
import { Tracker } from './search/tracker.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';

/** States of the short search; random walks, and steps of one: who has not ended by then has no end. */
const SHORT = 20_000, WALKS = 64, WALK = 3000;
/** States up to which the short search goes on where walks have no end, as long as its levels grow no faster than this. */
const LONG = 200_000, SLOWLY = 1.1;
/** Levels from which the rate of growth is taken. */
const LEVELS = 6;
/** Words of a world from which on nobody need ask: its states are too many, and the asking takes minutes. */
const LARGE_WORDS = 1 << 20;
/** Words that the short search may keep in its frontier: a large world is no candidate for an exhaustive search. */
const FRONTIER_WORDS = 1 << 25;

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
  const plan = planFor(kernel, topology);
  if (plan.stateWords > LARGE_WORDS) return { states: Infinity, exact: false, fits: false };
  const words = privateWords(plan);
  const tracker = new Tracker(plan, words);
  const world = new RunWorld(kernel, topology, plan, words, tracker);
  runSetup(world);
  tracker.start();
  const depth = walkLength(world, tracker);
  // Walks that never end may go round in few states: somebody tries again and again.
  const { levels, states, done } = shortSearch(world, tracker, depth === Infinity);
  if (done) return { states, exact: true, fits: states <= budget };
  if (depth === Infinity) return { states: Infinity, exact: false, fits: false };
  const guess = Math.round(extrapolated(levels, states, depth));
  return { states: guess, exact: false, fits: guess <= budget };
}

/** What to do with a scenario when nobody says: everything if that fits, else a portfolio of samples. */
export const defaultMode = ({ fits }: Estimate): 'exhaustive' | 'portfolio' => (fits ? 'exhaustive' : 'portfolio');

/** Mean length of random walks; Infinity when one of them has not ended. */
function walkLength(world: RunWorld, tracker: Tracker): number {
  const random = new Random(1);
  const choose = (n: number): number => random.below(n);
  const actors = world.topology.actors.length;
  const ready = Array.from({ length: actors }, (_one, i) => i + 1);
  const start = tracker.mark();
  let total = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    let steps = 0;
    for (let left = actors; left > 0; ) {
      const at = random.below(left);
      const actor = ready[at]!;
      tracker.step();
      if (world.ended(actor) || isBlocked(world.step(actor, choose))) {
        ready[at] = ready[--left]!;
        ready[left] = actor;
        continue;
      }
      left = actors;
      if (++steps === WALK) {
        tracker.unwind(start);
        return Infinity;
      }
    }
    total += steps;
    tracker.unwind(start);
  }
  return total / WALKS;
}

/** Level by level, up to some thousands of states: how many each level has. Walks without an end say nothing about the number of levels; where these
 *  grow slowly, more states are looked at then. */
function shortSearch(world: RunWorld, tracker: Tracker, endless: boolean): { levels: number[]; states: number; done: boolean } {
  const { words, plan, topology } = world;
  const state = words.subarray(0, plan.stateWords);
  const seen = new StateSet();
  seen.add(tracker.lanes[0]!, tracker.lanes[1]!);
  interface Row { readonly words: Int32Array; readonly low: number; readonly high: number }
  const row = (): Row => ({ words: state.slice(), low: tracker.lanes[0]!, high: tracker.lanes[1]! });
  const levels = [1];
  let frontier = [row()];
  while (frontier.length > 0) {
    const next: Row[] = [];
    const most = endless && Math.exp(rateOf(levels)) < SLOWLY ? LONG : SHORT;
    for (const from of frontier) {
      if (seen.size >= most || next.length * plan.stateWords > FRONTIER_WORDS) return { levels, states: seen.size, done: false };
      state.set(from.words);
      tracker.lanes[0] = from.low;
      tracker.lanes[1] = from.high;
      const mark = tracker.mark();
      for (let actor = 1; actor <= topology.actors.length; actor++) {
        if (world.ended(actor)) continue;
        for (let choice = 0, choices = 1; choice < choices; choice++) {
          tracker.step();
          const result = world.step(actor, () => choice);
          choices = world.last.choices;
          if (!isBlocked(result)) {
            seen.add(tracker.lanes[0]!, tracker.lanes[1]!);
            if (seen.fresh) next.push(row());
          }
          tracker.unwind(mark);
        }
      }
    }
    frontier = next;
    if (next.length > 0) levels.push(next.length);
  }
  return { levels, states: seen.size, done: true };
}

/** Logarithm of the factor by which the last levels have grown. */
function rateOf(levels: readonly number[]): number {
  const at = levels.length - 1;
  const back = Math.min(LEVELS, at);
  return back === 0 ? 0 : Math.log(levels[at]! / levels[at - back]!) / back;
}

/** All levels together, if growth falls evenly to nothing half way down. */
function extrapolated(levels: readonly number[], states: number, depth: number): number {
  const at = levels.length - 1;
  const back = Math.min(LEVELS, at);
  const rate = rateOf(levels);
  const half = Math.max(depth / 2, at + back);
  let level = levels[at]!;
  let sum = Math.max(states, levels.reduce((total, size) => total + size, 0));
  // They shrink already: let them go on as they do.
  if (rate < 0) return sum + level / Math.expm1(-rate);
  for (let k = at + 1; k <= 2 * half && level >= 1; k++) {
    level *= Math.exp((rate * (half - k)) / (half - at));
    sum += level;
  }
  return sum;
}

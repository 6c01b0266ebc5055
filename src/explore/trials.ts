// A few schedules before the exploration: how long they are. What follows from it (PCT's k, the bound on steps, when an actor counts as
// one that spins) is the same in every shard, because the trials are.

import { ScheduleLoop, STEPPED } from './sample-loop.ts';
import { PctStrategy } from './strategies/pct.ts';
import { RandomStrategy } from './strategies/random.ts';
import type { Strategy } from './strategy.ts';
import type { WriteLog } from '../runtime/write-log.ts';
import type { RunWorld } from '../runtime/world.ts';

const TRIALS = 16;
/** Steps of a trial: a scenario that has not ended by then counts as one without an end. */
export const TRIAL_STEPS = 3000;
/** An actor may at least take so many steps in a row. */
const LEAST_PATIENCE = 64;

export interface Trials {
  /** Actors that have not ended when schedules begin. */
  readonly alive: number;
  /** Steps of the longest. */
  readonly longest: number;
  /** Some trial has not ended. */
  readonly long: boolean;
  /** No trial has: the scenario goes on for ever, whoever has the turn. */
  readonly endless: boolean;
  readonly patience: number;
  /** Time was up before they had ended: they say nothing. */
  readonly cut: boolean;
}

/** Runs the trials and leaves the world as it was. Random ones first, then some that keep to one actor as long as it can go on. `isOver`
 *  is asked between two of them. */
export function trials(world: RunWorld, log: WriteLog, seed: number, isOver: () => boolean = () => false): Trials {
  const loop = new ScheduleLoop(world, log, TRIAL_STEPS);
  const actors = world.topology.actors.length;
  const alive = loop.living;
  const [random, shortest] = run(loop, new RandomStrategy({ seed: seed + 1 }), isOver);
  const patience = Math.max(LEAST_PATIENCE, random);
  const [ordered, shorter] = run(loop, new PctStrategy({ seed: seed + 1, actors, alive, longest: random, patience, depth: 1 }), isOver);
  loop.reset();
  const longest = Math.max(random, ordered);
  return { alive, longest, long: longest >= TRIAL_STEPS, endless: Math.min(shortest, shorter) >= TRIAL_STEPS, patience, cut: isOver() };
}

/** Steps of the longest and of the shortest of some schedules. */
function run(loop: ScheduleLoop, strategy: Strategy, isOver: () => boolean): [longest: number, shortest: number] {
  let longest = 1;
  let shortest = TRIAL_STEPS;
  for (let schedule = 0; schedule < TRIALS && !isOver(); schedule++) {
    strategy.begin(schedule);
    loop.begin(strategy);
    while (loop.steps < TRIAL_STEPS && loop.next() === STEPPED) strategy.executed?.(loop.world.last, undefined);
    longest = Math.max(longest, loop.steps);
    shortest = Math.min(shortest, loop.steps);
  }
  return [longest, shortest];
}

// What a strategy is made of: a seed, and what a few trial schedules have shown of the scenario. All of it is the same in every
// shard of an exploration, so that schedule number n is the same schedule wherever it is executed.

import { mix } from '../../memory/hash.ts';
import { Random } from '../../runtime/random.ts';
import type { Strategy, Touched } from '../strategy.ts';
import type { Schedule } from '../schedule.ts';

export interface StrategyContext {
  readonly seed: number;
  /** Actors of the world; they count from 1. */
  readonly actors: number;
  /** Those of them that have not ended when a schedule begins. */
  readonly alive: number;
  /** Steps of the longest trial schedule. */
  readonly longest: number;
  /** Steps in a row after which an actor that has kept everybody else waiting gives way, as a thread that spins would. */
  readonly patience: number;
  /** Depth of the bugs that PCT is to find. */
  readonly depth: number;
  /** Preemptions that preemption-bounded search stops behind; without a limit when left out. */
  readonly preemptions?: number | undefined;
  /** Schedule to repeat. */
  readonly schedule?: Schedule | undefined;
  /** Part of the exploration: this one of so many. Strategies that number their schedules need not look at it. */
  readonly shard: Shard;
  /** What the next step of an actor would touch, as memory stands. Its answer lives until the next one is asked for. */
  readonly peek: (actor: number) => Touched;
}

/** Part `index`, from 0, of `of`. */
export interface Shard { readonly index: number; readonly of: number }

/** A kind of strategy: a row of the list. */
export interface StrategyKind {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly says: string;
  /** Has no end: it needs a number of schedules. */
  readonly endless: boolean;
  /** Shards may divide it; they may when left out. */
  readonly divisible?: boolean;
  make(context: StrategyContext): Strategy;
}

/** Randomness of one schedule: of the seed, its number, and what it is for. */
export const randomOf = (seed: number, schedule: number, salt: number): Random => new Random((mix((mix((seed + salt) | 0) + schedule) | 0)));

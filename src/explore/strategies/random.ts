// Plain random: of those who can go on, each with the same probability.

import type { Random } from '../../runtime/random.ts';
import { randomOf, type StrategyContext, type StrategyKind } from './context.ts';
import type { Strategy } from '../strategy.ts';

export class RandomStrategy implements Strategy {
  readonly name = 'random';
  private readonly seed: number;
  private random: Random;

  constructor({ seed }: Pick<StrategyContext, 'seed'>) {
    this.seed = seed;
    this.random = randomOf(seed, 0, 1);
  }
  begin(schedule: number): boolean {
    this.random = randomOf(this.seed, schedule, 1);
    return true;
  }
  pick(_candidates: Int32Array, count: number): number {
    return this.random.below(count);
  }
  choose(n: number): number {
    return this.random.below(n);
  }
}

export const random: StrategyKind = {
  name: 'random', endless: true, says: 'each step is of one of those who can go on, each with the same probability',
  make: (context) => new RandomStrategy(context),
};

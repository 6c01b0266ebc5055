// Drawing: the choices that a drawn scenario is made of, all from one seed.

import { mix } from '../../memory/hash.ts';
import { Random } from '../../runtime/random.ts';

/** Something that may be drawn, `weight` times as often as what has weight 1. */
export interface Weighted { readonly weight: number }

export class Dice {
  private readonly random: Random;

  /** The dice of scenario number `n` of a hunt. */
  constructor(seed: number, n: number) {
    this.random = new Random(mix(mix(seed) + n) | 0);
  }
  /** 0 to n - 1. */
  below(n: number): number {
    return this.random.below(n);
  }
  /** True so many times of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  /** One of a list, each as often as the others. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  /** One of a list, as often as its weight says; nothing when there is none. */
  weighted<T extends Weighted>(list: readonly T[]): T | undefined {
    const sum = list.reduce((total, { weight }) => total + weight, 0);
    if (sum === 0) return undefined;
    let at = this.below(sum);
    return list.find(({ weight }) => (at -= weight) < 0);
  }
  /** 0, 1, …: number k as often as the k-th of these weights says. */
  index(...weights: readonly number[]): number {
    return weights.map((weight, at) => ({ weight, at })).find(({ weight, at }) => at === weights.length - 1 || this.below(weights.slice(at).reduce((sum, one) => sum + one, 0)) < weight)!.at;
  }
}

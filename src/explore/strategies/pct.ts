// PCT (Burckhardt and others, ASPLOS 2010): actors have random priorities, the highest that can go on steps, and at d - 1 random steps of the k
// of a schedule the actor that is about to step falls below all others. A bug that d ordering constraints lead to is found by
// one schedule with probability 1 / (n k^(d-1)) at least. The bound is of schedules of at most k steps and of bugs that need no
// particular free choice: choices are uniform.

import type { Random } from '../../runtime/random.ts';
import { randomOf, type StrategyContext, type StrategyKind } from './context.ts';
import type { Executed, Strategy } from '../strategy.ts';

/** What the theorem promises, and of what. */
export interface PctBound {
  /** Actors, steps, depth. */
  readonly n: number;
  readonly k: number;
  readonly d: number;
  /** 1 / (n k^(d-1)). */
  readonly probability: number;
}

/** The bound for n actors, k steps, bugs of depth d. */
export const pctBound = (n: number, k: number, d: number): PctBound => ({ n, k, d, probability: 1 / (n * k ** (d - 1)) });

/** Probability at least that so many schedules would have found a bug of that depth. */
export const pctConfidence = ({ probability }: PctBound, schedules: number): number => -Math.expm1(schedules * Math.log1p(-probability));

/** The bound as people read it. */
export function pctSentences(bound: PctBound, schedules: number, longer: number): string[] {
  const { n, k, d, probability } = bound;
  return [
    `n = ${n} actors, k = ${k} steps, d = ${d}: one schedule finds a bug of depth ${d} with probability 1/(n k^${d - 1}) = ${probability.toExponential(2)} or more`,
    `${schedules} schedules would have found it with probability ${pctConfidence(bound, schedules).toPrecision(3)} or more`,
    ...(longer === 0 ? [] : [`${longer} schedules had more than ${k} steps: for those the bound does not hold`]),
  ];
}

export class PctStrategy implements Strategy {
  readonly name = 'pct';
  readonly bound: PctBound;
  /** Schedules with more than k steps, of which the bound says nothing. */
  longer = 0;
  /** Schedules that came to their end. */
  schedules = 0;
  private readonly seed: number;
  private readonly patience: number;
  private readonly priority: Int32Array;
  /** Change points, as numbers of steps; in front the one with the highest priority to come. */
  private readonly changes: Int32Array;
  private random: Random;
  private steps = 0;
  /** Priority of the next who gives way because it spins. */
  private lowest = 0;
  private last = 0;
  private inARow = 0;
  /** Place of the change that falls on the step at hand; -1 none. */
  private due = -1;

  constructor({ seed, actors, alive, longest, patience, depth }: Pick<StrategyContext, 'seed' | 'actors' | 'alive' | 'longest' | 'patience' | 'depth'>) {
    this.seed = seed;
    this.patience = patience;
    this.bound = pctBound(Math.max(1, alive), Math.max(1, longest), depth);
    this.priority = new Int32Array(actors + 1);
    this.changes = new Int32Array(depth - 1);
    this.random = randomOf(seed, 0, 2);
  }

  begin(schedule: number): boolean {
    this.random = randomOf(this.seed, schedule, 2);
    const { random, priority, changes, bound } = this;
    // Of n actors, priorities d to d + n - 1 in random order.
    for (let actor = 1; actor < priority.length; actor++) {
      const other = 1 + random.below(actor);
      priority[actor] = priority[other]!;
      priority[other] = bound.d + actor - 1;
    }
    for (let i = 0; i < changes.length; i++) changes[i] = random.below(bound.k);
    this.steps = 0;
    this.lowest = 0;
    this.last = 0;
    this.inARow = 0;
    this.due = this.change();
    return true;
  }

  pick(candidates: Int32Array, count: number): number {
    const { priority } = this;
    let best = 0;
    for (let at = 1; at < count; at++) if (priority[candidates[at]!]! > priority[candidates[best]!]!) best = at;
    return best;
  }

  choose(n: number): number {
    return this.random.below(n);
  }

  executed({ actor }: Executed): void {
    this.inARow = actor === this.last ? this.inARow + 1 : 1;
    this.last = actor;
    // The step at which a change falls is executed by who has the priority; behind it that actor is low.
    if (this.due >= 0) this.priority[actor] = this.changes.length - this.due;
    else if (this.inARow >= this.patience) {
      this.priority[actor] = --this.lowest;
      this.inARow = 0;
    }
    this.steps++;
    this.due = this.changes.length === 0 ? -1 : this.change();
  }

  end(steps: number): void {
    this.schedules++;
    if (steps > this.bound.k) this.longer++;
  }

  private change(): number {
    const { changes, steps } = this;
    for (let i = 0; i < changes.length; i++) if (changes[i] === steps) return i;
    return -1;
  }
}

export const pct: StrategyKind = {
  name: 'pct', endless: true, says: 'random priorities that change at d - 1 random steps; finds bugs of depth d with a probability that it states',
  make: (context) => new PctStrategy(context),
};

// Preemption-bounded depth-first search (CHESS): all schedules without a preemption, then all with one, then with two, and so on. A
// preemption takes the turn from an actor that could have gone on. Free choices are all tried and cost nothing. An actor that has kept
// everybody waiting for long gives way for nothing, else a loop that waits for somebody would never end. The search ends when no bound
// cuts anything any more: every schedule was tried, each once, but for those that spin on.

import { mix } from '../../memory/hash.ts';
import type { Shard, StrategyContext, StrategyKind } from './context.ts';
import type { Executed, Strategy } from '../strategy.ts';

/** Schedules that begin with the same so many steps belong to the same shard. */
const DIVIDED = 4;

/** A point where an actor is picked. */
interface Turn {
  readonly kind: 'turn';
  /** Actors that are still to be tried; the one in front is tried now. */
  readonly rest: number[];
  /** Actor that has the turn and can go on, as far as is known: every other one preempts it. 0: nobody. */
  running: number;
  /** Spins, and steps only if nobody else can. 0: nobody. */
  spins: number;
  /** Preemptions before this point. */
  readonly before: number;
}
/** A free choice of the step that was picked. */
interface Free { readonly kind: 'choice'; choice: number; readonly choices: number }

export class PreemptionStrategy implements Strategy {
  readonly name = 'preemptions';
  readonly ordered = true;
  /** Preemptions that are allowed at present. */
  bound = 0;
  /** Every schedule was tried, within the limit of preemptions. */
  exhausted = false;
  private readonly most: number;
  private readonly patience: number;
  private readonly shard: Shard;
  private readonly path: (Turn | Free)[] = [];
  /** Points of the path that this schedule has passed; the last turn among them. */
  private depth = 0;
  private turn = 0;
  /** That turn's step is not executed yet. */
  private asked = false;
  private preemptions = 0;
  private last = 0;
  private inARow = 0;
  private steps = 0;
  private prefix = 0;
  /** The bound has left something out. */
  private pruned = false;
  private started = false;

  constructor({ patience, preemptions, shard }: Pick<StrategyContext, 'patience' | 'preemptions' | 'shard'>) {
    this.patience = patience;
    this.most = preemptions ?? Infinity;
    this.shard = shard;
  }

  begin(): boolean {
    if (this.exhausted) return false;
    if (this.started && !this.backtrack()) {
      if (!this.pruned || this.bound >= this.most) {
        this.exhausted = true;
        return false;
      }
      this.bound++;
      this.pruned = false;
    }
    this.started = true;
    this.depth = 0;
    this.asked = false;
    this.preemptions = 0;
    this.last = 0;
    this.inARow = 0;
    this.steps = 0;
    this.prefix = 0;
    return true;
  }

  pick(candidates: Int32Array, count: number): number {
    if (!this.asked) {
      if (this.steps === DIVIDED && this.foreign()) return -1;
      if (this.depth === this.path.length) this.path.push(this.open(candidates, count));
      this.turn = this.depth++;
      this.asked = true;
    } else this.blocked();
    const turn = this.path[this.turn] as Turn;
    while (true) {
      if (turn.rest.length === 0 && turn.spins !== 0) {
        turn.rest.push(turn.spins);
        turn.spins = 0;
      }
      const [actor] = turn.rest;
      if (actor === undefined || !this.allows(turn)) return -1;
      for (let at = 0; at < count; at++) if (candidates[at] === actor) return at;
      // Waits for something, as is known by now.
      this.blocked();
    }
  }

  choose(n: number): number {
    if (this.depth === this.path.length) this.path.push({ kind: 'choice', choice: 0, choices: n });
    return (this.path[this.depth++] as Free).choice;
  }

  executed({ actor }: Executed): void {
    const turn = this.path[this.turn] as Turn;
    this.preemptions = turn.before + costOf(turn);
    // Somebody can go on here: the spinning one need not.
    turn.spins = 0;
    this.inARow = actor === this.last ? this.inARow + 1 : 1;
    this.last = actor;
    this.asked = false;
    if (this.steps++ >= DIVIDED) return;
    const choice = this.depth > this.turn + 1 ? (this.path[this.turn + 1] as Free).choice : -1;
    this.prefix = mix((mix((this.prefix + actor) | 0) + choice) | 0);
  }

  end(): boolean {
    // Nobody could go on any more: there was nothing to pick.
    if (this.asked) this.path.length = this.turn;
    if (this.steps < DIVIDED && this.foreign()) return false;
    // Those with fewer preemptions had their turn under a lower bound.
    return this.preemptions === this.bound;
  }

  private foreign(): boolean {
    return (mix(this.prefix) >>> 0) % this.shard.of !== this.shard.index;
  }

  private open(candidates: Int32Array, count: number): Turn {
    const spins = this.inARow >= this.patience;
    const all = Array.from(candidates.subarray(0, count)).toSorted((a, b) => a - b);
    const others = all.filter((actor) => actor !== this.last);
    const has = others.length < all.length;
    return {
      kind: 'turn', rest: has && !spins ? [this.last, ...others] : others, running: has && !spins ? this.last : 0,
      spins: has && spins ? this.last : 0, before: this.preemptions,
    };
  }

  /** Who is tried at this turn cannot go on. */
  private blocked(): void {
    const turn = this.path[this.turn] as Turn;
    this.path.length = this.turn + 1;
    this.depth = this.turn + 1;
    if (turn.rest.shift() === turn.running) turn.running = 0;
  }

  /** May the actor in front be tried, or would it be one preemption too many? */
  private allows(turn: Turn): boolean {
    if (turn.before + costOf(turn) <= this.bound) return true;
    this.pruned = true;
    return false;
  }

  /** To the next schedule in order; false when there is none within the bound. */
  private backtrack(): boolean {
    const { path } = this;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      if (top.kind === 'choice') {
        if (++top.choice < top.choices) return true;
      } else {
        top.rest.shift();
        if (top.rest.length > 0 && this.allows(top)) return true;
      }
      path.pop();
    }
    return false;
  }
}

/** A preemption, if somebody else has the turn. */
const costOf = ({ rest, running }: Turn): number => (running !== 0 && rest[0] !== running ? 1 : 0);

export const preemptions: StrategyKind = {
  name: 'preemptions', endless: false, says: 'all schedules with no preemption, then with one, then with two; ends when all were tried',
  make: (context) => new PreemptionStrategy(context),
};

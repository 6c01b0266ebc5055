// POS, partial order sampling (Yuan, Yang, Gu, CAV 2018): every pending step has a random priority, the highest that can go on is
// executed, and then those that race with it get new ones. So of steps that do not conflict the order does not matter, and of those
// that do each has its chance anew. What a pending step would touch is found out by trying it.

import type { Random } from '../../runtime/random.ts';
import { randomOf, type StrategyContext, type StrategyKind } from './context.ts';
import type { Executed, Strategy, Touched } from '../strategy.ts';

/** Objects of a pending step that are kept; a step that touches more counts as one that races with everything. */
const KEPT = 32;

export class PosStrategy implements Strategy {
  readonly name = 'pos';
  readonly footprints = true;
  private readonly seed: number;
  private readonly actors: number;
  private readonly peek: (actor: number) => Touched;
  private readonly priority: Int32Array;
  /** Of each actor's pending step: objects, whether written, how many; -1 not known yet. */
  private readonly ids: Int32Array;
  private readonly wrote: Uint8Array;
  private readonly counts: Int32Array;
  private unknown = true;
  private random: Random;

  constructor({ seed, actors, peek }: Pick<StrategyContext, 'seed' | 'actors' | 'peek'>) {
    this.seed = seed;
    this.actors = actors;
    this.peek = peek;
    this.priority = new Int32Array(actors + 1);
    this.ids = new Int32Array((actors + 1) * KEPT);
    this.wrote = new Uint8Array((actors + 1) * KEPT);
    this.counts = new Int32Array(actors + 1);
    this.random = randomOf(seed, 0, 3);
  }

  begin(schedule: number): boolean {
    this.random = randomOf(this.seed, schedule, 3);
    for (let actor = 1; actor <= this.actors; actor++) this.renew(actor);
    return true;
  }

  pick(candidates: Int32Array, count: number): number {
    const { priority } = this;
    let best = 0;
    for (let at = 1; at < count; at++) if (priority[candidates[at]!]! > priority[candidates[best]!]!) best = at;
    // What pending steps touch is asked before one of them is executed, of those that have moved or raced since it was asked last.
    if (this.unknown) {
      for (let actor = 1; actor <= this.actors; actor++) if (this.counts[actor]! < 0) this.look(actor);
      this.unknown = false;
    }
    return best;
  }

  choose(n: number): number {
    return this.random.below(n);
  }

  executed({ actor }: Executed, touched: Touched | undefined): void {
    if (touched !== undefined) for (let other = 1; other <= this.actors; other++) if (other !== actor && this.races(other, touched)) this.renew(other);
    this.renew(actor);
  }

  private renew(actor: number): void {
    this.priority[actor] = this.random.word();
    this.counts[actor] = -1;
    this.unknown = true;
  }

  private races(actor: number, { ids, wrote, count }: Touched): boolean {
    const kept = this.counts[actor]!;
    if (kept > KEPT) return true;
    const first = actor * KEPT;
    for (let k = 0; k < count; k++) {
      for (let j = 0; j < kept; j++) if (this.ids[first + j] === ids[k] && (this.wrote[first + j]! | wrote[k]!) !== 0) return true;
    }
    return false;
  }

  private look(actor: number): void {
    const { ids, wrote, count } = this.peek(actor);
    this.counts[actor] = count;
    for (let k = 0; k < count && k < KEPT; k++) {
      this.ids[actor * KEPT + k] = ids[k]!;
      this.wrote[actor * KEPT + k] = wrote[k]!;
    }
  }
}

export const pos: StrategyKind = {
  name: 'pos', endless: true, says: 'a random priority for each pending step, drawn anew when a step that it races with was executed',
  make: (context) => new PosStrategy(context),
};

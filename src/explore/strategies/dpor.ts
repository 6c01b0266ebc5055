// Stateless dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005), with source sets (Abdulla, Aronis, Jonsson, Sagonas,
// POPL 2014) and sleep sets (Godefroid): depth first over schedules, of which it takes one for each order of conflicting steps, a
// Mazurkiewicz trace. What conflicts is seen when steps are executed: they touch one object, and one of them writes it. Whoever turns
// out to be blocked counts as racing with those who have written what it looked at. Choices are all taken.

import type { StrategyContext, StrategyKind } from './context.ts';
import type { Executed, Strategy, Touched } from '../strategy.ts';

/** Objects that a step touched, and those that it wrote. */
interface Footprint { readonly touched: readonly number[]; readonly wrote: ReadonlySet<number> }

/** A step that was executed. */
interface Event extends Footprint {
  readonly actor: number;
  /** How many steps its actor has taken with it, and how many of each other actor's are before it in every order. */
  readonly number: number;
  readonly clock: readonly number[];
}

/** A state of the path, and what was and is to be tried there. */
interface Point {
  /** Actors that may be able to go on. */
  readonly offered: Set<number>;
  /** Actors that are to be tried here, besides the one that is tried now. */
  readonly wanted: Set<number>;
  /** Actors whose next step need not be tried: those that were, and those that were before, elsewhere, with all that follows. */
  readonly asleep: Map<number, Footprint>;
  /** Who is tried now; 0: nobody yet. */
  actor: number;
  choice: number;
  choices: number;
  /** What its step touched, with each choice so far. */
  footprint: Footprint;
  /** Somebody's step was executed here. */
  tried: boolean;
}

const NONE: Footprint = { touched: [], wrote: new Set() };

const conflict = (a: Footprint, b: Footprint): boolean => a.touched.some((id) => (a.wrote.has(id) ? b.touched.includes(id) : b.wrote.has(id)));
const together = (a: Footprint, b: Footprint): Footprint => ({ touched: [...new Set([...a.touched, ...b.touched])], wrote: new Set([...a.wrote, ...b.wrote]) });

function footprintOf({ ids, wrote, count }: Touched): Footprint {
  const touched = Array.from(ids.subarray(0, count));
  return { touched, wrote: new Set(touched.filter((_id, k) => wrote[k] !== 0)) };
}

export class DporStrategy implements Strategy {
  readonly name = 'dpor';
  readonly footprints = true;
  readonly ordered = true;
  readonly whole = true;
  private readonly actors: number;
  private readonly peek: (actor: number) => Touched;
  private readonly path: Point[] = [];
  private readonly events: Event[] = [];
  /** By object: the events that have touched it. */
  private readonly history = new Map<number, number[]>();
  /** Points of the path that this schedule has passed, and whether the last of them waits for its step. */
  private depth = 0;
  private asked = false;
  private steps = 0;
  private started = false;
  private over = false;

  constructor({ actors, peek }: Pick<StrategyContext, 'actors' | 'peek'>) {
    this.actors = actors;
    this.peek = peek;
  }

  begin(): boolean {
    if (this.over || (this.started && !this.backtrack())) {
      this.over = true;
      return false;
    }
    this.started = true;
    this.depth = 0;
    this.asked = false;
    this.steps = 0;
    return true;
  }

  pick(candidates: Int32Array, count: number): number {
    const all = candidates.subarray(0, count);
    if (!this.asked) {
      if (this.depth === this.path.length) this.path.push(this.open(all));
      this.depth++;
      this.asked = true;
    }
    const point = this.path[this.depth - 1]!;
    if (point.actor !== 0) {
      const at = all.indexOf(point.actor);
      if (at >= 0) return at;
      this.blocked(point);
    }
    // Somebody must be the first here; behind that, only who is wanted.
    const next = this.next(point, point.tried ? point.wanted : point.offered);
    this.turnTo(point, next);
    return next === 0 ? -1 : all.indexOf(next);
  }

  choose(n: number): number {
    const point = this.path[this.depth - 1]!;
    point.choices = n;
    return point.choice;
  }

  executed({ actor }: Executed, touched: Touched | undefined): void {
    this.asked = false;
    // Steps in front of what is new have been looked at.
    if (this.steps++ < this.events.length) return;
    const footprint = footprintOf(touched!);
    const point = this.path[this.depth - 1]!;
    point.footprint = together(point.footprint, footprint);
    point.tried = true;
    this.races(actor, footprint);
    const clock = this.clockBehind(actor, footprint);
    clock[actor]! += 1;
    const event = this.events.push({ ...footprint, actor, number: clock[actor]!, clock }) - 1;
    for (const id of footprint.touched) {
      const known = this.history.get(id);
      if (known === undefined) this.history.set(id, [event]);
      else known.push(event);
    }
  }

  end(_steps: number, _cut: boolean, broken: boolean): void {
    // Nobody could go on, or need.
    if (this.asked) {
      const point = this.path[this.depth - 1]!;
      if (point.actor !== 0) this.blocked(point);
      this.path.length = this.depth - 1;
    }
    // Behind a broken property nobody goes on: what the others would have done is tried without it.
    else if (broken) for (const actor of this.path.at(-1)!.offered) this.path.at(-1)!.wanted.add(actor);
  }

  /** The state that the path has come to. Who has moved goes on, if it can: fewer context switches. */
  private open(all: Int32Array): Point {
    const asleep = new Map<number, Footprint>();
    const before = this.path.at(-1);
    const last = this.events.at(-1);
    if (before !== undefined) for (const [actor, footprint] of before.asleep) if (actor !== last!.actor && !conflict(footprint, last!)) asleep.set(actor, footprint);
    const order = Array.from(all).toSorted((a, b) => a - b);
    const offered = new Set(last !== undefined && order.includes(last.actor) ? [last.actor, ...order] : order);
    return { offered, wanted: new Set(), asleep, actor: 0, choice: 0, choices: 1, footprint: NONE, tried: false };
  }

  private turnTo(point: Point, actor: number): void {
    point.actor = actor;
    point.choice = 0;
    point.choices = 1;
    point.footprint = NONE;
  }

  /** The first of these that need be tried here; 0 when there is none. */
  private next({ offered, asleep }: Point, actors: ReadonlySet<number>): number {
    for (const actor of actors) if (offered.has(actor) && !asleep.has(actor)) return actor;
    return 0;
  }

  /** Who is tried here cannot go on: it would have to come before those who wrote what it looked at. */
  private blocked(point: Point): void {
    const { actor } = point;
    point.offered.delete(actor);
    point.wanted.delete(actor);
    this.races(actor, footprintOf(this.peek(actor)));
  }

  /** What is before the next step of an actor, which touches this, in every order. */
  private clockBehind(actor: number, footprint: Footprint): number[] {
    const clock = this.clockOf(actor);
    for (const id of footprint.touched) {
      const known = this.history.get(id) ?? [];
      for (let k = known.length - 1; k >= 0; k--) {
        const event = this.events[known[k]!]!;
        const writes = event.wrote.has(id);
        if (!writes && !footprint.wrote.has(id)) continue;
        event.clock.forEach((time, other) => { if (time > clock[other]!) clock[other] = time; });
        // Who wrote knows all that was before.
        if (writes) break;
      }
    }
    return clock;
  }

  /** What is before everything that an actor does next. */
  private clockOf(actor: number): number[] {
    for (let k = this.events.length - 1; k >= 0; k--) if (this.events[k]!.actor === actor) return [...this.events[k]!.clock];
    return Array.from({ length: this.actors + 1 }, () => 0);
  }

  /** Looks for steps that the next one of `actor` races with, and has the other order tried. */
  private races(actor: number, footprint: Footprint): void {
    const before = this.clockOf(actor);
    const behind = this.clockBehind(actor, footprint);
    const met = new Set<number>();
    for (const id of footprint.touched) {
      const known = this.history.get(id) ?? [];
      for (let k = known.length - 1; k >= 0; k--) {
        const at = known[k]!;
        const event = this.events[at]!;
        const writes = event.wrote.has(id);
        if ((writes || footprint.wrote.has(id)) && event.actor !== actor && before[event.actor]! < event.number) met.add(at);
        if (writes) break;
      }
    }
    for (const at of met) this.reverse(at, actor, behind);
  }

  /** Has something tried in front of event `at` with which the next step of `actor`, whose clock is `behind`, comes before it. */
  private reverse(at: number, actor: number, behind: readonly number[]): void {
    const point = this.path[at]!;
    const { events } = this;
    const first = events[at]!;
    const isBehind = (clock: readonly number[], event: Event): boolean => clock[event.actor]! >= event.number;
    // What happens without the event: those behind it that do not depend on it, and the step itself.
    const without: { actor: number; clock: readonly number[]; event?: Event }[] = [];
    for (let k = at + 1; k < events.length; k++) if (!isBehind(events[k]!.clock, first)) without.push({ actor: events[k]!.actor, clock: events[k]!.clock, event: events[k]! });
    // It was blocked there: when that was found out, what could let it go on was looked for.
    if (!without.some((one) => one.actor === actor) && !point.offered.has(actor)) return;
    without.push({ actor, clock: behind });
    const initials: number[] = [];
    const seen = new Set<number>();
    without.forEach((one, k) => {
      if (seen.has(one.actor)) return;
      seen.add(one.actor);
      if (!without.slice(0, k).some(({ event }) => event !== undefined && isBehind(one.clock, event))) initials.push(one.actor);
    });
    if (initials.some((one) => point.wanted.has(one) || point.asleep.has(one) )) return;
    point.wanted.add(initials.includes(actor) ? actor : initials[0]!);
  }

  /** To the next schedule; false when every one was tried. */
  private backtrack(): boolean {
    const { path } = this;
    for (let point = path.at(-1); point !== undefined; point = path.at(-1)) {
      this.forget(path.length - 1);
      if (point.actor !== 0) {
        if (++point.choice < point.choices) {
          point.choices = 1;
          return true;
        }
        point.asleep.set(point.actor, point.footprint);
        point.wanted.delete(point.actor);
        const next = this.next(point, point.wanted);
        if (next !== 0) {
          this.turnTo(point, next);
          return true;
        }
      }
      path.pop();
    }
    return false;
  }

  /** Takes back the events from `length` on. */
  private forget(length: number): void {
    while (this.events.length > length) {
      const { touched } = this.events.pop()!;
      for (const id of touched) this.history.get(id)!.pop();
    }
  }
}

export const dpor: StrategyKind = {
  name: 'dpor', endless: false, divisible: false, says: 'one schedule for each order of conflicting steps, depth first; ends when there is no other order',
  make: (context) => new DporStrategy(context),
};

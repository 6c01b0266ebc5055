// Explains a failing schedule: the one reordering that makes it pass, the pair of steps whose order that changes, whether anything
// orders the two, and who waits for whom at its end.

import { Analysis } from '../check/analysis.ts';
import type { ExplainedStep, ExplainedWait, Explanation, RacingPair, Reordering } from '../check/explanation.ts';
import type { Invariant } from '../check/invariant.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { LockCycle } from '../check/lock-report.ts';
import type { Race } from '../check/races.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Broken } from './broken.ts';
import { HeldLocks } from './held-locks.ts';
import { lockOrderKey, raceKey } from './keys.ts';
import { Player, type Played, type PlayedStep } from './player.ts';
import { conflicts, touchesOf, type Touch } from './regroup.ts';
import { playerOptions } from './reproduce.ts';
import type { Schedule } from './schedule.ts';

/** What is to be explained: a shrunk finding is. */
export interface Explained { readonly broken: Broken; readonly topology: Topology; readonly schedule: Schedule }

export interface ExplainOptions {
  readonly invariants?: readonly Invariant[];
  /** Steps that the search for a reordering may execute; half a million when left out. */
  readonly budget?: number;
}

const BUDGET = 500_000;
/** Steps that a passing run may have more than the failing one: an endless scenario is cut there. */
const ROOM = 2000;

/** Explains a failing schedule. */
export function explain(kernel: Kernel, { broken, topology, schedule }: Explained, { invariants = all, budget = BUDGET }: ExplainOptions = {}): Explanation {
  const player = new Player(kernel, topology, { ...playerOptions(broken, []), footprints: true });
  player.begin();
  const held = new HeldLocks(player.world);
  const analysis = new Analysis(player.world);
  const { steps } = player.play(schedule, { strict: true, after: () => {
    held.afterStep(player.footprint);
    analysis.afterStep(player.footprint);
  } });
  const waits = broken.kind === 'deadlock' ? waitsOf(player, held) : [];
  for (const { actor, object } of player.waits()) analysis.blocked(actor, object);
  const { races, lockOrder } = analysis.report();
  const touches = touchesOf(player, schedule);
  const teller = new Teller(player, held, steps, touches);
  if (broken.kind === 'race') {
    const race = races.find((one) => raceKey(one) === broken.key);
    return { steps, pair: race && teller.ofRace(race), reordering: undefined, waits, cycle: undefined };
  }
  if (broken.kind === 'lock-order') {
    const cycle: LockCycle | undefined = lockOrder.cycles.find((one) => lockOrderKey(one) === broken.key);
    return { steps, pair: undefined, reordering: undefined, waits, cycle };
  }
  if (broken.kind === 'livelock') return { steps, pair: undefined, reordering: undefined, waits, cycle: undefined };
  const judging = new Player(kernel, topology, playerOptions(broken, invariants));
  if (waits.length > 0) {
    const reordering = delayed(judging, steps, waits);
    if (reordering !== undefined) return { steps, pair: undefined, reordering, waits, cycle: undefined };
  }
  const found = passing(judging, steps, touches, budget);
  if (found === undefined) return { steps, pair: undefined, reordering: undefined, waits, cycle: undefined };
  return { steps, pair: teller.best(found.played.steps), reordering: teller.reordering(found.candidate, found.played), waits, cycle: undefined };
}

/** Steps `moved` of one actor go in front of step `at`, or behind it; all counted from 0. */
interface Candidate { readonly moved: readonly number[]; readonly over: readonly number[]; readonly place: 'before' | 'behind'; readonly at: number }

/** Moves of a block over another actor's step that it conflicts with, the smallest first. */
function candidatesOf(steps: Schedule, touches: readonly Touch[]): Candidate[] {
  const all: Candidate[] = [];
  for (let later = steps.length - 1; later > 0; later--) {
    for (let earlier = later - 1; earlier >= 0; earlier--) {
      if (steps[earlier]!.actor === steps[later]!.actor || conflicts(touches[earlier]!, touches[later]!).length === 0) continue;
      const between = Array.from({ length: later - earlier + 1 }, (_one, k) => earlier + k);
      const of = (which: number): number[] => between.filter((k) => steps[k]!.actor === steps[which]!.actor);
      const not = (which: number): number[] => between.filter((k) => steps[k]!.actor !== steps[which]!.actor);
      all.push({ moved: of(later), over: not(later), place: 'before', at: earlier }, { moved: of(earlier), over: not(earlier), place: 'behind', at: later });
    }
  }
  return all.toSorted((a, b) => a.moved.length - b.moved.length || a.over.length - b.over.length);
}

/** The smallest move with which the run passes. */
function passing(player: Player, steps: readonly PlayedStep[], touches: readonly Touch[], budget: number): { candidate: Candidate; played: Played } | undefined {
  const until = player.executed + budget;
  for (const candidate of candidatesOf(steps, touches)) {
    if (player.executed > until) return undefined;
    const { moved, over, place, at } = candidate;
    const from = Math.min(moved[0]!, over[0]!);
    const end = Math.max(moved.at(-1)!, over.at(-1)!) + 1;
    // In either case the later step comes to stand in front of the earlier one.
    const [front, back] = place === 'before' ? [moved, over] : [over, moved];
    const order = [...steps.slice(0, from), ...[...front, ...back].map((k) => steps[k]!), ...steps.slice(end)];
    const played = player.play(order, { complete: true, most: steps.length + ROOM });
    if (played.broken !== undefined) continue;
    // The step that was to come earlier must be there, and be the same step: else it waited, and nothing was reordered.
    const last = front.at(-1)!;
    const there = played.steps[from + front.length - 1];
    if (there === undefined || there.actor !== steps[last]!.actor || there.leaf !== steps[last]!.leaf) continue;
    if (place === 'behind' && steps[at]!.leaf !== there.leaf) continue;
    return { candidate, played };
  }
  return undefined;
}

/** Steps that somebody who waited is given before the others go on. */
const GOES_ON = 200;

/** For who waits for each other: one who takes what another waits for takes it later, when that one is through. */
function delayed(player: Player, steps: readonly PlayedStep[], waits: readonly ExplainedWait[]): Reordering | undefined {
  const number = (name: string): number => player.world.topology.actors.findIndex((actor) => actor.name === name) + 1;
  const candidates = waits.flatMap(({ actor, holders }) => holders.flatMap(({ actor: holder, since }) => {
    const moved = steps.flatMap((step, k) => (since !== undefined && since > 0 && k + 1 >= since && step.actor === number(holder) ? [k] : []));
    return moved.length === 0 ? [] : [{ waiter: number(actor), holder, moved }];
  })).toSorted((a, b) => a.moved.length - b.moved.length);
  for (const { waiter, holder, moved } of candidates) {
    const stay = steps.filter((_step, k) => !moved.includes(k));
    const order = [...stay, ...Array.from({ length: GOES_ON }, () => ({ actor: waiter, choice: 0 })), ...moved.map((k) => steps[k]!)];
    const played = player.play(order, { complete: true, most: steps.length + ROOM });
    const next = played.steps[stay.length];
    if (played.broken !== undefined || next?.actor !== waiter) continue;
    return { actor: holder, from: moved[0]! + 1, to: moved.at(-1)! + 1, moved: moved.length, place: 'until', step: stay.length + 1, steps: played.steps, ended: played.why === 'finished' };
  }
  return undefined;
}

/** Puts numbers into words. */
class Teller {
  private readonly player: Player;
  private readonly held: HeldLocks;
  private readonly steps: readonly PlayedStep[];
  private readonly touches: readonly Touch[];

  constructor(player: Player, held: HeldLocks, steps: readonly PlayedStep[], touches: readonly Touch[]) {
    this.player = player;
    this.held = held;
    this.steps = steps;
    this.touches = touches;
  }

  /** Of all pairs that come in the other order in the passing run, the one that says most: on data, not on locks; with the step that
   *  breaks it. */
  best(passed: readonly PlayedStep[]): RacingPair | undefined {
    const { tables } = this.player.world.plan;
    const { tableOf } = this.held.stream;
    const worth = (id: number): number => {
      const { layout } = tables[tableOf[id]!]!;
      if (layout.ghost) return 0;
      return this.held.stream.isLock(layout.name) || layout.name === 'mailbox' ? 1 : 2;
    };
    const places = this.placesIn(passed);
    let best: { pair: readonly [number, number]; objects: readonly number[]; rank: readonly number[] } | undefined;
    for (let second = this.steps.length - 1; second > 0; second--) {
      for (let first = second - 1; first >= 0; first--) {
        if (this.steps[first]!.actor === this.steps[second]!.actor || places[second]! >= places[first]!) continue;
        const ids = conflicts(this.touches[first]!, this.touches[second]!).toSorted((x, y) => worth(y) - worth(x) || x - y);
        if (ids.length === 0) continue;
        const rank = [worth(ids[0]!), second === this.steps.length - 1 ? 1 : 0, second, first];
        if (best !== undefined && !greater(rank, best.rank)) continue;
        best = { pair: [first, second], objects: ids.filter((id) => worth(id) === worth(ids[0]!)), rank };
      }
    }
    return best === undefined ? undefined : this.pair(...best.pair, best.objects);
  }

  /** Where each step of the failing run comes in the passing one, as long as its actor goes the same way; else behind all others. */
  private placesIn(passed: readonly PlayedStep[]): number[] {
    const ways = new Map<number, number[]>();
    passed.forEach(({ actor }, at) => ways.set(actor, [...ways.get(actor) ?? [], at]));
    const taken = new Map<number, number>();
    return this.steps.map(({ actor, leaf }) => {
      const nth = taken.get(actor) ?? 0;
      const at = ways.get(actor)?.[nth];
      if (at === undefined || passed[at]!.leaf !== leaf) {
        taken.set(actor, Infinity);
        return Infinity;
      }
      taken.set(actor, nth + 1);
      return at;
    });
  }

  ofRace({ earlier, later, object }: Race): RacingPair {
    const pair = this.pair(earlier.at - 1, later.at - 1, []);
    return { ...pair, objects: [object], first: { ...pair.first, wrote: earlier.wrote }, second: { ...pair.second, wrote: later.wrote } };
  }

  reordering({ moved, place, at }: Candidate, played: Played): Reordering {
    return {
      actor: this.name(this.steps[moved[0]!]!.actor), from: moved[0]! + 1, to: moved.at(-1)! + 1, moved: moved.length, place, step: at + 1,
      steps: played.steps, ended: played.why === 'finished',
    };
  }

  private pair(first: number, second: number, objects: readonly number[]): RacingPair {
    const ordered = this.held.isOrdered(first, this.steps[first]!.actor, second);
    const [a, b] = [this.step(first, objects), this.step(second, objects)];
    const missing = ordered ? [] : [...a.holds.filter((one) => !b.holds.includes(one)), ...b.holds.filter((one) => !a.holds.includes(one))];
    return { first: a, second: b, objects: objects.map((id) => this.held.stream.object(id)), ordered, missing };
  }

  private step(k: number, objects: readonly number[]): ExplainedStep {
    const { actor, leaf } = this.steps[k]!;
    const { path, step } = this.player.world.table.leaves[leaf]!;
    return { at: k + 1, actor: this.name(actor), step, leaf: path, wrote: objects.some((id) => this.touches[k]!.wrote.has(id)), holds: this.held.holdsAt(k) };
  }

  private name(actor: number): string {
    return this.player.world.topology.actors[actor - 1]!.name;
  }
}

const greater = (a: readonly number[], b: readonly number[]): boolean => {
  const at = a.findIndex((one, k) => one !== b[k]);
  return at >= 0 && a[at]! > b[at]!;
};

function waitsOf(player: Player, held: HeldLocks): ExplainedWait[] {
  const { world } = player;
  const name = (actor: number): string => world.topology.actors[actor - 1]!.name;
  return player.waits().map((wait) => {
    const { actor, object } = wait;
    const { step, path } = world.leafOf(actor);
    return { actor: name(actor), step, leaf: path, object: held.stream.object(object), holders: player.holders(wait).map((one) => ({ actor: name(one), since: held.since(one, object) })) };
  }).toSorted((a, b) => Number(isCall(a)) - Number(isCall(b)));
}

/** Waits for the answer of a call: what it waits for in the end is said of who works for it. */
const isCall = ({ actor, object }: ExplainedWait): boolean => object === `mailbox(${actor})`;

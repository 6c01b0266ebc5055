// Independent steps regrouped per actor: steps that touch no object together, one of them writing, may change places, so that each
// actor's steps stand in blocks and the text reads one actor after the other. The last step, which breaks it, stays the last.

import type { Player } from './player.ts';
import type { Decision, Schedule } from './schedule.ts';

/** Objects that a step has read only, and those that it has written. */
export interface Touch { readonly read: ReadonlySet<number>; readonly wrote: ReadonlySet<number> }

/** What each step of a schedule touches, as far as the schedule applies. The player must keep footprints. */
export function touchesOf(player: Player, schedule: Schedule): Touch[] {
  const touches: Touch[] = [];
  player.play(schedule, { strict: true, after: () => {
    const { footprint } = player;
    const read = new Set<number>();
    const wrote = new Set<number>();
    for (let k = 0; k < footprint.count; k++) (footprint.wrote[k] !== 0 ? wrote : read).add(footprint.ids[k]!);
    touches.push({ read, wrote });
  } });
  return touches;
}

/** Objects on which two steps depend on each other. */
export function conflicts(a: Touch, b: Touch): number[] {
  const found: number[] = [];
  for (const id of a.wrote) if (b.wrote.has(id) || b.read.has(id)) found.push(id);
  for (const id of a.read) if (b.wrote.has(id)) found.push(id);
  return found;
}

/** The steps without which the last one would be another: those of its actor, and of whoever has written what these look at, and so on. What is
 *  left out has changed nothing that they see, so they do what they did. */
export function pastOf(schedule: Schedule, touches: readonly Touch[]): Schedule {
  const actors = new Set<number>();
  const seen = new Set<number>();
  const kept: Decision[] = [];
  for (let k = Math.min(schedule.length, touches.length) - 1; k >= 0; k--) {
    const { actor, choice } = schedule[k]!;
    const { read, wrote } = touches[k]!;
    if (kept.length > 0 && !actors.has(actor) && ![...wrote].some((id) => seen.has(id))) continue;
    actors.add(actor);
    for (const id of read) seen.add(id);
    for (const id of wrote) seen.add(id);
    kept.push({ actor, choice });
  }
  return kept.toReversed();
}

/** The same partial order, written down with few changes of actors: whoever has the longest run in front of it goes first. */
export function regrouped(schedule: Schedule, touches: readonly Touch[]): Schedule {
  const count = Math.min(schedule.length, touches.length);
  const after: number[][] = Array.from({ length: count }, () => []);
  const needs = new Int32Array(count);
  for (let later = 0; later < count; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      // All else is before the step that breaks it.
      if (later !== count - 1 && schedule[earlier]!.actor !== schedule[later]!.actor && conflicts(touches[earlier]!, touches[later]!).length === 0) continue;
      after[earlier]!.push(later);
      needs[later]!++;
    }
  }
  const done = new Uint8Array(count);
  const own = new Map<number, number[]>();
  for (let k = 0; k < count; k++) own.set(schedule[k]!.actor, [...(own.get(schedule[k]!.actor) ?? []), k]);
  /** Steps that an actor can take in a row now. */
  const run = (actor: number): number[] => {
    const steps: number[] = [];
    for (const k of own.get(actor)!) {
      if (done[k] !== 0) continue;
      const missing = needs[k]! - steps.filter((mine) => after[mine]!.includes(k)).length;
      if (missing > 0) break;
      steps.push(k);
    }
    return steps;
  };
  const order: number[] = [];
  const actors = [...own.keys()].toSorted((a, b) => a - b);
  while (order.length < count) {
    let best: number[] = [];
    for (const actor of actors) {
      const steps = run(actor);
      if (steps.length > best.length) best = steps;
    }
    for (const k of best) {
      done[k] = 1;
      order.push(k);
      for (const later of after[k]!) needs[later]!--;
    }
  }
  return order.map((k) => ({ actor: schedule[k]!.actor, choice: schedule[k]!.choice }));
}

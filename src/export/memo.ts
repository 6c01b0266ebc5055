// What was made of something that comes again and again, kept.

import type { StepEvent } from '../runtime/events.ts';
import { isKept, madeOfStep } from '../runtime/kept-steps.ts';
import { Bytes } from './bytes.ts';

/** Kinds that are kept; then all are made anew. */
const MOST = 1 << 15;

type Kind = Pick<StepEvent, 'actor' | 'state' | 'outcome' | 'to'>;

/** Makes something of a step once for all that are of a kind: by who, in which state, what came of it. What is made must not depend on more than that. */
export function byKind<K extends Kind, T>(make: (one: K) => T): (one: K) => T {
  const kept = new Map<string, Map<string, Map<string, { to: string; made: T }>>>();
  let count = 0;
  return (one) => {
    let states = kept.get(one.actor);
    if (states === undefined) kept.set(one.actor, states = new Map());
    let outcomes = states.get(one.state);
    if (outcomes === undefined) states.set(one.state, outcomes = new Map());
    let known = outcomes.get(one.outcome);
    if (known === undefined || known.to !== one.to) {
      if (++count === MOST) {
        kept.clear();
        count = 0;
      }
      outcomes.set(one.outcome, known = { to: one.to, made: make(one) });
    }
    return known.made;
  };
}

/** The same, for bytes. */
export function headsOf(write: (out: Bytes, event: StepEvent) => void): (event: StepEvent) => Uint8Array {
  const out = new Bytes();
  return byKind((event: StepEvent) => {
    out.clear();
    write(out, event);
    return out.all.slice();
  });
}

/** Room for the bytes of kept steps: all in one array, since so many arrays of their own are too much for a garbage collector. */
const RING = 1 << 23;

/** What a writer makes of a step, which must not depend on its number, kept as long as the step and there is room: the oldest gives way. */
export function keptBytes(write: (out: Bytes, event: StepEvent) => void, room = RING): (out: Bytes, event: StepEvent) => void {
  const ring = new Uint8Array(room);
  /** Bytes that were put in so far, with those that were left out at the end of each round. */
  let head = 0;
  const nowhere = (): { at: number; length: number } => ({ at: -Infinity, length: 0 });
  return (out, event) => {
    if (!isKept(event)) {
      write(out, event);
      return;
    }
    const place = madeOfStep(event, nowhere);
    if (place.at >= head - room) {
      out.part(ring, place.at % room, place.length);
      return;
    }
    const before = out.length;
    write(out, event);
    const length = out.length - before;
    if (length > room) return;
    if ((head % room) + length > room) head += room - (head % room);
    ring.set(out.all.subarray(before), head % room);
    place.at = head;
    place.length = length;
    head += length;
  };
}

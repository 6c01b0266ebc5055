// What was made of something that comes again and again, kept.

import { madeOfAccess } from '../runtime/accesses.ts';
import type { Access, StepEvent } from '../runtime/events.ts';
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

/** Room for bytes that are kept: all in one array, since so many arrays of their own are too much for a garbage collector. */
const ROOM = 1 << 22;

interface Place { at: number; length: number }
const nowhere = (): Place => ({ at: -Infinity, length: 0 });

/** Keeps what is written for something that knows its place here. The oldest gives way. */
class Ring<T> {
  private readonly bytes = new Uint8Array(ROOM);
  /** Bytes that were put in so far, with those that were left out at the end of each round. */
  private head = 0;
  private readonly write: (out: Bytes, one: T) => void;

  constructor(write: (out: Bytes, one: T) => void) {
    this.write = write;
  }

  put(out: Bytes, one: T, place: Place): void {
    if (place.at >= this.head - ROOM) {
      out.part(this.bytes, place.at % ROOM, place.length);
      return;
    }
    const before = out.length;
    this.write(out, one);
    const length = out.length - before;
    if (length > ROOM) return;
    const at = this.head % ROOM;
    if (at + length > ROOM) this.head += ROOM - at;
    out.copy(before, this.bytes, this.head % ROOM);
    place.at = this.head;
    place.length = length;
    this.head += length;
  }
}

/** Writes steps by `write`, whose bytes must not depend on their number; those of kept ones once. */
export function keptBytes(write: (out: Bytes, event: StepEvent) => void): (out: Bytes, event: StepEvent) => void {
  const ring = new Ring(write);
  return (out, event) => {
    if (isKept(event)) ring.put(out, event, madeOfStep(event, nowhere));
    else write(out, event);
  };
}

/** The same for accesses. */
export function keptAccesses(text: (access: Access) => string): (out: Bytes, access: Access) => void {
  const write = (out: Bytes, access: Access): void => out.text(text(access));
  const ring = new Ring(write);
  return (out, access) => {
    const place = madeOfAccess(access, nowhere);
    if (place === undefined) write(out, access);
    else ring.put(out, access, place);
  };
}

// Persistent sets: actors whose next steps are independent of whatever the others may do before one of them has moved. It is enough to try
// those. What a next step touches is seen by trying it; what the others may touch, now or later, is learned (footprints.ts). An actor that
// is blocked on an object counts for nothing while nobody writes it. Sets of actors are bits of a word.

import { Numbers } from './growing.ts';
import type { Footprints } from './footprints.ts';

/** With more actors a word has no bit for each: such a search does without reduction, and says so. */
export const MOST_ACTORS = 31;

export class PersistentSets {
  /** By actor: what its next step reads and writes; and whether that depends on a free choice, so that all that was learned counts. */
  readonly reads: readonly Numbers[];
  readonly writes: readonly Numbers[];
  readonly chooses: Uint8Array;
  private readonly footprints: Footprints;
  private readonly actors: number;
  private readonly rows: Int32Array;
  /** By actor, in the state that is looked at: those who may disturb its next step, or, when it is blocked, wake it; and whether that was asked for. */
  private readonly against: Int32Array;
  private asked = 0;
  /** Only what was learned counts: nobody's next step was tried. */
  private untried = false;
  /** Who can go on, and who is blocked. */
  private movers = 0;
  private waiters = 0;

  constructor(footprints: Footprints, actors: number) {
    this.footprints = footprints;
    this.actors = actors;
    this.reads = Array.from({ length: actors + 1 }, () => new Numbers());
    this.writes = Array.from({ length: actors + 1 }, () => new Numbers());
    this.chooses = new Uint8Array(actors + 1);
    this.rows = new Int32Array(actors + 1);
    this.against = new Int32Array(actors + 1);
  }

  /** Looks at a state. `blocked[at + actor]`: 0 when it can go on, for all that is known, -1 when it has ended, else 1 + the object that it is
   *  blocked on. */
  look(leafOf: (actor: number) => number, blocked: Int32Array, at: number): void {
    const { actors, rows, footprints } = this;
    this.movers = this.waiters = this.asked = 0;
    for (let actor = 1; actor <= actors; actor++) {
      const on = blocked[at + actor]!;
      rows[actor] = on < 0 ? -1 : footprints.row(actor, leafOf(actor));
      if (on === 0) this.movers |= 1 << (actor - 1);
      else if (on > 0) this.waiters |= 1 << (actor - 1);
    }
  }

  /** The next actor behind `after` that makes a set alone, by what was learned; 0 when none does. */
  alone(after: number, blocked: Int32Array, at: number): number {
    this.untried = true;
    let found = 0;
    for (let seeds = this.movers & (-1 << after); seeds !== 0 && found === 0; seeds &= seeds - 1) {
      const seed = seeds & -seeds;
      const against = this.againstOf(numberOf(seed), blocked, at);
      if (against === 0 || (against & this.mayMove(seed, blocked, at)) === 0) found = numberOf(seed);
    }
    this.untried = false;
    this.asked = 0;
    return found;
  }

  /** Finds a small set, and writes it (1: a member) into `set` from `at` on; false when none is smaller than everybody. What next steps
   *  touch stands in `reads` and `writes`. */
  choose(blocked: Int32Array, set: Uint8Array, at: number): boolean {
    const { actors } = this;
    const everybody = sizeOf(this.movers);
    let least = everybody;
    let best = 0;
    for (let seeds = this.movers; seeds !== 0 && least > 1; seeds &= seeds - 1) {
      const members = this.grow(seeds & -seeds, blocked, at, least);
      const size = sizeOf(members & this.movers);
      if (size >= least) continue;
      least = size;
      best = members;
    }
    if (least === everybody) return false;
    for (let actor = 1; actor <= actors; actor++) set[at + actor] = (best >>> (actor - 1)) & 1;
    return true;
  }

  /** The least persistent set with this actor in it; one that is too large as soon as as many as `limit` of it can go on. */
  private grow(seed: number, blocked: Int32Array, at: number, limit: number): number {
    let members = seed;
    for (let fresh = seed; fresh !== 0;) {
      const others = this.mayMove(members, blocked, at);
      fresh = 0;
      for (let rest = members; rest !== 0; rest &= rest - 1) fresh |= this.againstOf(numberOf(rest & -rest), blocked, at);
      fresh &= others;
      members |= fresh;
      if (sizeOf(members & this.movers) >= limit) return members;
    }
    return members;
  }

  /** Who, outside of the set, may come to move before somebody in the set has. */
  private mayMove(members: number, blocked: Int32Array, at: number): number {
    let may = this.movers & ~members;
    for (let woken = may; woken !== 0;) {
      woken = 0;
      for (let rest = this.waiters & ~members & ~may; rest !== 0; rest &= rest - 1) {
        if ((this.againstOf(numberOf(rest & -rest), blocked, at) & may) !== 0) woken |= rest & -rest;
      }
      may |= woken;
    }
    return may;
  }

  private againstOf(actor: number, blocked: Int32Array, at: number): number {
    const bit = 1 << (actor - 1);
    if ((this.asked & bit) === 0) {
      this.asked |= bit;
      let against = 0;
      for (let rest = (this.movers | this.waiters) & ~bit; rest !== 0; rest &= rest - 1) {
        if (this.conflict(actor, numberOf(rest & -rest), blocked[at + actor]!)) against |= rest & -rest;
      }
      this.against[actor] = against;
    }
    return this.against[actor]!;
  }

  /** May the next step of `actor` and some step of `other`, now or later, not be exchanged? */
  private conflict(actor: number, other: number, blockedOn: number): boolean {
    const { footprints, rows } = this;
    const row = rows[other]!;
    // It stays blocked until somebody writes what it waits for.
    if (blockedOn > 0) return footprints.mayWrite(row, blockedOn - 1);
    // What it may touch anyhow says more quickly that there is no conflict than what it does touch.
    if (!footprints.conflict(rows[actor]!, row)) return false;
    if (this.untried || this.chooses[actor] !== 0 || footprints.disturbs(row, rows[actor]!)) return true;
    const reads = this.reads[actor]!;
    for (let k = 0; k < reads.length; k++) if (footprints.mayWrite(row, reads.words[k]!)) return true;
    const writes = this.writes[actor]!;
    for (let k = 0; k < writes.length; k++) if (footprints.mayTouch(row, writes.words[k]!)) return true;
    return false;
  }
}

/** The actor of a set of one. */
const numberOf = (bit: number): number => 32 - Math.clz32(bit);

/** How many actors are in a set. */
function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}

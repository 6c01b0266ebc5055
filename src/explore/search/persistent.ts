// Persistent sets: actors whose next steps are independent of whatever the others may do before one of them has moved. It is enough to try
// those. What a next step touches is seen by trying it; what the others may touch, now or later, is learned (footprints.ts). An actor that
// is blocked on an object counts for nothing while nobody writes it.

import { Numbers } from './growing.ts';
import type { Footprints } from './footprints.ts';

export class PersistentSets {
  /** By actor: what its next step reads and writes; and whether that depends on a free choice, so that all that was learned counts. */
  readonly reads: readonly Numbers[];
  readonly writes: readonly Numbers[];
  readonly chooses: Uint8Array;
  private readonly footprints: Footprints;
  private readonly rows: Int32Array;
  private readonly members: Uint8Array;
  private readonly active: Uint8Array;
  private readonly best: Uint8Array;
  private readonly actors: number;

  constructor(footprints: Footprints, actors: number) {
    this.footprints = footprints;
    this.actors = actors;
    this.reads = Array.from({ length: actors + 1 }, () => new Numbers());
    this.writes = Array.from({ length: actors + 1 }, () => new Numbers());
    this.chooses = new Uint8Array(actors + 1);
    this.rows = new Int32Array(actors + 1);
    this.members = new Uint8Array(actors + 1);
    this.active = new Uint8Array(actors + 1);
    this.best = new Uint8Array(actors + 1);
  }

  /** Finds a small set for a state, and writes it (1: a member) into `set` from `at` on; false when none is smaller than everybody.
   *  `blocked[at + actor]`: 0 when it can go on, -1 when it has ended, else 1 + the object that it is blocked on. */
  choose(leafOf: (actor: number) => number, blocked: Int32Array, set: Uint8Array, at: number): boolean {
    const { actors, rows, members, best, footprints } = this;
    let movers = 0;
    for (let actor = 1; actor <= actors; actor++) {
      const on = blocked[at + actor]!;
      rows[actor] = on < 0 ? -1 : footprints.row(actor, leafOf(actor));
      if (on === 0) movers++;
    }
    let least = movers;
    for (let seed = 1; seed <= actors && least > 1; seed++) {
      if (blocked[at + seed] !== 0) continue;
      const size = this.grow(seed, blocked, at, least);
      if (size >= least) continue;
      least = size;
      best.set(members);
    }
    if (least === movers) return false;
    for (let actor = 1; actor <= actors; actor++) set[at + actor] = best[actor]!;
    return true;
  }

  /** The least persistent set with this actor in it: how many of it can go on; `limit` when so many or more. */
  private grow(seed: number, blocked: Int32Array, at: number, limit: number): number {
    const { actors, members, active } = this;
    members.fill(0);
    members[seed] = 1;
    let size = 1;
    this.activate(blocked, at);
    for (let changed = true; changed;) {
      changed = false;
      for (let member = 1; member <= actors; member++) {
        if (members[member] === 0) continue;
        for (let other = 1; other <= actors; other++) {
          if (members[other] !== 0 || active[other] === 0 || !this.conflict(member, other, blocked[at + member]!)) continue;
          members[other] = 1;
          changed = true;
          if (blocked[at + other] === 0 && ++size >= limit) return limit;
        }
      }
      // Fewer are outside now, so fewer may wake who is blocked.
      if (changed) this.activate(blocked, at);
    }
    return size;
  }

  /** May the next step of `actor` and some step of `other`, now or later, not be exchanged? */
  private conflict(actor: number, other: number, blockedOn: number): boolean {
    const { footprints, rows } = this;
    const row = rows[other]!;
    // It stays blocked until somebody writes what it waits for.
    if (blockedOn > 0) return footprints.mayWrite(row, blockedOn - 1);
    if (this.chooses[actor] !== 0) return footprints.conflict(rows[actor]!, row);
    if (footprints.disturbs(row, rows[actor]!)) return true;
    const reads = this.reads[actor]!;
    for (let k = 0; k < reads.length; k++) if (footprints.mayWrite(row, reads.words[k]!)) return true;
    const writes = this.writes[actor]!;
    for (let k = 0; k < writes.length; k++) if (footprints.mayTouch(row, writes.words[k]!)) return true;
    return false;
  }

  /** Who, outside of the set, may come to move before somebody in the set has. */
  private activate(blocked: Int32Array, at: number): void {
    const { actors, rows, members, active, footprints } = this;
    for (let actor = 1; actor <= actors; actor++) active[actor] = members[actor] === 0 && blocked[at + actor] === 0 ? 1 : 0;
    for (let changed = true; changed;) {
      changed = false;
      for (let actor = 1; actor <= actors; actor++) {
        const on = blocked[at + actor]!;
        if (on <= 0 || active[actor] !== 0 || members[actor] !== 0) continue;
        for (let other = 1; other <= actors; other++) {
          if (active[other] === 0 || !footprints.mayWrite(rows[other]!, on - 1)) continue;
          active[actor] = 1;
          changed = true;
          break;
        }
      }
    }
  }
}

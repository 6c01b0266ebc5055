// Which objects the step of each actor in each state may touch, and which all steps may that can follow. Nobody declares it: it is learned
// from what was executed, and whoever built on it has to begin anew when an execution touches more than was known.

import { joined, parted } from './checkpoint.ts';

const NEW = -1;

export class Footprints {
  /** Something was learned since `close`. */
  grown = false;
  private readonly rowOf: Int32Array;
  private readonly leaves: number;
  private readonly width: number;
  private readonly reads: Int32Array[] = [];
  private readonly writes: Int32Array[] = [];
  /** What the checks behind a step look at; it is in `reads` too. */
  private readonly checks: Int32Array[] = [];
  private readonly next: Set<number>[] = [];
  /** As `close` found them: what a row and all that can follow it may touch; and whether two rows conflict: 0 not known, 1 no, 2 yes. */
  private futureReads: Int32Array[] = [];
  private futureWrites: Int32Array[] = [];
  private conflicts = new Uint8Array(0);
  private checkConflicts = new Uint8Array(0);
  private closed = 0;

  constructor(actors: number, leaves: number, objects: number) {
    this.leaves = leaves;
    this.rowOf = new Int32Array((actors + 1) * leaves).fill(NEW);
    this.width = (objects + 31) >>> 5;
  }

  /** All that is known, for a checkpoint. */
  save(): Record<string, Int32Array> {
    return {
      footRows: this.rowOf.slice(), footReads: joined(this.reads), footWrites: joined(this.writes), footChecks: joined(this.checks), footNext: joined(this.next.map((set) => Int32Array.from(set))),
      footFutureReads: joined(this.futureReads), footFutureWrites: joined(this.futureWrites), footState: Int32Array.of(this.closed, this.grown ? 1 : 0),
    };
  }

  /** Knows what `save` gave, and nothing else. */
  load(lists: Readonly<Record<string, Int32Array>>): void {
    this.rowOf.set(lists['footRows']!);
    this.reads.splice(0, this.reads.length, ...parted(lists['footReads']!));
    this.writes.splice(0, this.writes.length, ...parted(lists['footWrites']!));
    this.checks.splice(0, this.checks.length, ...parted(lists['footChecks']!));
    this.next.splice(0, this.next.length, ...parted(lists['footNext']!).map((list) => new Set(list)));
    this.futureReads = parted(lists['footFutureReads']!);
    this.futureWrites = parted(lists['footFutureWrites']!);
    this.closed = lists['footState']![0]!;
    this.grown = lists['footState']![1] === 1;
    this.conflicts = new Uint8Array(this.closed * this.closed);
    this.checkConflicts = new Uint8Array(this.closed * this.closed);
  }

  /** The row of an actor in a state. */
  row(actor: number, leaf: number): number {
    const at = actor * this.leaves + leaf;
    if (this.rowOf[at] === NEW) {
      this.rowOf[at] = this.reads.length;
      this.reads.push(new Int32Array(this.width));
      this.writes.push(new Int32Array(this.width));
      this.checks.push(new Int32Array(this.width));
      this.next.push(new Set());
      this.grown = true;
    }
    return this.rowOf[at]!;
  }

  /** A step of this row has touched these objects. */
  learn(row: number, readIds: Int32Array, readCount: number, writeIds: Int32Array, writeCount: number): void {
    this.note(this.reads[row]!, readIds, readCount);
    this.note(this.writes[row]!, writeIds, writeCount);
  }

  /** The checks behind a step of this row have looked at these objects. */
  learnChecks(row: number, ids: Int32Array, count: number): void {
    this.note(this.reads[row]!, ids, count);
    this.note(this.checks[row]!, ids, count);
  }

  /** A step of this row has led to that one. */
  follows(row: number, next: number): void {
    if (this.next[row]!.has(next)) return;
    this.next[row]!.add(next);
    this.grown = true;
  }

  private note(set: Int32Array, ids: Int32Array, count: number): void {
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      const bit = 1 << (id & 31);
      if ((set[id >>> 5]! & bit) !== 0) continue;
      set[id >>> 5] = set[id >>> 5]! | bit;
      this.grown = true;
    }
  }

  /** Draws the conclusions from what was learned so far. */
  close(): void {
    const rows = this.reads.length;
    this.futureReads = this.reads.map((set) => set.slice());
    this.futureWrites = this.writes.map((set) => set.slice());
    for (let changed = true; changed;) {
      changed = false;
      for (let row = rows - 1; row >= 0; row--) {
        for (const next of this.next[row]!) {
          changed = include(this.futureReads[row]!, this.futureReads[next]!) || changed;
          changed = include(this.futureWrites[row]!, this.futureWrites[next]!) || changed;
        }
      }
    }
    this.conflicts = new Uint8Array(rows * rows);
    this.checkConflicts = new Uint8Array(rows * rows);
    this.closed = rows;
    this.grown = false;
  }

  /** May the next step of `row` and some step of `other`, now or later, not be exchanged? */
  conflict(row: number, other: number): boolean {
    // What was not known when the run began is learned now, and the run is repeated.
    if (row >= this.closed || other >= this.closed) return true;
    const at = row * this.closed + other;
    if (this.conflicts[at] === 0) {
      const meets = meet(this.reads[row]!, this.futureWrites[other]!) || meet(this.writes[row]!, this.futureReads[other]!) || meet(this.writes[row]!, this.futureWrites[other]!);
      this.conflicts[at] = meets ? 2 : 1;
    }
    return this.conflicts[at] === 2;
  }

  /** May `other`, now or later, write what the checks behind the next step of `row` look at? */
  disturbs(other: number, row: number): boolean {
    if (row >= this.closed || other >= this.closed) return true;
    const at = row * this.closed + other;
    if (this.checkConflicts[at] === 0) this.checkConflicts[at] = meet(this.checks[row]!, this.futureWrites[other]!) ? 2 : 1;
    return this.checkConflicts[at] === 2;
  }

  /** May `row`, now or later, read or write this object? */
  mayTouch(row: number, object: number): boolean {
    return row >= this.closed || ((this.futureReads[row]![object >>> 5]! | this.futureWrites[row]![object >>> 5]!) & (1 << (object & 31))) !== 0;
  }

  /** May `row`, now or later, write this object? */
  mayWrite(row: number, object: number): boolean {
    return row >= this.closed || (this.futureWrites[row]![object >>> 5]! & (1 << (object & 31))) !== 0;
  }
}

function include(set: Int32Array, more: Int32Array): boolean {
  let changed = false;
  for (let k = 0; k < set.length; k++) {
    const both = set[k]! | more[k]!;
    if (both === set[k]) continue;
    set[k] = both;
    changed = true;
  }
  return changed;
}

function meet(set: Int32Array, other: Int32Array): boolean {
  for (let k = 0; k < set.length; k++) if ((set[k]! & other[k]!) !== 0) return true;
  return false;
}

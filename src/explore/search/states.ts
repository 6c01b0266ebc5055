// The states that a search has seen, by number: their hashes, or whole states.

import { ExactStates } from './exact.ts';
import { FULL } from './state-set.ts';
import type { Symmetry } from './symmetry.ts';
import type { Tracker } from './tracker.ts';

/** A set of hashes: StateSet, or one that several threads share. `same` is asked whether a state of this hash is really the same one. */
export interface StateTable {
  readonly size: number;
  /** The last `add` added the state. */
  readonly fresh: boolean;
  readonly bytes: number;
  /** Adds a state, unless it is there: its number, or FULL. */
  add(low: number, high: number, same?: (number: number) => boolean): number;
  /** The number of a state that is there; FULL when it is not. */
  find(low: number, high: number, same?: (number: number) => boolean): number;
  /** All hashes, two words each; by number, where states have numbers. */
  hashes(): Int32Array;
  clear(): void;
}

export class States {
  /** Hash of the state that was looked at last. */
  low = 0;
  high = 0;
  readonly set: StateTable;
  readonly exact: ExactStates | undefined;
  private readonly tracker: Tracker;
  private readonly symmetry: Symmetry | undefined;

  /** Made when the initial state stands. */
  constructor(tracker: Tracker, symmetry: Symmetry | undefined, set: StateTable, exactWords: number | undefined) {
    this.tracker = tracker;
    this.symmetry = symmetry;
    this.set = set;
    this.exact = exactWords === undefined ? undefined : new ExactStates(tracker, exactWords, symmetry === undefined ? undefined : (row) => symmetry.renamer.least(row));
  }

  /** Looks at the state as it stands. */
  look(): void {
    const { symmetry, tracker: { lanes } } = this;
    if (symmetry !== undefined) {
      symmetry.fold(lanes);
      this.low = symmetry.low;
      this.high = symmetry.high;
      return;
    }
    this.low = lanes[0]!;
    this.high = lanes[1]!;
  }

  /** Adds the state that was looked at: its number, or FULL. `set.fresh` says whether it is new. */
  add(): number {
    const { exact, set } = this;
    if (exact === undefined) return set.add(this.low, this.high);
    exact.look();
    const number = set.add(exact.low, exact.high, exact.same);
    if (set.fresh) exact.keep();
    return number;
  }

  /** Was the state that was looked at seen before? Not for whole states. */
  isKnown(): boolean {
    return this.set.find(this.low, this.high) !== FULL;
  }

  /** Number of the state as it stands; FULL when it was not seen. */
  numberNow(): number {
    const { exact, set } = this;
    this.look();
    if (exact === undefined) return set.find(this.low, this.high);
    exact.look();
    return set.find(exact.low, exact.high, exact.same);
  }

  /** All of them, for a checkpoint. */
  save(): Int32Array {
    return this.exact === undefined ? this.set.hashes() : this.exact.save();
  }

  /** Adds the states that `save` gave, in their order. */
  load(all: Int32Array): void {
    const different = (): boolean => false;
    this.clear();
    if (this.exact !== undefined) this.exact.load(all, (low, high) => { this.set.add(low, high, different); });
    else for (let k = 0; k < all.length; k += 2) this.set.add(all[k]!, all[k + 1]!, different);
  }

  /** Forgets all of them. */
  clear(): void {
    this.set.clear();
    this.exact?.clear();
  }

  get bytes(): number {
    return this.set.bytes + (this.exact?.bytes ?? 0);
  }
}

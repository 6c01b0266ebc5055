// What a search must know of a step: how to take it back, what it does to the hash of the state, which objects it wrote.

import { COPY, MONOTONE, MonotoneWords, PLAIN } from '../../memory/canonical.ts';
import { HashKeys, scramble } from '../../memory/hash.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Observer, Words } from '../../memory/views.ts';
import type { Symmetry } from './symmetry.ts';

/** Lanes of the hash of a state without symmetry. */
const PLAIN_LANES = 2;

export class Tracker implements Observer {
  /** The hash of the state as it is now: two lanes, or, from `start` on, those of symmetry, if there is any. */
  lanes = new Int32Array(PLAIN_LANES);
  /** The first `count` places: objects that the last step wrote, of those wanted, each once; equal writes included. */
  readonly written: Int32Array;
  count = 0;
  /** Words that were ever changed since `start`, in the order of the first change; the first `touchedCount` places. */
  readonly touched: Int32Array;
  touchedCount = 0;
  readonly monotone: MonotoneWords;
  private undoCells = new Int32Array(1 << 12);
  private undoValues = new Int32Array(1 << 12);
  private top = 0;
  private readonly wanted: Uint8Array;
  /** Step in which an object was written last. */
  private readonly stamp: Int32Array;
  protected now = 1;
  private readonly isTouched: Uint8Array;
  /** Touched, and to the hash what it holds: most words that are written. */
  private readonly isPlain: Uint8Array;
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  private readonly words: Words;
  private readonly plan: Plan;
  private symmetry: Symmetry | undefined;
  /** The moving counter and its values, while the copies of it are visited. */
  private counterBefore = 0;
  private counterAfter = 0;
  private readonly recount = (cell: number, copy: number): void =>
    this.rehash(cell, this.monotone.relation(copy, this.counterBefore), this.monotone.relation(copy, this.counterAfter));

  constructor(plan: Plan, words: Words) {
    this.plan = plan;
    this.words = words;
    this.symmetry = undefined;
    this.written = new Int32Array(plan.objects);
    this.wanted = new Uint8Array(plan.objects).fill(1);
    this.stamp = new Int32Array(plan.objects);
    this.touched = new Int32Array(plan.stateWords);
    this.isTouched = new Uint8Array(plan.stateWords);
    this.isPlain = new Uint8Array(plan.stateWords);
    const keys = new HashKeys(plan.stateWords);
    this.low = keys.low;
    this.high = keys.high;
    this.monotone = new MonotoneWords(plan, words);
  }

  /** From now on only these objects (1, by number) are told of in `written`. */
  want(wanted: Uint8Array): void {
    this.wanted.set(wanted);
  }

  /** Call when the initial state stands: hashes it, and forgets how it came about. */
  start(symmetry?: Symmetry): void {
    this.symmetry = symmetry;
    this.lanes = new Int32Array(symmetry?.lanes ?? PLAIN_LANES);
    this.hashWhole();
    this.top = 0;
    this.touchedCount = 0;
    this.isTouched.fill(0);
    this.isPlain.fill(0);
    this.step();
  }

  /** Hashes the state as it is, from nothing. */
  hashWhole(): void {
    this.lanes.fill(0);
    for (let cell = 0; cell < this.plan.stateWords; cell++) this.rehash(cell, 0, this.monotone.value(cell));
  }

  /** Before each step. */
  step(): void {
    this.count = 0;
    this.now = (this.now + 1) | 0;
  }

  /** Did the last step write this object? */
  wrote(id: number): boolean {
    return this.stamp[id] === this.now;
  }

  write(id: number, cell: number, previous: number, value: number): void {
    if (this.stamp[id] !== this.now) {
      this.stamp[id] = this.now;
      if (this.wanted[id] !== 0) this.written[this.count++] = id;
    }
    if (previous === value) return;
    if (this.top === this.undoCells.length) this.growUndo();
    this.undoCells[this.top] = cell;
    this.undoValues[this.top] = previous;
    this.top++;
    if (this.isPlain[cell] !== 0) this.rehash(cell, previous, value);
    else {
      this.touch(cell);
      this.change(cell, previous, value);
    }
  }

  /** The hash follows a word that goes from `previous` to `value`. */
  private change(cell: number, previous: number, value: number): void {
    const kind = this.monotone.kind[cell];
    if (kind === PLAIN) this.rehash(cell, previous, value);
    else if (kind === COPY) {
      const counter = this.words[this.monotone.counterOf(cell)]!;
      this.rehash(cell, this.monotone.relation(previous, counter), this.monotone.relation(value, counter));
    } else if (kind === MONOTONE) {
      this.counterBefore = previous;
      this.counterAfter = value;
      this.monotone.forCopiesOf(cell, this.recount);
    }
  }

  /** Where the undo log stands: give it to `back` to come back to this state. */
  mark(): number {
    return this.top;
  }

  /** Calls `visit` for every word changed since `mark`, as often as it was changed, with what it held before. */
  since(mark: number, visit: (cell: number, previous: number) => void): void {
    for (let k = mark; k < this.top; k++) visit(this.undoCells[k]!, this.undoValues[k]!);
  }

  /** Takes back the words written since `mark`. Whoever does it has kept the lanes, and puts them back. */
  back(mark: number): void {
    const { undoCells, undoValues, words } = this;
    let { top } = this;
    while (top > mark) {
      top--;
      words[undoCells[top]!] = undoValues[top]!;
    }
    this.top = top;
  }

  /** The same, and the lanes follow: for those who have not kept them. */
  unwind(mark: number): void {
    const { words } = this;
    while (this.top > mark) {
      this.top--;
      const cell = this.undoCells[this.top]!;
      const previous = this.undoValues[this.top]!;
      this.change(cell, words[cell]!, previous);
      words[cell] = previous;
    }
  }

  /** Forgets how the state came about, from `mark` on. */
  forget(mark = 0): void {
    this.top = mark;
  }

  /** Notes that a word has changed, when it was changed by somebody else. */
  touch(cell: number): void {
    if (this.isTouched[cell] !== 0) return;
    this.isTouched[cell] = 1;
    if (this.monotone.kind[cell] === PLAIN) this.isPlain[cell] = 1;
    this.touched[this.touchedCount++] = cell;
  }

  /** Bytes that the log takes. */
  get bytes(): number {
    return this.undoCells.length * 8;
  }

  private rehash(cell: number, previous: number, value: number): void {
    const { lanes } = this;
    if (this.symmetry !== undefined) {
      this.symmetry.rehash(lanes, cell, previous, value);
      return;
    }
    const difference = (scramble(value) - scramble(previous)) | 0;
    lanes[0] = (lanes[0]! + Math.imul(this.low[cell]!, difference)) | 0;
    lanes[1] = (lanes[1]! + Math.imul(this.high[cell]!, difference)) | 0;
  }

  private growUndo(): void {
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.undoCells = grown(this.undoCells);
    this.undoValues = grown(this.undoValues);
  }
}

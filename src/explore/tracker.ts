// What a search must know of a step: how to take it back, what it does to the hash of the state, which objects it touched.

import { COPY, MONOTONE, MonotoneWords, PLAIN } from '../memory/canonical.ts';
import { HashKeys, hashState, scramble } from '../memory/hash.ts';
import type { Plan } from '../memory/plan.ts';
import type { Observer, Words } from '../memory/views.ts';

/** Words that one path of a search may change before its log is full. */
const UNDO_CAPACITY = 1 << 22;

export class Tracker implements Observer {
  /** Two lanes of the hash of the state as it is now. */
  readonly hash = new Int32Array(2);
  /** Objects that the last step wrote, in the order of the first write; equal writes included. */
  readonly written: number[] = [];
  private readonly undoCells = new Int32Array(UNDO_CAPACITY);
  private readonly undoValues = new Int32Array(UNDO_CAPACITY);
  private top = 0;
  private readonly keys: HashKeys;
  private readonly words: Words;
  private readonly monotone: MonotoneWords;
  private readonly plan: Plan;

  constructor(plan: Plan, words: Words) {
    this.plan = plan;
    this.words = words;
    this.keys = new HashKeys(plan.stateWords);
    this.monotone = new MonotoneWords(plan, words);
  }

  /** Call when the initial state stands: hashes it, and forgets how it came about. */
  start(): void {
    this.hash.set(hashState(this.words, this.plan.stateWords, (cell) => this.monotone.value(cell)));
    this.top = 0;
    this.written.length = 0;
  }

  write(id: number, cell: number, previous: number, value: number): void {
    if (!this.written.includes(id)) this.written.push(id);
    if (previous === value) return;
    if (this.top === UNDO_CAPACITY) throw new Error(`one path of the search changes more than ${UNDO_CAPACITY} words; bound its depth`);
    this.undoCells[this.top] = cell;
    this.undoValues[this.top] = previous;
    this.top++;
    this.rehash(cell, previous, value);
  }

  /** Where the undo log stands: give it to `back` to come back to this state. */
  mark(): number {
    return this.top;
  }

  /** Takes back everything written since `mark`. */
  back(mark: number): void {
    while (this.top > mark) {
      this.top--;
      const cell = this.undoCells[this.top]!;
      const previous = this.undoValues[this.top]!;
      this.rehash(cell, this.words[cell]!, previous);
      this.words[cell] = previous;
    }
  }

  private rehash(cell: number, previous: number, value: number): void {
    const { monotone } = this;
    switch (monotone.kind[cell]) {
      case PLAIN:
        this.count(cell, previous, value);
        return;
      case COPY: {
        const counter = this.words[monotone.counterOf(cell)]!;
        this.count(cell, monotone.relation(previous, counter), monotone.relation(value, counter));
        return;
      }
      case MONOTONE:
        monotone.forCopiesOf(cell, (copyCell, copy) => this.count(copyCell, monotone.relation(copy, previous), monotone.relation(copy, value)));
    }
  }

  private count(cell: number, previous: number, value: number): void {
    const difference = (scramble(value) - scramble(previous)) | 0;
    this.hash[0] = (this.hash[0]! + Math.imul(this.keys.low[cell]!, difference)) | 0;
    this.hash[1] = (this.hash[1]! + Math.imul(this.keys.high[cell]!, difference)) | 0;
  }
}

// Which words a step reads and writes, with their values: what a trace leaves out, because replay brings it back.

import type { Observer, Words } from '../memory/views.ts';

/** One word that a step touched. */
export interface Touched {
  readonly id: number;
  readonly cell: number;
  /** What was there when the step came to it. */
  readonly before: number;
  /** What it left there. */
  after: number;
  read: boolean;
  written: boolean;
}

/** Keeps the words that one step touches, in the order of the first touch. */
export class ValueLog implements Observer {
  /** Objects that were written, as WriteLog has them. */
  readonly written: number[] = [];
  private readonly words: Words;
  private readonly cells = new Map<number, Touched>();

  constructor(words: Words) {
    this.words = words;
  }

  read(id: number, cell: number): void {
    const touched = this.touch(id, cell, this.words[cell]!);
    // A word that the step itself wrote before tells it nothing.
    if (!touched.written) touched.read = true;
  }

  write(id: number, cell: number, previous: number, value: number): void {
    const touched = this.touch(id, cell, previous);
    touched.written = true;
    touched.after = value;
    if (!this.written.includes(id)) this.written.push(id);
  }

  /** Before each step. */
  clear(): void {
    this.cells.clear();
    this.written.length = 0;
  }

  /** What the step has touched. */
  take(): Touched[] {
    return [...this.cells.values()];
  }

  /** The same, until the next step. */
  touched(): IterableIterator<Touched> {
    return this.cells.values();
  }

  private touch(id: number, cell: number, before: number): Touched {
    let touched = this.cells.get(cell);
    if (touched === undefined) this.cells.set(cell, touched = { id, cell, before, after: before, read: false, written: false });
    return touched;
  }
}

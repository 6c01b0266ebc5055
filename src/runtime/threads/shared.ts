// What the workers of a run share beside physical memory: the flags of the run, and a log ring for each worker.

import type { Plan } from '../../memory/plan.ts';

/** Words of the control block. */
export const CONTROL = {
  /** 0 until all workers are up, then 1: begin. */
  GATE: 0,
  /** Not 0: the run is over for everybody (a reason of END). */
  END: 1,
  /** Counts up when a step was done while somebody slept. */
  DOORBELL: 2,
  /** Workers that sleep, or are about to. */
  SLEEPERS: 3,
  /** Workers that are up. */
  READY: 4,
  WORDS: 16,
} as const;

export const END = { RUNNING: 0, LIMIT: 1, STANDSTILL: 2, FAILED: 3 } as const;

/** Everything a worker needs: structured-clone data. */
export interface Shared {
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** One log for each worker. */
  readonly logs: readonly SharedArrayBuffer[];
}

/** Words of a log's head: how far it is written, how far it is read. */
export const LOG_HEAD = 4;
const LOG_WORDS = 1 << 18;

/** Fresh memory, flags and logs for so many workers. */
export function makeShared(plan: Plan, workers: number): Shared {
  return {
    memory: new SharedArrayBuffer(plan.totalWords * 4),
    control: new SharedArrayBuffer(CONTROL.WORDS * 4),
    logs: Array.from({ length: workers }, () => new SharedArrayBuffer((LOG_HEAD + LOG_WORDS) * 4)),
  };
}

/** A record: actor, leaf, outcome, choice, number of tickets, then (object, version) for each. */
export const RECORD_HEAD = 5;

/** The writing end of a worker's log. Nothing is dropped: when the ring is full the writer waits. */
export class LogWriter {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly size: number;
  private head = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.size = this.words.length - LOG_HEAD;
  }

  /** Waits for room for `count` words, unless `over` says that the run has ended. */
  reserve(count: number, over: () => boolean): void {
    for (;;) {
      const tail = Atomics.load(this.words, 1);
      if (this.head - tail + count <= this.size) return;
      this.publish();
      if (over()) return;
      Atomics.wait(this.words, 1, tail, 10);
    }
  }
  put(word: number): void {
    this.words[LOG_HEAD + (this.head % this.size)] = word;
    this.head++;
  }
  /** Lets the reader see what was put. A worker publishes before it blocks, idles or waits for room. */
  publish(): void {
    if (Atomics.load(this.words, 0) === this.head) return;
    Atomics.store(this.words, 0, this.head);
    Atomics.notify(this.words, 0);
  }
}

/** The reading end. */
export class LogReader {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly size: number;
  private tail = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.size = this.words.length - LOG_HEAD;
  }
  /** Is a whole record there? Records are published whole. */
  waiting(): boolean {
    return Atomics.load(this.words, 0) !== this.tail;
  }
  /** Word `i` of the next record. */
  peek(i: number): number {
    return this.words[LOG_HEAD + ((this.tail + i) % this.size)]!;
  }
  /** The next record, of `count` words, has been read. */
  skip(count: number): void {
    this.tail += count;
    Atomics.store(this.words, 1, this.tail);
    Atomics.notify(this.words, 1);
  }
}

// What the threads of a run share beside physical memory: the flags of the run, a doorbell for each thread, who waits for which
// object, and a log ring for each thread that executes steps.

import type { Plan } from '../../memory/plan.ts';
import { makeLog } from './log.ts';

/** Words of the control block in front of the threads' own. */
export const CONTROL = {
  /** Not 0: the round is over for everybody (a reason of END). Written by whoever finds the reason, once a round. */
  END: 0,
  /** Number of the round that may begin; workers wait for it. Written by the shadow. */
  ROUND: 1,
  /** Workers that stand at the start of a round, over all rounds: who arrives last lets all go. */
  ARRIVED: 2,
  /** Workers that have finished a round, over all rounds; the dead ones counted in by the main thread. */
  DONE: 3,
  /** Threads that are up. */
  READY: 4,
  /** Number of the standstill in which the round is, since something from outside may help; 0 while there is none. Written by the shadow. */
  STILL: 5,
  /** Batches that the shadow has sent, and that the main thread has taken: their difference is bounded. */
  EMITTED: 6,
  TAKEN: 7,
  /** Reason of END for which the main thread wants the whole run to end; 0: none. */
  STOP: 8,
  /** 1 while the logs have records that the shadow cannot order: for a moment that is as it should be. */
  UNORDERED: 9,
  /** Number of the last standstill of which the main thread knows that nothing more will come. */
  GIVEN_UP: 10,
} as const;

/** Why a round is over. */
export const END = { RUNNING: 0, STEPS: 1, SECONDS: 2, STANDSTILL: 3, VIOLATION: 4, INTERRUPTED: 5, FAILED: 6, QUIT: 7 } as const;

/** Words of a thread's own part of the control block; a cache line apart. */
export const OWN = {
  /** Counts up when there is something new for the thread. */
  BELL: 0,
  /** 1 while the thread sleeps, or is about to. */
  SLEEPING: 1,
  /** The bell as it was when the thread went to sleep. */
  SEEN: 2,
  /** Steps that it has executed, mod 2^32. */
  STEPS: 3,
  /** Actor whose step it executes, or executed last. */
  ACTOR: 4,
} as const;

const HEAD_WORDS = 16;
const OWN_WORDS = 16;

/** Everything a thread needs: structured-clone data. Threads are numbered: the workers, then the shadow, then the outside. */
export interface Shared {
  readonly workers: number;
  readonly memory: SharedArrayBuffer;
  /** Memory of the shadow: equal to physical memory at the end. */
  readonly shadow: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** For each object, the workers that have an actor waiting for it, as bits. */
  readonly waiters: SharedArrayBuffer;
  /** One log for each worker, and one for what comes from outside. */
  readonly logs: readonly SharedArrayBuffer[];
  /** Every object's first version. */
  readonly firstVersion: number;
}

/** A step has written `object`: the workers that have actors waiting for it are rung. Answers all that waited, as bits, this thread's own
 *  bit `own` too, which is not rung. */
export function wakeWaiters(waiters: Int32Array<SharedArrayBuffer>, control: Control, object: number, own = 0): number {
  if (Atomics.load(waiters, object) === 0) return 0;
  const waiting = Atomics.exchange(waiters, object, 0);
  for (let worker = 0; worker < control.workers; worker++) if ((waiting & ~own & (1 << worker)) !== 0) control.ring(worker);
  return waiting;
}

/** Workers at most: each is a bit of a word. */
export const MOST_WORKERS = 16;

/** Words of a log unless a test wants less. */
const LOG_WORDS = 1 << 18;

/** Fresh memory, flags and logs for so many workers. */
export function makeShared(plan: Plan, workers: number, { logWords = LOG_WORDS, firstVersion = 0 } = {}): Shared {
  return {
    workers,
    memory: new SharedArrayBuffer(plan.totalWords * 4),
    shadow: new SharedArrayBuffer(plan.totalWords * 4),
    control: new SharedArrayBuffer((HEAD_WORDS + (workers + 2) * OWN_WORDS) * 4),
    waiters: new SharedArrayBuffer(plan.objects * 4),
    logs: Array.from({ length: workers + 1 }, () => makeLog(logWords)),
    firstVersion,
  };
}

/** The control block as a thread uses it. */
export class Control {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly workers: number;

  constructor({ control, workers }: Shared) {
    this.words = new Int32Array(control);
    this.workers = workers;
  }

  /** Thread number of the shadow. */
  get shadow(): number { return this.workers; }
  /** Thread number of what comes from outside. */
  get outside(): number { return this.workers + 1; }

  /** Place of a thread's own word. */
  at(thread: number, word: number): number {
    return HEAD_WORDS + thread * OWN_WORDS + word;
  }

  get end(): number { return Atomics.load(this.words, CONTROL.END); }

  /** Ends the round for `reason` unless it has ended, and wakes everybody. True when this was the reason. */
  finish(reason: number): boolean {
    const first = Atomics.compareExchange(this.words, CONTROL.END, END.RUNNING, reason) === END.RUNNING;
    this.ringAll();
    return first;
  }

  /** Something is new for a thread. */
  ring(thread: number): void {
    const bell = this.at(thread, OWN.BELL);
    Atomics.add(this.words, bell, 1);
    if (Atomics.load(this.words, this.at(thread, OWN.SLEEPING)) !== 0) Atomics.notify(this.words, bell);
  }

  ringAll(): void {
    for (let thread = 0; thread < this.workers + 2; thread++) {
      Atomics.add(this.words, this.at(thread, OWN.BELL), 1);
      Atomics.notify(this.words, this.at(thread, OWN.BELL));
    }
  }

  /** What to compare a later bell with. */
  bell(thread: number): number {
    return Atomics.load(this.words, this.at(thread, OWN.BELL));
  }

  /** Sleeps until the bell is not `seen` any more, or so many milliseconds. Look at the bell first, then at what it announces, then sleep. */
  sleep(thread: number, seen: number, ms = Infinity): void {
    const sleeping = this.at(thread, OWN.SLEEPING);
    Atomics.store(this.words, this.at(thread, OWN.SEEN), seen);
    Atomics.store(this.words, sleeping, 1);
    Atomics.wait(this.words, this.at(thread, OWN.BELL), seen, ms);
    Atomics.store(this.words, sleeping, 0);
  }

  /** All workers sleep, and none has been rung since it looked. Asked twice with nothing else moving in between, it is so. */
  allAsleep(): boolean {
    for (let worker = 0; worker < this.workers; worker++) {
      if (Atomics.load(this.words, this.at(worker, OWN.SLEEPING)) === 0) return false;
      if (this.bell(worker) !== Atomics.load(this.words, this.at(worker, OWN.SEEN))) return false;
    }
    return true;
  }

  /** The bells of all workers, to be compared with later. */
  bells(): number[] {
    return Array.from({ length: this.workers }, (_one, worker) => this.bell(worker));
  }
}

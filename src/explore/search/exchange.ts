// What the threads of a search say to each other, in shared memory: who has nothing to do, what is handed to him, when everybody is to
// stand still, when all is over. A thread with nothing to do sleeps; the others look at a word now and then.

/** Words of `control`. LOCK: whoever has it may change the others. EVENT: counts changes, and is what threads sleep on. STOP: why everybody is
 *  to stop. ACTIVE: threads that have work. HUNGRY: those that wait for some. GROW: the table is to grow. PARKED: those that stand still
 *  for it. EPOCH: how often it has grown. Behind them, by thread, what it waits for. */
const LOCK = 0, EVENT = 1, STOP = 2, ACTIVE = 3, HUNGRY = 4, GROW = 5, PARKED = 6, EPOCH = 7, WAITS = 8;
/** Why everybody stops: nothing is left; somebody wants it. */
const DONE = 1, ASKED = 2;
/** What a thread waits for: nothing, work; its work is there. */
const BUSY = 0, WAITING = 1, SERVED = 2;
/** Words that a stack handed over may have. */
const STACK = 1 << 16;
/** Numbers of how far a thread is: steps, levels on its paths, bytes of its own, findings, deepest. */
const FAR = 5;

/** What threads are given. */
export interface SharedExchange {
  readonly control: Int32Array<SharedArrayBuffer>;
  /** A stack for each thread. */
  readonly stacks: Int32Array<SharedArrayBuffer>;
  readonly far: Float64Array<SharedArrayBuffer>;
}

/** How far a thread is. */
export interface Far { readonly transitions: number; readonly depth: number; readonly bytes: number; readonly findings: number; readonly deepest: number }

/** Makes the shared memory for so many threads. */
export function sharedExchange(threads: number): SharedExchange {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * (WAITS + threads))), stacks: new Int32Array(new SharedArrayBuffer(4 * STACK * threads)),
    far: new Float64Array(new SharedArrayBuffer(8 * FAR * threads)),
  };
}

export class Exchange {
  private readonly control: Int32Array<SharedArrayBuffer>;
  private readonly stacks: Int32Array<SharedArrayBuffer>;
  private readonly all: Float64Array<SharedArrayBuffer>;

  constructor({ control, stacks, far }: SharedExchange) {
    this.control = control;
    this.stacks = stacks;
    this.all = far;
  }

  /** Before threads begin: so many of them have work. */
  begin(active: number): void {
    this.control.fill(0);
    this.control[ACTIVE] = active;
    this.all.fill(0);
  }

  /** Is everybody to stop? */
  get stopped(): boolean {
    return Atomics.load(this.control, STOP) !== 0;
  }

  /** Does somebody wait for work? */
  get hungry(): boolean {
    return Atomics.load(this.control, HUNGRY) !== 0;
  }

  /** Is everybody to stand still, for the table to grow? */
  get growing(): boolean {
    return Atomics.load(this.control, GROW) !== 0;
  }

  /** Makes everybody stop soon. Anybody may say it, whoever sleeps included. */
  stop(): void {
    Atomics.compareExchange(this.control, STOP, 0, ASKED);
    this.changed();
  }

  /** Serves one of those that wait for work with what `split` gives: a stack of at most so many words. */
  give(split: (most: number) => Int32Array | undefined): void {
    const { control } = this;
    this.locked(() => {
      const thread = control.indexOf(WAITING, WAITS) - WAITS;
      if (thread < 0 || control[STOP] !== 0) return;
      const stack = split(STACK - 1);
      if (stack === undefined) return;
      this.stacks[thread * STACK] = stack.length;
      this.stacks.set(stack, thread * STACK + 1);
      control[WAITS + thread] = SERVED;
      control[HUNGRY]!--;
      control[ACTIVE]!++;
      this.changed();
    });
  }

  /** Waits for work. `had`: this thread had some, and has come to its end; `grow`: as `stand` wants it. Nothing when there will be none. */
  take(thread: number, had: boolean, grow: () => void): Int32Array | undefined {
    const { control } = this;
    this.locked(() => {
      if (had) control[ACTIVE]!--;
      if (control[ACTIVE] === 0) Atomics.compareExchange(control, STOP, 0, DONE);
      control[WAITS + thread] = WAITING;
      control[HUNGRY]!++;
      // Perhaps it was this one that the others stand still for.
      if (control[GROW] !== 0 && control[PARKED] === control[ACTIVE]) this.grown(grow);
      this.changed();
    });
    return this.sleepUntil(() => {
      // What was handed over is not lost when everybody stops.
      if (control[WAITS + thread] === SERVED) {
        control[WAITS + thread] = BUSY;
        const at = thread * STACK + 1;
        return { stack: this.stacks.slice(at, at + this.stacks[at - 1]!) };
      }
      return control[STOP] === 0 ? undefined : { stack: undefined };
    }).stack;
  }

  /** Wants everybody to stand still. */
  pause(): void {
    Atomics.store(this.control, GROW, 1);
    this.changed();
  }

  /** Stands still until all that have work do; the last one lets the table grow, by `grow`. */
  stand(grow: () => void): void {
    const { control } = this;
    const epoch = this.locked(() => {
      if (control[GROW] === 0) return -1;
      control[PARKED]!++;
      if (control[PARKED] !== control[ACTIVE]) return control[EPOCH]!;
      this.grown(grow);
      return -1;
    });
    if (epoch >= 0) this.sleepUntil(() => (control[EPOCH] !== epoch || control[STOP] !== 0 ? true : undefined));
  }

  /** Notes how far a thread is. */
  note(thread: number, { transitions, depth, bytes, findings, deepest }: Far): void {
    const { all } = this;
    const at = thread * FAR;
    all[at] = transitions;
    all[at + 1] = depth;
    all[at + 2] = bytes;
    all[at + 3] = findings;
    all[at + 4] = deepest;
  }

  /** How far all threads are together; the most findings and the deepest. */
  together(): Far {
    const sum = [0, 0, 0];
    let findings = 0;
    let deepest = 0;
    for (let at = 0; at < this.all.length; at += FAR) {
      for (let k = 0; k < sum.length; k++) sum[k]! += this.all[at + k]!;
      findings = Math.max(findings, this.all[at + 3]!);
      deepest = Math.max(deepest, this.all[at + 4]!);
    }
    return { transitions: sum[0]!, depth: sum[1]!, bytes: sum[2]!, findings, deepest };
  }

  private grown(grow: () => void): void {
    const { control } = this;
    grow();
    control[GROW] = control[PARKED] = 0;
    control[EPOCH]!++;
    this.changed();
  }

  private changed(): void {
    Atomics.add(this.control, EVENT, 1);
    Atomics.notify(this.control, EVENT);
  }

  /** Sleeps until `look`, which is asked again behind every change, answers something. */
  private sleepUntil<T>(look: () => T | undefined): T {
    for (;;) {
      const seen = Atomics.load(this.control, EVENT);
      const answer = this.locked(look);
      if (answer !== undefined) return answer;
      Atomics.wait(this.control, EVENT, seen);
    }
  }

  private locked<T>(act: () => T): T {
    const { control } = this;
    while (Atomics.compareExchange(control, LOCK, 0, 1) !== 0) Atomics.wait(control, LOCK, 1);
    try {
      return act();
    } finally {
      Atomics.store(control, LOCK, 0);
      Atomics.notify(control, LOCK, 1);
    }
  }
}

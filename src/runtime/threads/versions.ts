// The version words of objects, as a thread that executes steps uses them. A step takes the version of each object at its first
// access (odd: taken) and holds it to its end; what it saw are its tickets. An object that another step holds for longer than a
// moment is a conflict: the step is taken back and tried again. So nobody waits for ever while holding, whatever the order of
// accesses, and every execution is conflict-serialisable.

import type { Observer, Words } from '../../memory/views.ts';
import type { Plan } from '../../memory/plan.ts';

/** Thrown through a step when an object is taken by another thread. */
export const CONFLICT = { conflict: true } as const;

/** Objects and words that one step may touch. */
const CAPACITY = 1 << 16;

/** Looks at a version that is taken before the step gives up: steps are short, but their thread may have lost its processor. */
const PATIENCE = 200;

/** What a version word counts: it wraps at 2^31, since its lowest bit says whether it is taken. */
export const nextVersion = (version: number): number => (version + 1) & 0x7fffffff;
/** The word of a version that nobody has taken. */
export const versionWord = (version: number): number => (version << 1) | 0;

export class VersionTaker implements Observer {
  /** An actor's own registers are nobody else's: reading them needs no version. */
  readonly readsUnseen = ['frame'];
  /** Objects that the step has taken, the versions that it saw (its tickets), and whether it has written them. */
  readonly objects = new Int32Array(CAPACITY);
  readonly tickets = new Int32Array(CAPACITY);
  readonly wrote = new Uint8Array(CAPACITY);
  count = 0;
  /** Steps that were taken back. */
  conflicts = 0;
  private readonly words: Words;
  private readonly versions: number;
  private readonly privateObjects: number;
  private readonly undoCells = new Int32Array(CAPACITY);
  private readonly undoValues = new Int32Array(CAPACITY);
  private undo = 0;
  /** Step number in which an object was taken last, and its place in the lists then. */
  private readonly takenIn: Int32Array;
  private readonly place: Int32Array;
  private now = 1;

  /** `privateObjects`: objects below this number belong to one actor each (frames) and need no version. */
  constructor(plan: Plan, words: Words, privateObjects: number) {
    this.words = words;
    this.versions = plan.versions;
    this.privateObjects = privateObjects;
    this.takenIn = new Int32Array(plan.objects);
    this.place = new Int32Array(plan.objects);
  }

  read(id: number): void {
    this.take(id);
  }

  write(id: number, cell: number): void {
    if (id >= this.privateObjects) {
      this.take(id);
      this.wrote[this.place[id]!] = 1;
    }
    if (this.undo === CAPACITY) throw new RangeError(`a step writes more than ${CAPACITY} words`);
    this.undoCells[this.undo] = cell;
    // Read here, behind the taking: what the accessor read before it may be out of date.
    this.undoValues[this.undo] = this.words[cell]!;
    this.undo++;
  }

  /** Takes the version of an object, if the step has not. */
  protected take(id: number): void {
    if (this.takenIn[id] === this.now) return;
    const { words } = this;
    const at = this.versions + id;
    let version = Atomics.load(words, at);
    for (let tries = 0; (version & 1) !== 0 || Atomics.compareExchange(words, at, version, version + 1) !== version; version = Atomics.load(words, at)) {
      if (++tries > PATIENCE) throw CONFLICT;
    }
    if (this.count === CAPACITY) throw new RangeError(`a step touches more than ${CAPACITY} objects`);
    this.takenIn[id] = this.now;
    this.place[id] = this.count;
    this.objects[this.count] = id;
    this.tickets[this.count] = version >>> 1;
    this.wrote[this.count] = 0;
    this.count++;
  }

  /** The step is done: every object that it touched counts one up, the read ones too, so that tickets give one order. What it
   *  touched stands in the lists until the next step. */
  commit(): void {
    const { words, versions, count } = this;
    for (let k = 0; k < count; k++) Atomics.store(words, versions + this.objects[k]!, versionWord(nextVersion(this.tickets[k]!)));
    this.undo = 0;
  }

  /** Behind `rollBack`: nobody has touched this object since the step that was taken back touched it. */
  unchanged(id: number): boolean {
    return this.takenIn[id] === this.now && Atomics.load(this.words, this.versions + id) === versionWord(this.tickets[this.place[id]!]!);
  }

  /** Before each step. */
  begin(): void {
    this.count = 0;
    this.undo = 0;
    this.now = (this.now + 1) | 0;
  }

  /** The step was blocked, or met a conflict: what it wrote is taken back, nothing counts up. */
  rollBack(): void {
    const { words } = this;
    while (this.undo > 0) {
      this.undo--;
      words[this.undoCells[this.undo]!] = this.undoValues[this.undo]!;
    }
    for (let k = 0; k < this.count; k++) Atomics.store(words, this.versions + this.objects[k]!, versionWord(this.tickets[k]!));
    this.count = 0;
  }
}

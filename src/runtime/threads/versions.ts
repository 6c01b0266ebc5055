// The version words of objects, as a worker uses them. A step takes the version of each object at its first access (odd: taken)
// and holds it to its end; what it saw are its tickets. An object that another step holds is a conflict: the step is taken back
// and tried again. So nobody waits while holding, whatever the order of accesses, and every execution is conflict-serialisable.

import type { Observer, Words } from '../../memory/views.ts';
import type { Plan } from '../../memory/plan.ts';

/** Thrown through a step when an object is taken by another worker. */
export const CONFLICT = { conflict: true } as const;

/** Objects and words that one step may touch. */
const CAPACITY = 4096;

export class VersionTaker implements Observer {
  /** Objects that the step has taken, and the versions that it saw (its tickets). */
  readonly objects = new Int32Array(CAPACITY);
  readonly tickets = new Int32Array(CAPACITY);
  count = 0;
  /** Steps that were taken back. */
  conflicts = 0;
  private readonly words: Words;
  private readonly versions: number;
  private readonly privateObjects: number;
  private readonly undoCells = new Int32Array(CAPACITY);
  private readonly undoValues = new Int32Array(CAPACITY);
  private undo = 0;
  /** Step number in which an object was taken last. */
  private readonly heldIn: Int32Array;
  private now = 1;

  /** `privateObjects`: objects below this number belong to one actor each (frames) and need no version. */
  constructor(plan: Plan, words: Words, privateObjects: number) {
    this.words = words;
    this.versions = plan.versions;
    this.privateObjects = privateObjects;
    this.heldIn = new Int32Array(plan.objects);
  }

  read(id: number): void {
    this.take(id);
  }

  write(id: number, cell: number, previous: number): void {
    this.take(id);
    if (this.undo === CAPACITY) throw new RangeError(`a step writes more than ${CAPACITY} words`);
    this.undoCells[this.undo] = cell;
    this.undoValues[this.undo] = previous;
    this.undo++;
  }

  private take(id: number): void {
    if (id < this.privateObjects || this.heldIn[id] === this.now) return;
    const at = this.versions + id;
    const version = Atomics.load(this.words, at);
    if ((version & 1) !== 0 || Atomics.compareExchange(this.words, at, version, version + 1) !== version) throw CONFLICT;
    this.heldIn[id] = this.now;
    this.objects[this.count] = id;
    this.tickets[this.count] = version >>> 1;
    this.count++;
  }

  /** The step is done: every object that it touched counts one up. */
  commit(): void {
    for (let k = 0; k < this.count; k++) Atomics.store(this.words, this.versions + this.objects[k]!, ((this.tickets[k]! << 1) + 2) | 0);
    this.forget();
  }

  /** The step was blocked, or met a conflict: what it wrote is taken back, nothing counts up. */
  rollBack(): void {
    while (this.undo > 0) {
      this.undo--;
      this.words[this.undoCells[this.undo]!] = this.undoValues[this.undo]!;
    }
    for (let k = 0; k < this.count; k++) Atomics.store(this.words, this.versions + this.objects[k]!, (this.tickets[k]! << 1) | 0);
    this.forget();
  }

  private forget(): void {
    this.count = 0;
    this.undo = 0;
    this.now = (this.now + 1) | 0;
  }
}

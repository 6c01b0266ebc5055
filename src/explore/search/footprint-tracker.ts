// The tracker of a search that leaves interleavings out: it notes which objects a step has read and which it has written, and those that the
// checks behind it have looked at.

import { Tracker } from './tracker.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';

export class FootprintTracker extends Tracker {
  /** Objects that the last step has read, the first `readCount`, each once; the same of those that it has written. */
  readonly readIds: Int32Array;
  readCount = 0;
  readonly writeIds: Int32Array;
  writeCount = 0;
  /** Objects that the checks behind it have looked at. */
  readonly checkIds: Int32Array;
  checkCount = 0;
  private readonly readIn: Int32Array;
  private readonly checkedIn: Int32Array;
  /** For checks. */
  readonly reads = (id: number): void => {
    if (this.checkedIn[id] === this.now) return;
    this.checkedIn[id] = this.now;
    this.checkIds[this.checkCount++] = id;
  };

  constructor(plan: Plan, words: Words) {
    super(plan, words);
    this.readIds = new Int32Array(plan.objects);
    this.writeIds = new Int32Array(plan.objects);
    this.checkIds = new Int32Array(plan.objects);
    this.checkedIn = new Int32Array(plan.objects);
    this.readIn = new Int32Array(plan.objects);
  }

  override step(): void {
    super.step();
    this.readCount = 0;
    this.checkCount = 0;
    this.writeCount = 0;
  }

  read(id: number): void {
    if (this.readIn[id] === this.now) return;
    this.readIn[id] = this.now;
    this.readIds[this.readCount++] = id;
  }

  override write(id: number, cell: number, previous: number, value: number): void {
    if (!this.wrote(id)) this.writeIds[this.writeCount++] = id;
    super.write(id, cell, previous, value);
  }
}

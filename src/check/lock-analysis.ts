// The lock order of executed steps, and nothing else: where a schedule is executed again and again, races and the like take too long.

import { LockOrder } from './lock-order.ts';
import { LockWatch } from './lock-watch.ts';
import { StepStream, type AnalysedWorld } from './step-stream.ts';
import type { Footprint } from './footprint.ts';
import type { LockOrderReport } from './lock-report.ts';
import type { Race } from './races.ts';

export class LockAnalysis {
  private readonly stream: StepStream;
  private readonly lockOrder: LockOrder;
  private readonly watch: LockWatch;

  /** Of a world that stands at the beginning of a run. */
  constructor(world: AnalysedWorld) {
    this.stream = new StepStream(world);
    this.lockOrder = new LockOrder(this.stream);
    this.watch = new LockWatch(this.stream, [this.lockOrder]);
  }

  /** Call behind each step. */
  afterStep(footprint: Footprint): void {
    this.stream.now += 1;
    this.watch.afterStep(footprint);
  }

  /** An actor was found blocked on an object: its wish counts. */
  blocked(actor: number, object: number): void {
    this.watch.blocked(actor, object);
  }

  /** What was found; of races nothing. */
  report(): { readonly lockOrder: LockOrderReport; readonly races: readonly Race[] } {
    return { lockOrder: this.lockOrder.report(), races: [] };
  }
}

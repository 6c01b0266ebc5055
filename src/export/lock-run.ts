// The lock order of a stream of steps: they are executed once more, on a world of their own, since who holds which lock is read off memory.

import { FootprintLog } from '../check/footprint.ts';
import { LockAnalysis } from '../check/lock-analysis.ts';
import type { LockOrderReport } from '../check/lock-report.ts';
import type { Words } from '../memory/views.ts';
import type { StepEvent } from '../runtime/events.ts';
import { applyInjection } from '../runtime/injection.ts';
import { UndoLog, waitsFor } from '../runtime/peek.ts';
import { preparedWorld } from '../runtime/prepared.ts';
import { LaboratoryError, type RunWorld } from '../runtime/world.ts';
import type { ExportRun } from './exporter.ts';

/** Sees what a step touched, and can take it back. */
class LockLog extends UndoLog {
  readonly footprint: FootprintLog;
  /** An actor's registers are its own, and no locks. */
  frames = { first: 0, end: 0 };

  constructor(objects: number, words: Words) {
    super(words);
    this.footprint = new FootprintLog(objects);
  }
  read(id: number): void {
    if (id < this.frames.first || id >= this.frames.end) this.footprint.read(id);
  }
  override write(id: number, cell: number, previous: number): void {
    super.write(id, cell, previous);
    if (id < this.frames.first || id >= this.frames.end) this.footprint.write(id);
  }
  override clear(): void {
    super.clear();
    this.footprint.clear();
  }
}

/** Follows a run from its first step on. */
export class LockRun {
  private readonly world: RunWorld;
  private readonly log: LockLog;
  private readonly analysis: LockAnalysis;
  private readonly numbers: ReadonlyMap<string, number>;

  constructor({ kernel, topology }: ExportRun) {
    const { world, observer } = preparedWorld(kernel, topology, (objects, words) => new LockLog(objects, words));
    this.world = world;
    this.log = observer;
    const { firstId, count } = world.plan.byName.get('frame')!;
    observer.frames = { first: firstId, end: firstId + count };
    observer.clear();
    this.analysis = new LockAnalysis(world);
    this.numbers = new Map(topology.actors.map(({ name }, k) => [name, k + 1]));
  }

  /** The next step. */
  step({ step, actor, choice = 0, injection }: StepEvent): void {
    this.log.clear();
    if (injection === undefined) this.world.step(this.numbers.get(actor)!, () => choice);
    else if (!applyInjection(this.world, injection)) throw new LaboratoryError(`what came in by step ${step} does not come in when it is executed again`);
    this.analysis.afterStep(this.log.footprint);
  }

  /** Order and cycles. `stuck`: nobody goes on, so what they wait for counts as wanted. */
  report(stuck: boolean): LockOrderReport {
    for (let actor = 1; stuck && actor <= this.numbers.size; actor++) {
      if (this.world.ended(actor)) continue;
      const object = waitsFor(this.world, this.log, actor);
      if (object >= 0) this.analysis.blocked(actor, object);
    }
    return this.analysis.report().lockOrder;
  }
}

// What the world of a sampler reports of its steps: the objects that were written, what a step touched where that is wanted; and it can
// let an actor try its step and take it back.

import { FootprintLog } from '../check/footprint.ts';
import { FootprintWriteLog } from '../runtime/footprint-write-log.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Touched } from './strategy.ts';

export class PeekLog extends FootprintWriteLog {
  private readonly tried: FootprintLog;
  private peeking = false;
  private readonly cells: number[] = [];
  private readonly values: number[] = [];

  constructor(objects: number) {
    super(objects);
    this.tried = new FootprintLog(objects);
  }

  override read(id: number): void {
    if (this.peeking) this.tried.read(id);
    else super.read(id);
  }

  override write(id: number, cell = 0, previous = 0): void {
    if (!this.peeking) {
      super.write(id);
      return;
    }
    this.tried.write(id);
    this.cells.push(cell);
    this.values.push(previous);
  }

  /** What the next step of an actor would touch. The step is executed and taken back; nothing is told of it, and `world.last` is spoilt. */
  peek(world: RunWorld, actor: number): Touched {
    const { tried, cells, values } = this;
    tried.clear();
    if (world.ended(actor)) return tried;
    const { words, plan, watch } = world;
    // Registers are not reported: they are kept aside as a whole.
    const { base, words: stride } = plan.byName.get('frame')!;
    const frame = words.slice(base + actor * stride, base + (actor + 1) * stride);
    world.watch = undefined;
    this.peeking = true;
    try {
      world.step(actor, first);
    } finally {
      this.peeking = false;
      world.watch = watch;
      for (let k = cells.length - 1; k >= 0; k--) words[cells[k]!] = values[k]!;
      words.set(frame, base + actor * stride);
      cells.length = 0;
      values.length = 0;
    }
    return tried;
  }
}

const first = (): number => 0;

// What the world of a sampler reports of its steps: the objects that were written, what a step touched where that is wanted; and it can
// let an actor try its step and take it back.

import { FootprintLog } from '../check/footprint.ts';
import { FootprintWriteLog } from '../runtime/footprint-write-log.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Touched } from './strategy.ts';

/** Words that a step is expected to write at most, before room is made for more. */
const WRITES = 256;

export class PeekLog extends FootprintWriteLog {
  private readonly tried: FootprintLog;
  private peeking = false;
  /** Words that the tried step has changed, and what they held. */
  private cells = new Int32Array(WRITES);
  private values = new Int32Array(WRITES);
  private changed = 0;
  private frame = new Int32Array(0);
  private frames = 0;

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
    if (this.changed === this.cells.length) this.makeRoom();
    this.cells[this.changed] = cell;
    this.values[this.changed++] = previous;
  }

  /** What the next step of an actor would touch. The step is executed and taken back; nothing is told of it, and `world.last` is spoilt. */
  peek(world: RunWorld, actor: number): Touched {
    const { tried } = this;
    tried.clear();
    if (world.ended(actor)) return tried;
    const { words, watch } = world;
    // Registers are not reported: they are kept aside as a whole.
    if (this.frame.length === 0) this.placeFrames(world);
    const { frame } = this;
    const base = this.frames + actor * frame.length;
    for (let k = 0; k < frame.length; k++) frame[k] = words[base + k]!;
    world.watch = undefined;
    this.peeking = true;
    this.changed = 0;
    try {
      world.step(actor, first);
    } finally {
      this.peeking = false;
      world.watch = watch;
      while (this.changed > 0) {
        this.changed--;
        words[this.cells[this.changed]!] = this.values[this.changed]!;
      }
      for (let k = 0; k < frame.length; k++) words[base + k] = frame[k]!;
    }
    return tried;
  }

  private placeFrames(world: RunWorld): void {
    const { base, words } = world.plan.byName.get('frame')!;
    this.frames = base;
    this.frame = new Int32Array(words);
  }

  private makeRoom(): void {
    const { cells, values } = this;
    this.cells = new Int32Array(cells.length * 2);
    this.values = new Int32Array(cells.length * 2);
    this.cells.set(cells);
    this.values.set(values);
  }
}

const first = (): number => 0;

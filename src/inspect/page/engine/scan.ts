// Goes once through a run, beside whoever looks at it, and notes what no single step shows: who held which lock from when to when, who waited
// for it, which message arrived where, and what the invariants say of every step.

import { Checker } from '../../../check/checker.ts';
import type { Invariant } from '../../../check/invariant.ts';
import { LockWatch } from '../../../check/lock-watch.ts';
import type { Footprint } from '../../../check/footprint.ts';
import { classNameOf } from '../../../check/lock-classes.ts';
import { StepStream } from '../../../check/step-stream.ts';
import type { Violation } from '../../../check/violation.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { blockedOn, isBlocked } from '../../../memory/outcome.ts';
import type { Observer, Words } from '../../../memory/views.ts';
import { preparedWorld } from '../../../runtime/prepared.ts';
import { WaitFor } from '../../../runtime/wait-for.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { Forward } from './forward.ts';
import { MessageWatch } from './message-watch.ts';
import type { Records } from './records.ts';
import { eachSpan, OPEN, spansUpTo, type Spans } from './spans.ts';

/** Keeps what a step writes: the objects for those who are asked behind each step; the words too while a look ahead has to be taken back. */
class ScanLog implements Observer, Footprint {
  readonly ids: Int32Array;
  readonly wrote: Uint8Array;
  count = 0;
  private looking = false;
  private readonly cells: number[] = [];
  private readonly values: number[] = [];
  private readonly stamp: Int32Array;
  private now = 1;
  private readonly words: Words;
  private readonly firstFrame: number;
  private readonly endFrame: number;

  constructor(objects: number, words: Words, frames: { first: number; end: number }) {
    this.words = words;
    this.ids = new Int32Array(objects);
    this.wrote = new Uint8Array(objects).fill(1);
    this.stamp = new Int32Array(objects);
    this.firstFrame = frames.first;
    this.endFrame = frames.end;
  }

  write(id: number, cell: number, previous: number): void {
    if (this.looking) {
      this.cells.push(cell);
      this.values.push(previous);
    } else if (this.stamp[id] !== this.now && (id < this.firstFrame || id >= this.endFrame)) {
      this.stamp[id] = this.now;
      this.ids[this.count++] = id;
    }
  }

  clear(): void {
    this.count = 0;
    this.now = (this.now + 1) | 0;
  }

  look(): void {
    this.looking = true;
  }

  back(): void {
    for (let k = this.cells.length - 1; k >= 0; k--) this.words[this.cells[k]!] = this.values[k]!;
    this.cells.length = 0;
    this.values.length = 0;
    this.looking = false;
  }
}

/** Steps between two looks at the clock. */
const PART = 512;
/** Steps between two times that somebody may keep a copy of memory. */
export const KEEP = 4096;

export class Scan {
  /** Steps that have been looked at. */
  at: number;
  /** The first thing that an invariant complains of, and the step that did it; 0: the set-up. */
  violation: (Violation & { readonly step: number }) | undefined;
  readonly invariants: readonly Invariant[];
  readonly holds: Spans;
  readonly waits: Spans;
  readonly messages: MessageWatch;
  /** Names of lock classes, by the table that their objects are of. */
  readonly lockNames = new Map<number, string>();
  private readonly world: RunWorld;
  private readonly log: ScanLog;
  private readonly forward: Forward;
  private readonly records: Records;
  private readonly checker: Checker;
  private readonly locks: LockWatch;
  private readonly stream: StepStream;
  private readonly waitFor: WaitFor;
  /** Open rows: of `holds` by lock and actor, of `waits` by actor. */
  private readonly held = new Map<number, number>();
  private readonly waiting: Int32Array;
  /** Leaves whose step was seen to be blocked on a lock. */
  private readonly mayBlock: Uint8Array;
  private readonly actors: number;

  /** Told of memory behind every step whose number is a multiple of KEEP. */
  passing: ((step: number, words: Int32Array) => void) | undefined;

  /** Scans from behind step `from` on, where `memory` is what it is there, with what an earlier scan has found up to there. */
  constructor(kernel: Kernel, topology: Topology, records: Records, invariants: readonly Invariant[], earlier?: { from: number; memory: Int32Array; scan: Scan }) {
    this.records = records;
    this.invariants = invariants;
    this.actors = topology.actors.length;
    const { world, observer } = preparedWorld(kernel, topology, (objects, words) => new ScanLog(objects, words, { first: 0, end: topology.actors.length + 1 }));
    this.world = world;
    this.log = observer;
    this.at = earlier?.from ?? 0;
    if (earlier !== undefined) world.words.set(earlier.memory);
    this.forward = new Forward(world);
    this.checker = new Checker(world, invariants, { forward: true });
    this.stream = new StepStream(world);
    this.waitFor = new WaitFor(world);
    this.waiting = new Int32Array(this.actors + 1).fill(-1);
    this.mayBlock = earlier?.scan.mayBlock.slice() ?? new Uint8Array(world.table.leaves.length);
    this.holds = spansUpTo(earlier?.scan.holds, this.at);
    this.waits = spansUpTo(earlier?.scan.waits, this.at);
    this.messages = new MessageWatch(world, earlier?.scan.messages, this.at);
    for (let row = 0; row < this.holds.count; row++) if (this.holds.get(row, 'to') === OPEN) this.held.set(this.keyOf(this.holds.get(row, 'object'), this.holds.get(row, 'actor')), row);
    for (let row = 0; row < this.waits.count; row++) if (this.waits.get(row, 'to') === OPEN) this.waiting[this.waits.get(row, 'actor')] = row;
    for (const row of this.stream.locks) this.lockNames.set(world.plan.byName.get(row.layout)!.firstId, classNameOf(row));
    this.locks = new LockWatch(this.stream, [this]);
    if (earlier === undefined) {
      const found = this.checker.wholeState();
      if (found !== undefined) this.violation = { ...found, step: 0 };
    } else {
      const before = earlier.scan.violation;
      if (before !== undefined && before.step <= this.at) this.violation = before;
      this.checker.evaluated.set(earlier.scan.checker.evaluated);
    }
  }

  /** How often each invariant was evaluated, in their order. */
  get evaluated(): Uint32Array {
    return this.checker.evaluated;
  }

  get done(): boolean {
    return this.at >= this.records.count;
  }

  /** Who holds what behind a step, by actor, as far as the run has been looked through. */
  heldAt(step: number): Map<number, { readonly object: number; readonly from: number; readonly mode: number }[]> {
    const { holds } = this;
    const held = new Map<number, { object: number; from: number; mode: number }[]>();
    eachSpan(holds, step + 1, step, this.done, (row) => {
      const actor = holds.get(row, 'actor');
      held.set(actor, [...(held.get(actor) ?? []), { object: holds.get(row, 'object'), from: holds.get(row, 'from'), mode: holds.get(row, 'mode') }]);
    });
    return held;
  }

  /** Goes on for some milliseconds; true when everything there is has been looked at. Throws an InspectError at a step that is not as the run says. */
  go(milliseconds: number, now: () => number): boolean {
    const end = now() + milliseconds;
    while (!this.done) {
      const to = Math.min(this.records.count, this.at + PART);
      while (this.at < to) this.step();
      if (now() >= end) break;
    }
    return this.done;
  }

  private step(): void {
    const { world, log, records } = this;
    const step = this.at + 1;
    log.clear();
    this.forward.execute(records, step);
    this.at = step;
    this.stream.now = step;
    if (step % KEEP === 0) this.passing?.(step, world.words);
    const { actor } = world.last;
    if (actor !== 0) this.endWait(actor, step);
    this.messages.afterStep(step, log.ids, log.count);
    const found = this.checker.afterStep(log.ids, log.count);
    if (found !== undefined && this.violation === undefined) this.violation = { ...found, step };
    this.locks.afterStep(log);
    if (actor !== 0) this.look(actor, step);
    for (let k = 0; k < log.count; k++) {
      if (!this.waitFor.isLock(log.ids[k]!)) continue;
      // Whoever stands in front of a lock may have to wait for it from now on.
      for (let other = 1; other <= this.actors; other++) if (other !== actor && this.mayBlock[world.frames[other]!.leaf] !== 0 && this.waiting[other]! < 0) this.look(other, step);
      break;
    }
  }

  /** Does this actor have to wait for a lock? */
  private look(actor: number, step: number): void {
    const { world, log } = this;
    const leaf = world.leafOf(actor);
    if (leaf.idle) return;
    const kept = { ...world.last };
    const { watch } = world;
    world.watch = undefined;
    log.look();
    const result = world.step(actor, first);
    log.back();
    world.watch = watch;
    Object.assign(world.last, kept);
    if (!isBlocked(result)) return;
    const object = blockedOn(result);
    if (!this.waitFor.isLock(object)) return;
    this.mayBlock[leaf.number] = 1;
    this.waiting[actor] = this.waits.add({ actor, object, from: step, to: OPEN, mode: 0 });
  }

  private endWait(actor: number, step: number): void {
    const row = this.waiting[actor]!;
    if (row < 0) return;
    this.waits.set(row, 'to', step);
    this.waiting[actor] = -1;
  }

  private keyOf(object: number, actor: number): number {
    return object * (this.actors + 1) + actor;
  }

  /** Told by the watch over locks. */
  acquired(actor: number, object: number, _lockClass: number, mode: number): void {
    const key = this.keyOf(object, actor);
    if (this.held.has(key)) return;
    this.held.set(key, this.holds.add({ actor, object, from: this.at, to: OPEN, mode }));
  }

  /** Told by the watch over locks. */
  released(actor: number, object: number): void {
    const key = this.keyOf(object, actor);
    const row = this.held.get(key);
    if (row === undefined) return;
    this.holds.set(row, 'to', this.at);
    this.held.delete(key);
  }

  /** Told by the watch over locks; who waits is seen otherwise. */
  wants(): void {}
}

const first = (): number => 0;

// Reads off memory, behind each step, who holds which lock: what the step changed in the words of a lock is told to those who
// listen. An actor that queues, or comes to a step that waits, is told as one that wants the lock.

import { queued } from '../memory/outcome.ts';
import type { PlacedTable } from '../memory/plan.ts';
import { classNameOf, type LockClass } from './lock-classes.ts';
import type { Footprint } from './footprint.ts';
import type { StepStream } from './step-stream.ts';

/** How a lock is held or wanted. */
export const SHARED = 0, EXCLUSIVE = 1;

/** Told in the order in which things happen; `mayWait`: somebody else could have made the actor wait. */
export interface LockListener {
  acquired(actor: number, id: number, lockClass: number, mode: number, mayWait: boolean): void;
  released(actor: number, id: number, lockClass: number, mode: number): void;
  /** Stands in a queue, or waits, at this leaf. */
  wants(actor: number, id: number, lockClass: number, mode: number, leaf: number): void;
}

const MUTEX = 0, RW = 1, INSIDE = 2, COUNTED = 3;

/** A class as this world has it: where its words lie. */
interface Placed {
  readonly row: LockClass;
  readonly how: number;
  /** First words of owner or writer or field; of the set of readers; of the queue, and how many there are. */
  readonly one: number;
  readonly readers: number;
  readonly queue: number;
  readonly queueWords: number;
}

export class LockWatch {
  /** How often a class was taken, and how often somebody was seen to wait for it; how many hold it. */
  readonly taken: Float64Array;
  readonly waited: Float64Array;
  private readonly holders: Int32Array;
  private readonly stream: StepStream;
  private readonly listeners: readonly LockListener[];
  private readonly placed: readonly Placed[];
  /** For each object: the class that is held by it, + 1; its first word; the actor that it is of. */
  private readonly classOf: Uint8Array;
  private readonly baseOf: Int32Array;
  private readonly actorOf: Int32Array;
  /** For each object what its words said last: holder or count, then the readers. */
  private readonly seen: Int32Array;
  private readonly stride: number;
  /** For each leaf, the class that its step waits for, + 1, and whether the wait begins there; for each class, the table of what is named. */
  private readonly waitsAt: Uint8Array;
  private readonly waitBegins: Uint8Array;
  private readonly awaited: Int32Array;
  /** For each leaf, the class that its step takes without ever waiting, + 1. */
  private readonly freshAt: Uint8Array;

  constructor(stream: StepStream, listeners: readonly LockListener[]) {
    this.stream = stream;
    this.listeners = listeners;
    const { plan, table, topology } = stream.world;
    this.taken = new Float64Array(stream.locks.length);
    this.waited = new Float64Array(stream.locks.length);
    this.holders = new Int32Array(stream.locks.length);
    this.classOf = new Uint8Array(plan.objects);
    this.baseOf = new Int32Array(plan.objects);
    this.actorOf = new Int32Array(plan.objects);
    this.stride = 1 + Math.max(1, (plan.sizes.actor + 31) >>> 5);
    this.seen = new Int32Array(plan.objects * this.stride);
    this.placed = stream.locks.map((row, place) => {
      const home = plan.byName.get(row.layout)!;
      for (let n = 0; n < home.count; n++) {
        const id = home.firstId + n;
        this.classOf[id] = place + 1;
        this.baseOf[id] = home.base + n * home.words;
        this.actorOf[id] = row.kind !== 'section' || row.inside === 'counter' ? 0
          : row.inside === 'actor' ? n : topology.actors.findIndex((actor) => actor.machine === 'vcpu' && actor.vcpu === n) + 1;
      }
      return placeOf(row, home);
    });
    this.waitsAt = Uint8Array.from(table.leaves, (leaf) => stream.locks.findIndex((row) => row.kind === 'section' && row.waits.includes(leaf.step)) + 1);
    this.waitBegins = Uint8Array.from(table.leaves, (leaf) => (stream.locks.some((row) => row.kind === 'section' && row.waits[0] === leaf.step) ? 1 : 0));
    this.freshAt = Uint8Array.from(table.leaves, (leaf) => stream.locks.findIndex((row) => row.kind === 'mutex' && row.fresh?.includes(leaf.step) === true) + 1);
    this.awaited = Int32Array.from(stream.locks, (row) => (row.kind === 'section' ? plan.tables.findIndex(({ layout }) => layout.name === row.awaited) : -1));
    this.begin();
  }

  /** Looks at all of memory anew: who holds something by now holds it since before. */
  begin(): void {
    this.seen.fill(0);
    this.holders.fill(0);
    const taken = this.taken.slice();
    for (let id = 0; id < this.classOf.length; id++) if (this.classOf[id] !== 0) this.update(id, true);
    // What is held since before was not taken now.
    this.taken.set(taken);
  }

  /** Call behind each step. */
  afterStep({ ids, wrote, count }: Footprint): void {
    for (let k = 0; k < count; k++) if (wrote[k] !== 0 && this.classOf[ids[k]!] !== 0) this.update(ids[k]!);
    const waits = this.waitsAt[this.stream.world.last.leaf]!;
    if (waits !== 0) this.waitsFor(waits - 1, ids, count);
  }

  /** An actor was found blocked on this object, of whatever layout. */
  blocked(actor: number, id: number): void {
    const place = this.classOf[id]! - 1;
    if (place < 0) return;
    const at = this.placed[place]!;
    // Who waits for a section waits for all who are inside. A writer of a read-write lock stands in its queue and was seen there.
    if (at.how === RW && this.standsInQueue(actor, id, at)) return;
    this.waited[place]! += 1;
    const { plan, words } = this.stream.world;
    const { base, words: stride, fields } = plan.byName.get('frame')!;
    this.wants(actor, id, place, at.how === RW ? SHARED : EXCLUSIVE, words[base + actor * stride + fields.find(({ name }) => name === 'leaf')!.offset]!);
  }

  private waitsFor(place: number, ids: Int32Array, count: number): void {
    const { tableOf, world } = this.stream;
    // For the order it counts that the step waits for whoever is inside; for the count, that somebody is.
    if (this.waitBegins[world.last.leaf] !== 0 && this.holders[place]! > 0) this.waited[place]! += 1;
    for (let k = 0; k < count; k++) {
      if (tableOf[ids[k]!] !== this.awaited[place]) continue;
      this.wants(world.last.actor, ids[k]!, place, EXCLUSIVE, world.last.leaf);
      return;
    }
  }

  /** What has changed in the words of a lock. */
  private update(id: number, atBegin = false): void {
    const place = this.classOf[id]! - 1;
    const at = this.placed[place]!;
    const { words, last } = this.stream.world;
    const seenAt = id * this.stride;
    const before = this.seen[seenAt]!;
    const value = words[this.baseOf[id]! + at.one]!;
    if (at.how === COUNTED) {
      // Who counted it up before anybody looked cannot be told.
      if (!atBegin) this.counted(id, place, before, value);
      this.seen[seenAt] = value;
      return;
    }
    const now = at.how === INSIDE ? (value !== 0 ? this.actorOf[id]! : 0) : value;
    if (now !== before) {
      const mode = at.how === INSIDE ? SHARED : EXCLUSIVE;
      this.seen[seenAt] = now;
      if (before !== 0) this.release(before, id, place, mode);
      if (now !== 0) this.acquire(now, id, place, mode, at.how !== INSIDE && this.freshAt[last.leaf] !== place + 1);
    }
    if (at.how !== RW) return;
    for (let word = 0; word + 1 < this.stride; word++) {
      const readers = words[this.baseOf[id]! + at.readers + word]!;
      let changed = readers ^ this.seen[seenAt + 1 + word]!;
      this.seen[seenAt + 1 + word] = readers;
      while (changed !== 0) {
        const bit = changed & -changed;
        const actor = word * 32 + (31 - Math.clz32(bit));
        if ((readers & bit) !== 0) this.acquire(actor, id, place, SHARED, true);
        else this.release(actor, id, place, SHARED);
        changed ^= bit;
      }
    }
    if (atBegin || last.outcome !== queued || !this.standsInQueue(last.actor, id, at)) return;
    this.waited[place]! += 1;
    this.wants(last.actor, id, place, this.queuedMode(last.actor, id, at), last.leaf);
  }

  /** Nobody's name is in a counter: who counts it up is inside. Back to 0, nobody is. */
  private counted(id: number, place: number, before: number, value: number): void {
    const { actor } = this.stream.world.last;
    const inside = id * this.stride + 1;
    const word = inside + (actor >>> 5);
    if (value > before && actor !== 0) {
      this.seen[word]! |= 1 << (actor & 31);
      this.acquire(actor, id, place, SHARED, false);
    } else if (value < before && (this.seen[word]! & (1 << (actor & 31))) !== 0) {
      this.seen[word]! &= ~(1 << (actor & 31));
      this.release(actor, id, place, SHARED);
    }
    if (value !== 0) return;
    for (let k = 0; k + 1 < this.stride; k++) {
      for (let rest = this.seen[inside + k]!; rest !== 0; rest &= rest - 1) this.release(k * 32 + (31 - Math.clz32(rest & -rest)), id, place, SHARED);
      this.seen[inside + k] = 0;
    }
  }

  private standsInQueue(actor: number, id: number, at: Placed): boolean {
    const { words } = this.stream.world;
    const first = this.baseOf[id]! + at.queue;
    if (at.row.kind === 'rwsem') return (words[first + (actor >>> 5)]! & (1 << (actor & 31))) !== 0;
    for (let k = first; k < first + at.queueWords; k++) if (words[k] === actor || words[k] === -actor) return true;
    return false;
  }

  private queuedMode(actor: number, id: number, at: Placed): number {
    if (at.row.kind === 'rwsem') return EXCLUSIVE;
    const first = this.baseOf[id]! + at.queue;
    return this.stream.world.words.subarray(first, first + at.queueWords).includes(-actor) ? EXCLUSIVE : SHARED;
  }

  private acquire(actor: number, id: number, place: number, mode: number, mayWait: boolean): void {
    this.taken[place]! += 1;
    this.holders[place]! += 1;
    for (let k = 0; k < this.listeners.length; k++) this.listeners[k]!.acquired(actor, id, place, mode, mayWait);
  }

  private release(actor: number, id: number, place: number, mode: number): void {
    this.holders[place]! -= 1;
    for (let k = 0; k < this.listeners.length; k++) this.listeners[k]!.released(actor, id, place, mode);
  }

  private wants(actor: number, id: number, place: number, mode: number, leaf: number): void {
    for (let k = 0; k < this.listeners.length; k++) this.listeners[k]!.wants(actor, id, place, mode, leaf);
  }
}

/** Where the words of a class lie in each of its objects. */
function placeOf(row: LockClass, table: PlacedTable): Placed {
  const field = (name: string): { offset: number; words: number } => {
    const found = table.fields.find((one) => one.name === name);
    if (found === undefined) throw new Error(`lock class '${classNameOf(row)}': layout '${row.layout}' has no field '${name}'; name one that it has in src/check/lock-classes.ts`);
    return found;
  };
  const none = { readers: 0, queue: 0, queueWords: 0 };
  if (row.kind === 'mutex') return { ...none, row, how: MUTEX, one: field(row.owner).offset };
  if (row.kind === 'section') return { ...none, row, how: row.inside === 'counter' ? COUNTED : INSIDE, one: field(row.field).offset };
  const queue = field(row.queue);
  return { row, how: RW, one: field(row.writer).offset, readers: field(row.readers).offset, queue: queue.offset, queueWords: queue.words };
}

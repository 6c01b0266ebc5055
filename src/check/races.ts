// Data races by happens-before: two accesses to one object, of different actors, one of them a write, neither before the other by
// program order, locks, messages, reference counts or sections, and not declared lock-free (accesses.ts). Vector clocks for who knows
// what, and for each object its last plain write and everybody's last reads since, as FastTrack does.

import { readsOnce } from '../kernel/read-once.ts';
import { accesses, ACQUIRE, ATOMIC, COUNT, PLAIN, RELEASE } from './accesses.ts';
import { Clocks } from './clocks.ts';
import { EXCLUSIVE, type LockListener } from './lock-watch.ts';
import type { Footprint } from './footprint.ts';
import type { StepStream, StepWitness } from './step-stream.ts';

/** One access of a race. */
export interface RaceAccess extends StepWitness {
  readonly wrote: boolean;
}

/** Two steps that race on objects of a layout, and the first time that they did. */
export interface Race {
  readonly layout: string;
  /** Names of the steps, in alphabetical order. */
  readonly steps: readonly [string, string];
  readonly object: string;
  readonly earlier: RaceAccess;
  readonly later: RaceAccess;
}

/** Times stay far below the end of their words; then everything so far is taken to be before everything to come. */
const LAST_TIME = 1 << 30;
/** Words of an entry: time of the actor, leaf * 2 + whether it wrote, number of the step. */
export const ENTRY = 3;

export class Races implements LockListener {
  private readonly stream: StepStream;
  private readonly clocks: Clocks;
  /** How each leaf's step touches objects of each table: [leaf][table][read, write]. */
  private readonly codes: Uint8Array;
  private readonly tables: number;
  /** Clock of each object that orders; of a lock two: writers', then readers'. */
  private readonly clockOf: Int32Array;
  /** Objects that are watched, by a number of their own; -1: others. */
  private readonly watched: Int32Array;
  private readonly writer: Int32Array;
  private readonly write: Int32Array;
  /** Everybody's last plain reads, and last atomic accesses, since the last plain write; whether there are any. */
  private readonly reads: Int32Array;
  private readonly marked: Int32Array;
  private readonly some: Uint8Array;
  /** For counters: their word, and what it said. */
  private readonly counterAt: Int32Array;
  private readonly counted: Int32Array;
  private readonly found = new Map<number, Race>();
  private letGo = false;

  constructor(stream: StepStream) {
    this.stream = stream;
    const { plan, table, topology } = stream.world;
    this.tables = plan.tables.length;
    this.codes = codesOf(stream);
    this.clockOf = new Int32Array(plan.objects).fill(-1);
    this.watched = new Int32Array(plan.objects).fill(-1);
    this.counterAt = new Int32Array(plan.objects);
    let clocks = 0;
    let watched = 0;
    plan.tables.forEach(({ layout, firstId, count, base, words, fields }, place) => {
      let all = 0;
      for (let leaf = 0; leaf < table.leaves.length; leaf++) all |= this.codes[(leaf * this.tables + place) * 2]! | this.codes[(leaf * this.tables + place) * 2 + 1]!;
      const lock = stream.isLock(layout.name);
      const counter = fields.find((field) => field.name === accesses[layout.name]?.counter);
      for (let n = 0; n < count; n++) {
        if (lock || (all & (ACQUIRE | RELEASE | COUNT)) !== 0) this.clockOf[firstId + n] = clocks++;
        if (lock) clocks++;
        if ((all & PLAIN) !== 0) this.watched[firstId + n] = watched++;
        this.counterAt[firstId + n] = base + n * words + (counter?.offset ?? 0);
      }
    });
    this.clocks = new Clocks(topology.actors.length, clocks);
    const { width } = this.clocks;
    this.counted = new Int32Array(plan.objects);
    this.writer = new Int32Array(watched);
    this.write = new Int32Array(watched * ENTRY);
    this.reads = new Int32Array(watched * width * ENTRY);
    this.marked = new Int32Array(watched * width * ENTRY);
    this.some = new Uint8Array(watched);
    this.begin();
  }

  /** All that was is before all that comes. What was found stays. */
  begin(): void {
    this.clocks.begin();
    this.writer.fill(0);
    this.reads.fill(0);
    this.marked.fill(0);
    this.some.fill(0);
    const { words } = this.stream.world;
    for (let id = 0; id < this.counted.length; id++) this.counted[id] = words[this.counterAt[id]!]!;
  }

  acquired(_holder: number, id: number, lockClass: number, mode: number): void {
    if (this.stream.locks[lockClass]!.kind === 'section') return;
    const { actor } = this.stream.world.last;
    const clock = this.clockOf[id]!;
    this.clocks.acquire(actor, clock);
    if (mode === EXCLUSIVE) this.clocks.acquire(actor, clock + 1);
  }

  /** Who unlocks lets go, be it the holder or, by a bug, another. */
  released(_holder: number, id: number, lockClass: number, mode: number): void {
    if (this.stream.locks[lockClass]!.kind === 'section') return;
    const { actor } = this.stream.world.last;
    const clock = this.clockOf[id]!;
    this.clocks.release(actor, mode === EXCLUSIVE ? clock : clock + 1);
    if (mode === EXCLUSIVE) this.clocks.forget(clock + 1);
    this.letGo = true;
  }

  wants(): void { /* Waiting orders nothing; getting the lock does. */ }

  /** Call behind each step, behind what the lock watch has to say of it. */
  afterStep({ ids, wrote, count }: Footprint): void {
    const { last } = this.stream.world;
    const { actor } = last;
    const { codes, clockOf, clocks, tables } = this;
    const { tableOf } = this.stream;
    const row = last.leaf * tables;
    let all = 0;
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      const code = codes[(row + tableOf[id]!) * 2 + wrote[k]!]!;
      if (code === 0) continue;
      all |= code;
      if ((code & ACQUIRE) !== 0) clocks.acquire(actor, clockOf[id]!);
      else if ((code & COUNT) !== 0) this.count(actor, id);
      // Most steps touch one object: it need not be looked for again.
      if (count > 1) continue;
      if ((code & (PLAIN | ATOMIC)) !== 0) this.access(actor, id, (code & PLAIN) !== 0, wrote[0] !== 0);
      if ((code & RELEASE) !== 0) {
        clocks.release(actor, clockOf[id]!);
        this.letGo = true;
      }
    }
    if (count > 1 && (all & (PLAIN | ATOMIC | RELEASE)) !== 0) {
      for (let k = 0; k < count; k++) {
        const code = codes[(row + tableOf[ids[k]!]!) * 2 + wrote[k]!]!;
        if ((code & (PLAIN | ATOMIC)) !== 0) this.access(actor, ids[k]!, (code & PLAIN) !== 0, wrote[k] !== 0);
      }
      // What the step has acquired of one object is let go of with the others.
      for (let k = 0; k < count; k++) if ((codes[(row + tableOf[ids[k]!]!) * 2 + wrote[k]!]! & RELEASE) !== 0) clocks.release(actor, clockOf[ids[k]!]!);
      if ((all & RELEASE) !== 0) this.letGo = true;
    }
    if (!this.letGo) return;
    this.letGo = false;
    clocks.tick(actor);
    if (clocks.time(actor) === LAST_TIME) this.begin();
  }

  /** The actor's own time, and the latest time of another that is before what it does now: who explains a step asks whether it is ordered
   *  behind one of the other's. */
  time(actor: number): number {
    return this.clocks.time(actor);
  }

  past(actor: number, other: number): number {
    return this.clocks.own[actor * this.clocks.width + other]!;
  }

  /** Races found so far. */
  report(): Race[] {
    return [...this.found.values()];
  }

  /** The same, and forgets them: the same pair of steps is reported again. */
  take(): Race[] {
    const races = this.report();
    this.found.clear();
    return races;
  }

  /** A reference taken or dropped, or another field of who is counted. */
  private count(actor: number, id: number): void {
    const now = this.stream.world.words[this.counterAt[id]!]!;
    const before = this.counted[id]!;
    this.counted[id] = now;
    const clock = this.clockOf[id]!;
    if (now > before && before !== 0) return;
    if (now >= before || now === 0) this.clocks.acquire(actor, clock);
    if (now > before) return;
    // What the step does besides is done by the time that it is over: steps are atomic, so it may be let go of at once.
    this.clocks.release(actor, clock);
    this.letGo = true;
  }

  private access(actor: number, id: number, isPlain: boolean, isWrite: boolean): void {
    const place = this.watched[id]!;
    // Nobody touches such objects plainly.
    if (place < 0) return;
    const { own, width } = this.clocks;
    const mine = actor * width;
    const time = own[mine + actor]!;
    const writer = this.writer[place]!;
    const entry = (place * width + actor) * ENTRY;
    if (isPlain && !isWrite && this.reads[entry] === time) return;
    if (writer !== 0 && writer !== actor && this.write[place * ENTRY]! > own[mine + writer]!) this.race(actor, id, isWrite, writer, this.write, place * ENTRY);
    if (!isPlain) {
      if (isWrite && (this.some[place]! & 1) !== 0) this.against(actor, id, isWrite, this.reads, place);
      this.some[place]! |= 2;
      // Of an actor's accesses the write is the one that may race with most.
      if (isWrite || (this.marked[entry + 1]! & 1) === 0) this.enter(this.marked, entry, time, isWrite);
      return;
    }
    if (!isWrite) {
      if ((this.some[place]! & 2) !== 0) this.against(actor, id, isWrite, this.marked, place);
      this.some[place]! |= 1;
      this.enter(this.reads, entry, time, false);
      return;
    }
    if (this.some[place] !== 0) {
      if ((this.some[place]! & 1) !== 0) this.against(actor, id, isWrite, this.reads, place, true);
      if ((this.some[place]! & 2) !== 0) this.against(actor, id, isWrite, this.marked, place, true);
      // All of it is before this write, or was reported.
      this.some[place] = 0;
    }
    this.writer[place] = actor;
    this.enter(this.write, place * ENTRY, time, true);
  }

  private enter(list: Int32Array, at: number, time: number, isWrite: boolean): void {
    list[at] = time;
    list[at + 1] = this.stream.world.last.leaf * 2 + (isWrite ? 1 : 0);
    list[at + 2] = this.stream.now;
  }

  /** Compares with what the others did last, and forgets it if asked to. A read conflicts with writes only. */
  private against(actor: number, id: number, isWrite: boolean, list: Int32Array, place: number, forget = false): void {
    const { own, width } = this.clocks;
    for (let other = 1; other < width; other++) {
      const at = (place * width + other) * ENTRY;
      const time = list[at]!;
      if (forget) list[at] = 0;
      if (other === actor || time <= own[actor * width + other]! || (!isWrite && (list[at + 1]! & 1) === 0)) continue;
      this.race(actor, id, isWrite, other, list, at);
    }
  }

  private race(actor: number, id: number, isWrite: boolean, other: number, list: Int32Array, at: number): void {
    const { stream } = this;
    const { last, plan } = stream.world;
    const theirs = list[at + 1]! >>> 1;
    const a = stream.stepOfLeaf[theirs]!;
    const b = stream.stepOfLeaf[last.leaf]!;
    const key = (stream.tableOf[id]! * stream.steps.length + Math.min(a, b)) * stream.steps.length + Math.max(a, b);
    if (this.found.has(key)) return;
    const [first, second] = [stream.steps[a]!, stream.steps[b]!].toSorted() as [string, string];
    this.found.set(key, {
      layout: plan.tables[stream.tableOf[id]!]!.layout.name, steps: [first, second], object: stream.object(id),
      earlier: { ...stream.witness(other, theirs, list[at + 2]!), wrote: (list[at + 1]! & 1) !== 0 },
      later: { ...stream.witness(actor, last.leaf, stream.now), wrote: isWrite },
    });
  }
}

/** The rules for every leaf and table, as bits. */
function codesOf(stream: StepStream): Uint8Array {
  const { kernel, plan, table } = stream.world;
  const codes = new Uint8Array(table.leaves.length * plan.tables.length * 2);
  const plainRule = { read: PLAIN, write: PLAIN };
  table.leaves.forEach(({ step }, leaf) => plan.tables.forEach(({ layout }, place) => {
    // Specification state is not the kernel's; a lock's own words are taken by atomic operations.
    if (layout.ghost || layout.name === 'frame' || stream.isLock(layout.name)) return;
    const rules = accesses[layout.name] ?? plainRule;
    const rule = { ...rules, ...('steps' in rules ? rules.steps?.[step] : undefined) };
    codes[(leaf * plan.tables.length + place) * 2] = readsOnce(kernel.steps.get(step)) ? rule.read & ~PLAIN : rule.read;
    codes[(leaf * plan.tables.length + place) * 2 + 1] = rule.write;
  }));
  return codes;
}

/** A race in one sentence. */
export function raceSentence({ object, earlier, later }: Race): string {
  const did = ({ wrote }: RaceAccess): string => (wrote ? 'writes' : 'reads');
  return `${later.actor} ${did(later)} ${object} in ${later.step} (step ${later.at}), and nothing orders that with ${earlier.actor}, `
    + `which ${did(earlier)} it in ${earlier.step} (step ${earlier.at})`;
}

/** Races of several runs, each once, the earliest run's witness. */
export function mergeRaces(reports: readonly (readonly Race[])[]): Race[] {
  const all = new Map<string, Race>();
  for (const race of reports.flat()) {
    const key = [race.layout, ...race.steps].join(' ');
    if (!all.has(key)) all.set(key, race);
  }
  return [...all.values()];
}

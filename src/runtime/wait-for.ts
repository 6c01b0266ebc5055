// Who waits for whom: an actor that is blocked on a lock waits for everybody who holds it, or is in front of it in its queue. All of them
// have to go on first, so a cycle is a deadlock of those who are in it, whatever the others do. Holders are read off the words of locks.

import { lockClassesOf, type LockClass } from '../check/lock-classes.ts';
import type { PlacedTable } from '../memory/plan.ts';
import type { RunWorld } from './world.ts';

const NOTHING = 0, MUTEX = 1, RWSEM = 2, RWLOCK = 3, ACTOR = 4;

/** Where the words of a lock lie in its object. */
interface Words { readonly owner: number; readonly readers: number; readonly queue: number; readonly queueWords: number }

/** An actor that waits in the middle of its work, and the object that it is blocked on. */
export interface Wait { readonly actor: number; readonly object: number }

/** The object that an actor is blocked on; -1 when it is not, as far as is known. */
export type BlockedOn = (actor: number) => number;

export class WaitFor {
  /** For each object: how it is held; NOTHING when nobody can tell. */
  private readonly kind: Uint8Array;
  private readonly base: Int32Array;
  private readonly shape: Uint8Array;
  private readonly shapes: Words[] = [{ owner: 0, readers: 0, queue: 0, queueWords: 0 }];
  /** For objects of kind ACTOR: whose move is waited for, as long as the word at `base` is not 0 (-1: always). */
  private readonly actorOf: Int32Array;
  private readonly restLeaf: Uint8Array;
  private readonly frameBase: Int32Array;
  private readonly bitWords: number;
  private readonly world: RunWorld;
  private readonly state: Uint8Array;
  private readonly queue: Int32Array;
  private readonly from: Int32Array;

  constructor(world: RunWorld) {
    this.world = world;
    const { plan, topology, table, frames } = world;
    this.kind = new Uint8Array(plan.objects);
    this.base = new Int32Array(plan.objects);
    this.shape = new Uint8Array(plan.objects);
    this.actorOf = new Int32Array(plan.objects);
    this.bitWords = Math.max(1, (plan.sizes.actor + 31) >>> 5);
    this.restLeaf = Uint8Array.from(table.leaves, (leaf) => (leaf.idle || leaf.outside !== undefined ? 1 : 0));
    this.frameBase = Int32Array.from(frames, (frame) => frame?.base ?? 0);
    this.state = new Uint8Array(topology.actors.length + 1);
    this.queue = new Int32Array(topology.actors.length + 1);
    this.from = new Int32Array(topology.actors.length + 1);
    for (const row of lockClassesOf(plan)) this.place(row, plan.byName.get(row.layout)!);
    // Who flushes waits for the interrupt to be acknowledged, by the hardware; that waits for the vCPU to leave guest mode.
    const ofVcpu = (layout: string, machine: string): void => this.placeActors(layout, (vcpu) => topology.actors.findIndex((one) => one.machine === machine && one.vcpu === vcpu) + 1);
    ofVcpu('ipi', 'hardware');
    ofVcpu('interrupt', 'vcpu');
  }

  private place(row: LockClass, table: PlacedTable): void {
    const field = (name: string): { offset: number; words: number } => table.fields.find((one) => one.name === name)!;
    if (row.kind === 'section') {
      // Who is inside a section that is only counted, its words do not say.
      if (row.inside === 'actor') this.placeActors(row.layout, (actor) => actor, field(row.field).offset);
      return;
    }
    const shape = row.kind === 'mutex' ? { owner: field(row.owner).offset, readers: 0, queue: 0, queueWords: 0 }
      : { owner: field(row.writer).offset, readers: field(row.readers).offset, queue: field(row.queue).offset, queueWords: field(row.queue).words };
    const number = this.shapes.push(shape) - 1;
    for (let n = 0; n < table.count; n++) {
      this.kind[table.firstId + n] = row.kind === 'mutex' ? MUTEX : row.kind === 'rwsem' ? RWSEM : RWLOCK;
      this.base[table.firstId + n] = table.base + n * table.words;
      this.shape[table.firstId + n] = number;
    }
  }

  private placeActors(layout: string, actorOf: (n: number) => number, field = -1): void {
    const table = this.world.plan.byName.get(layout);
    for (let n = 0; n < (table?.count ?? 0); n++) {
      const actor = actorOf(n);
      if (actor === 0) continue;
      this.kind[table!.firstId + n] = ACTOR;
      this.actorOf[table!.firstId + n] = actor;
      this.base[table!.firstId + n] = field < 0 ? -1 : table!.base + n * table!.words + field;
    }
  }

  /** Whoever is blocked on this object waits for actors that are known. */
  isLock(object: number): boolean {
    return this.kind[object] !== NOTHING;
  }

  /** Calls `visit` for each actor that has to go on before `actor`, which is blocked on `object`, can; nobody where the object tells nothing. */
  holders(actor: number, object: number, visit: (holder: number) => void): void {
    const { words } = this.world;
    const kind = this.kind[object]!;
    const base = this.base[object]!;
    if (kind === NOTHING) return;
    if (kind === ACTOR) {
      if (base < 0 || words[base] !== 0) visit(this.actorOf[object]!);
      return;
    }
    const { owner, readers, queue, queueWords } = this.shapes[this.shape[object]!]!;
    if (words[base + owner]! > 0) visit(words[base + owner]!);
    if (kind === MUTEX) return;
    if (kind === RWSEM) {
      // A writer stands among those who wait; who does not wants to read, and waiting writers hold it back.
      const writes = (words[base + queue + (actor >>> 5)]! & (1 << (actor & 31))) !== 0;
      this.members(base + (writes ? readers : queue), visit);
      return;
    }
    // First come, first served: everybody in front in the queue, and, for a writer, the readers.
    let writes = false;
    for (let k = 0; k < queueWords; k++) {
      const entry = words[base + queue + k]!;
      if (entry === 0 || Math.abs(entry) === actor) {
        writes = entry < 0;
        break;
      }
      visit(Math.abs(entry));
    }
    if (writes) this.members(base + readers, visit);
  }

  private members(cell: number, visit: (actor: number) => void): void {
    for (let k = 0; k < this.bitWords; k++) {
      for (let rest = this.world.words[cell + k]!; rest !== 0; rest &= rest - 1) visit(k * 32 + 31 - Math.clz32(rest & -rest));
    }
  }

  /** Does an actor rest, or may something from outside help it? It waits for nobody. */
  private rests(actor: number): boolean {
    return this.restLeaf[this.world.words[this.frameBase[actor]!]!] !== 0;
  }

  /** The shortest cycle through this actor: each waits for the next, the last for the first. Nothing when there is none. */
  cycle(actor: number, on: BlockedOn): Wait[] | undefined {
    const { queue, from } = this;
    from.fill(0);
    let count = 0;
    let closed = 0;
    queue[count++] = actor;
    for (let k = 0; k < count && closed === 0; k++) {
      const waiter = queue[k]!;
      const object = on(waiter);
      if (object < 0 || this.rests(waiter)) continue;
      this.holders(waiter, object, (holder) => {
        if (holder === actor) closed ||= waiter;
        else if (from[holder] === 0) {
          from[holder] = waiter;
          queue[count++] = holder;
        }
      });
    }
    if (closed === 0) return undefined;
    const cycle: Wait[] = [];
    for (let at = closed; at !== actor; at = from[at]!) cycle.unshift({ actor: at, object: on(at) });
    return [{ actor, object: on(actor) }, ...cycle];
  }

  /** The shortest cycle through each actor that is in one, each cycle once. `blocked[at + actor]`: 1 + the object that it is blocked on. */
  cycles(blocked: Int32Array, at: number): readonly (readonly Wait[])[] {
    if (!this.mayBeCycle(blocked, at) || !this.isCycle(blocked, at)) return [];
    const found = new Map<string, Wait[]>();
    for (let actor = 1; actor < this.state.length; actor++) {
      const cycle = this.cycle(actor, (one) => blocked[at + one]! - 1);
      if (cycle === undefined) continue;
      const members = cycle.map((one) => one.actor).toSorted((a, b) => a - b).join(' ');
      if (!found.has(members)) found.set(members, cycle);
    }
    return [...found.values()];
  }

  /** Is somebody blocked on a lock whose holder is blocked too, as far as a look can tell? */
  private mayBeCycle(blocked: Int32Array, at: number): boolean {
    for (let actor = 1; actor < this.state.length; actor++) {
      const on = blocked[at + actor]!;
      if (on <= 0) continue;
      const kind = this.kind[on - 1]!;
      if (kind === NOTHING) continue;
      const holder = kind === ACTOR ? this.actorOf[on - 1]! : kind === MUTEX ? this.world.words[this.base[on - 1]! + this.shapes[this.shape[on - 1]!]!.owner]! : 0;
      // Of locks with several holders more than a look is needed.
      if (holder <= 0 || blocked[at + holder]! > 0) return true;
    }
    return false;
  }

  private isCycle(blocked: Int32Array, at: number): boolean {
    const { state } = this;
    state.fill(0);
    for (let actor = 1; actor < state.length; actor++) {
      if (state[actor] !== 0) continue;
      if (this.visit(actor, blocked, at)) return true;
    }
    return false;
  }

  /** Follows the edges from an actor: is somebody met again on the way? */
  private visit(actor: number, blocked: Int32Array, at: number): boolean {
    const { state } = this;
    const object = blocked[at + actor]! - 1;
    state[actor] = 2;
    if (object < 0 || this.kind[object] === NOTHING || this.rests(actor)) return false;
    state[actor] = 1;
    let found = false;
    this.holders(actor, object, (holder) => {
      if (!found) found = state[holder] === 1 || (state[holder] === 0 && this.visit(holder, blocked, at));
    });
    state[actor] = 2;
    return found;
  }

  /** Actors in the middle of their work; undefined when there are none, or something from outside can help one. Asked when nobody can go on. */
  standstill(): number[] | undefined {
    const waiting = this.world.topology.actors.flatMap((_actor, i) => (this.world.leafOf(i + 1).idle ? [] : [i + 1]));
    return waiting.length === 0 || waiting.some((actor) => this.world.leafOf(actor).outside !== undefined) ? undefined : waiting;
  }
}

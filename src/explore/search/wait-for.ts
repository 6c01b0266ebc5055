// Who waits for whom: an actor that is blocked on a lock waits for everybody who holds it, or is in front of it in its queue. All of them
// have to go on first, so a cycle is a deadlock of those who are in it, whatever the others do. Holders are read off the words of locks.

import { lockClassesOf, type LockClass } from '../../check/lock-classes.ts';
import { Describer } from '../../runtime/describe.ts';
import type { PlacedTable } from '../../memory/plan.ts';
import type { RunWorld } from '../../runtime/world.ts';

const NOTHING = 0, MUTEX = 1, RWSEM = 2, RWLOCK = 3, ACTOR = 4;

/** Where the words of a lock lie in its object. */
interface Words { readonly owner: number; readonly readers: number; readonly queue: number; readonly queueWords: number }

/** An actor of a cycle and the object that it is blocked on. */
export interface Wait { readonly actor: number; readonly object: number }

export class WaitFor {
  /** For each object: how it is held; NOTHING when nobody can tell. */
  readonly kind: Uint8Array;
  private readonly base: Int32Array;
  private readonly shape: Uint8Array;
  private readonly shapes: Words[] = [{ owner: 0, readers: 0, queue: 0, queueWords: 0 }];
  /** For objects of kind ACTOR: whose move is waited for. */
  private readonly actorOf: Int32Array;
  private readonly idle: Uint8Array;
  private readonly frameBase: Int32Array;
  private readonly bitWords: number;
  private readonly world: RunWorld;
  private readonly describer: Describer;
  private readonly state: Uint8Array;
  private readonly path: number[] = [];

  constructor(world: RunWorld) {
    this.world = world;
    this.describer = new Describer(world);
    const { plan, topology, table, frames } = world;
    this.kind = new Uint8Array(plan.objects);
    this.base = new Int32Array(plan.objects);
    this.shape = new Uint8Array(plan.objects);
    this.actorOf = new Int32Array(plan.objects);
    this.bitWords = Math.max(1, (plan.sizes.actor + 31) >>> 5);
    this.idle = Uint8Array.from(table.leaves, (leaf) => (leaf.idle || leaf.outside !== undefined ? 1 : 0));
    this.frameBase = Int32Array.from(frames, (frame) => frame?.base ?? 0);
    this.state = new Uint8Array(topology.actors.length + 1);
    for (const row of lockClassesOf(plan)) this.place(row, plan.byName.get(row.layout)!);
    // Who flushes waits for the interrupt to be acknowledged, by the hardware; that waits for the vCPU to leave guest mode.
    const ofVcpu = (layout: string, machine: string): void => this.placeActors(layout, (vcpu) => topology.actors.findIndex((one) => one.machine === machine && one.vcpu === vcpu) + 1);
    ofVcpu('ipi', 'hardware');
    ofVcpu('interrupt', 'vcpu');
  }

  private place(row: LockClass, table: PlacedTable): void {
    if (row.kind === 'section') {
      if (row.inside === 'actor') this.placeActors(row.layout, (actor) => actor);
      return;
    }
    const field = (name: string): { offset: number; words: number } => table.fields.find((one) => one.name === name)!;
    const shape = row.kind === 'mutex' ? { owner: field(row.owner).offset, readers: 0, queue: 0, queueWords: 0 }
      : { owner: field(row.writer).offset, readers: field(row.readers).offset, queue: field(row.queue).offset, queueWords: field(row.queue).words };
    const number = this.shapes.push(shape) - 1;
    for (let n = 0; n < table.count; n++) {
      this.kind[table.firstId + n] = row.kind === 'mutex' ? MUTEX : row.kind === 'rwsem' ? RWSEM : RWLOCK;
      this.base[table.firstId + n] = table.base + n * table.words;
      this.shape[table.firstId + n] = number;
    }
  }

  private placeActors(layout: string, actorOf: (n: number) => number): void {
    const table = this.world.plan.byName.get(layout);
    for (let n = 0; n < (table?.count ?? 0); n++) {
      const actor = actorOf(n);
      if (actor === 0) continue;
      this.kind[table!.firstId + n] = ACTOR;
      this.actorOf[table!.firstId + n] = actor;
    }
  }

  /** Is somebody blocked on a lock whose holder is blocked too, as far as a look can tell? */
  mayBeCycle(blocked: Int32Array, at: number): boolean {
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

  /** Cycles of actors, each waiting for the next, the last for the first; none has an actor of another one. `blocked[at + actor]`: 1 + the object
   *  that it is blocked on. */
  cycles(blocked: Int32Array, at: number): readonly (readonly Wait[])[] {
    const { state, path } = this;
    const cycles: Wait[][] = [];
    state.fill(0);
    for (let actor = 1; actor < state.length; actor++) {
      if (state[actor] !== 0) continue;
      path.length = 0;
      const from = this.visit(actor, blocked, at);
      if (from > 0) cycles.push(path.slice(path.indexOf(from)).map((one) => ({ actor: one, object: blocked[at + one]! - 1 })));
      for (const one of path) state[one] = 2;
    }
    return cycles;
  }

  /** Follows the edges from an actor; the actor that is met again on the way, or 0. */
  private visit(actor: number, blocked: Int32Array, at: number): number {
    const { state } = this;
    const object = blocked[at + actor]! - 1;
    state[actor] = 2;
    if (object < 0 || this.kind[object] === NOTHING || this.idle[this.world.words[this.frameBase[actor]!]!] !== 0) return 0;
    state[actor] = 1;
    this.path.push(actor);
    let found = 0;
    this.holders(actor, object, (holder) => {
      if (found !== 0) return;
      if (state[holder] === 1) found = holder;
      else if (state[holder] === 0) found = this.visit(holder, blocked, at);
    });
    if (found !== 0) return found;
    state[actor] = 2;
    this.path.pop();
    return 0;
  }

  /** Calls `visit` for each actor that has to go on before `actor`, which is blocked on `object`, can. */
  holders(actor: number, object: number, visit: (holder: number) => void): void {
    const { words } = this.world;
    const kind = this.kind[object]!;
    if (kind === ACTOR) return visit(this.actorOf[object]!);
    const { owner, readers, queue, queueWords } = this.shapes[this.shape[object]!]!;
    const base = this.base[object]!;
    if (words[base + owner]! > 0) visit(words[base + owner]!);
    if (kind === MUTEX) return;
    if (kind === RWSEM) {
      // A writer stands among those who wait; who does not wants to read, and waiting writers hold it back.
      const writes = (words[base + queue + (actor >>> 5)]! & (1 << (actor & 31))) !== 0;
      this.members(base + (writes ? readers : queue), visit);
      return;
    }
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

  /** Tells cycles apart: states and kinds of locks, not who or which. */
  keyOf(cycle: readonly Wait[]): string {
    const parts = cycle.map(({ actor, object }) => `${this.leafPath(actor)} waits for ${this.describer.name(object).replace(/\(.*/, '')}`);
    const turns = parts.map((_part, i) => [...parts.slice(i), ...parts.slice(0, i)].join(', '));
    return turns.toSorted()[0]!;
  }

  /** The cycle in a sentence. */
  sentenceOf(cycle: readonly Wait[]): string {
    const name = (actor: number): string => this.world.topology.actors[actor - 1]!.name;
    return cycle.map(({ actor, object }, i) => {
      const next = cycle[(i + 1) % cycle.length]!.actor;
      return `${name(actor)} waits for ${this.describer.name(object)}, ${next === actor ? 'which it has itself' : `until ${name(next)} goes on`}`;
    }).join('; ');
  }

  /** Nobody can go on: everybody who is in the middle of something, and what each waits for. */
  standstill(blocked: Int32Array, at: number): { readonly key: string; readonly sentence: string } | undefined {
    const { topology } = this.world;
    const waiting = topology.actors.flatMap((_actor, i) => (this.world.leafOf(i + 1).idle ? [] : [i + 1]));
    if (waiting.length === 0 || waiting.some((actor) => this.world.leafOf(actor).outside !== undefined)) return undefined;
    const on = (actor: number): string => this.describer.name(blocked[at + actor]! - 1);
    return {
      key: [...new Set(waiting.map((actor) => `${this.leafPath(actor)} waits for ${on(actor).replace(/\(.*/, '')}`))].toSorted().join(', '),
      sentence: `nobody can go on: ${waiting.map((actor) => `${topology.actors[actor - 1]!.name} waits for ${on(actor)}`).join('; ')}`,
    };
  }

  private leafPath(actor: number): string {
    const { machine, path } = this.world.leafOf(actor);
    return `${machine} ${path}`;
  }
}

// Who waits for whom: the graph of actors that were found blocked, over what the words of locks say of holders and queues. A cycle in
// it is a deadlock, whatever the others do: every edge is a wait that only the one waited for can end.

import { lockClassesOf, type LockClass } from '../check/lock-classes.ts';
import type { PlacedTable } from '../memory/plan.ts';
import { tableOfObject } from '../memory/plan.ts';
import type { RunWorld } from '../runtime/world.ts';

interface Placed { readonly row: LockClass; readonly table: PlacedTable; readonly offsets: Readonly<Record<string, { offset: number; words: number }>> }

export class WaitFor {
  private readonly world: RunWorld;
  private readonly waitsOn: Int32Array;
  /** By object: what is held by it, or awaited at it; + 1. */
  private readonly placeOf: Uint8Array;
  private readonly placed: readonly Placed[];
  private readonly found: Int32Array;
  private readonly from: Int32Array;

  /** `waitsOn`: by actor, the object that it was found blocked on, -1 for none. */
  constructor(world: RunWorld, waitsOn: Int32Array) {
    this.world = world;
    this.waitsOn = waitsOn;
    const { plan, topology } = world;
    this.placeOf = new Uint8Array(plan.objects);
    this.placed = lockClassesOf(plan).flatMap((row): Placed[] => {
      // Who is inside a section that is only counted, its words do not say.
      if (row.kind === 'section' && row.inside === 'counter') return [];
      const table = plan.byName.get(row.layout)!;
      const offsets = Object.fromEntries(table.fields.map(({ name, offset, words }) => [name, { offset, words }]));
      return [{ row, table, offsets }];
    });
    this.placed.forEach(({ row, table }, place) => {
      const { firstId, count } = row.kind === 'section' ? plan.byName.get(row.awaited)! : table;
      this.placeOf.fill(place + 1, firstId, firstId + count);
    });
    this.found = new Int32Array(topology.actors.length + 1);
    this.from = new Int32Array(topology.actors.length + 1);
  }

  /** Somebody who waits for this object waits for holders that are known. */
  isLock(object: number): boolean {
    return this.placeOf[object] !== 0;
  }

  /** Calls `visit` for each actor that one which waits on `object` waits for. */
  forHolders(actor: number, object: number, visit: (holder: number) => void): void {
    const place = this.placeOf[object]!;
    if (place === 0) return;
    const { row, table, offsets } = this.placed[place - 1]!;
    const { words, topology, plan } = this.world;
    if (row.kind === 'section') {
      const n = object - tableOfObject(plan, object).firstId;
      if (words[table.base + n * table.words + offsets[row.field]!.offset] === 0) return;
      if (row.inside === 'actor') visit(n);
      else visit(topology.actors.findIndex((one) => one.machine === 'vcpu' && one.vcpu === n) + 1);
      return;
    }
    const base = table.base + (object - table.firstId) * table.words;
    const at = (field: string): number => base + offsets[field]!.offset;
    if (row.kind === 'mutex') {
      if (words[at(row.owner)] !== 0) visit(words[at(row.owner)]!);
      return;
    }
    if (words[at(row.writer)] !== 0) visit(words[at(row.writer)]!);
    const readers = (field: string): void => {
      for (let k = 0; k < offsets[field]!.words; k++) {
        for (let rest = words[at(field) + k]!; rest !== 0; rest &= rest - 1) visit(k * 32 + 31 - Math.clz32(rest & -rest));
      }
    };
    if (row.kind === 'rwsem') {
      const exclusive = (words[at(row.queue) + (actor >>> 5)]! & (1 << (actor & 31))) !== 0;
      // A queued writer waits for readers; a new reader for every queued writer.
      readers(exclusive ? row.readers : row.queue);
      return;
    }
    // First come, first served: everybody in front in the queue, and, for a writer, the readers.
    const first = at(row.queue);
    const own = words.subarray(first, first + offsets[row.queue]!.words).findIndex((entry) => Math.abs(entry) === actor);
    for (let k = 0; k < own; k++) visit(Math.abs(words[first + k]!));
    if (own < 0 || words[first + own]! < 0) readers(row.readers);
  }

  /** Actors of a cycle through this one, which was just found blocked; in order, each waiting for the next. Nothing when there is none. */
  cycle(actor: number): number[] | undefined {
    this.from.fill(0);
    let count = 0;
    let closed = 0;
    this.found[count++] = actor;
    for (let k = 0; k < count && closed === 0; k++) {
      const waiter = this.found[k]!;
      this.forHolders(waiter, this.waitsOn[waiter]!, (holder) => {
        if (holder === actor) closed ||= waiter;
        else if (this.from[holder] === 0 && this.waitsOn[holder]! >= 0) {
          this.from[holder] = waiter;
          this.found[count++] = holder;
        }
      });
    }
    if (closed === 0) return undefined;
    const cycle: number[] = [];
    for (let at = closed; at !== actor; at = this.from[at]!) cycle.unshift(at);
    return [actor, ...cycle];
  }
}

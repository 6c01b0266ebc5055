// Steps of different actors that meet at an object, one behind the other with no other write between, at least one of them a write: by
// names of steps and layout, and in which order. What was seen in both orders has raced, with a lock or without.

import { TupleCounts } from '../check/tuple-counts.ts';
import type { Footprint } from '../check/footprint.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { ConflictingPair } from './coverage.ts';

/** Readers of an object that are kept since its last write; those that come later count for the oldest. */
const READERS = 8;
/** Layouts that are the model's own: no kernel has them. */
const MODEL = ['frame', 'flush_mark', 'fault_injection'];

export class Pairs {
  private readonly world: RunWorld;
  private readonly names: readonly string[];
  private readonly stepOfLeaf: Uint16Array;
  private readonly tableOf: Uint16Array;
  private readonly looked: Uint8Array;
  /** Of each object: its last writer and the readers since, as actor * 2^16 + step + 1; 0 none. */
  private readonly writer: Int32Array;
  private readonly readers: Int32Array;
  private readonly count: Uint8Array;
  /** Objects that this schedule has touched, to begin anew. */
  private readonly touched: Int32Array;
  private touchedCount = 0;
  private readonly counts = new TupleCounts();

  constructor(world: RunWorld) {
    this.world = world;
    const { plan, table } = world;
    this.names = [...new Set(table.leaves.map(({ step }) => step))];
    const numbers = new Map(this.names.map((step, n) => [step, n]));
    this.stepOfLeaf = Uint16Array.from(table.leaves, ({ step }) => numbers.get(step)!);
    this.tableOf = new Uint16Array(plan.objects);
    this.looked = new Uint8Array(plan.objects);
    plan.tables.forEach(({ layout, firstId, count }, place) => {
      this.tableOf.fill(place, firstId, firstId + count);
      if (!layout.ghost && !MODEL.includes(layout.name)) this.looked.fill(1, firstId, firstId + count);
    });
    this.writer = new Int32Array(plan.objects);
    this.readers = new Int32Array(plan.objects * READERS);
    this.count = new Uint8Array(plan.objects);
    this.touched = new Int32Array(plan.objects);
  }

  /** Another schedule begins. */
  begin(): void {
    for (let k = 0; k < this.touchedCount; k++) {
      this.writer[this.touched[k]!] = 0;
      this.count[this.touched[k]!] = 0;
    }
    this.touchedCount = 0;
  }

  /** Behind each step. */
  afterStep({ ids, wrote, count }: Footprint): void {
    const { last } = this.world;
    const entry = (last.actor << 16) | (this.stepOfLeaf[last.leaf]! + 1);
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      if (this.looked[id] === 0) continue;
      if (this.writer[id] === 0 && this.count[id] === 0) this.touched[this.touchedCount++] = id;
      this.meet(this.writer[id]!, entry, id);
      const first = id * READERS;
      if (wrote[k] !== 0) {
        for (let r = 0; r < this.count[id]!; r++) this.meet(this.readers[first + r]!, entry, id);
        this.writer[id] = entry;
        this.count[id] = 0;
      } else if (this.count[id]! < READERS && !this.reads(first, this.count[id]!, entry)) this.readers[first + this.count[id]!++] = entry;
    }
  }

  /** Pairs seen, in alphabetical order. */
  report(): ConflictingPair[] {
    const pairs = new Map<string, { layout: string; steps: [string, string]; times: [number, number] }>();
    this.counts.forEach((first, second, table, _none, times) => {
      const { layout } = this.world.plan.tables[table]!;
      const names = [this.names[first]!, this.names[second]!] as const;
      const swapped = names[0] > names[1];
      const steps: [string, string] = swapped ? [names[1], names[0]] : [names[0], names[1]];
      const key = [layout.name, ...steps].join(' ');
      const pair = pairs.get(key) ?? { layout: layout.name, steps, times: [0, 0] };
      // Two actors in the same step are seen in both orders by their nature.
      if (names[0] === names[1]) pair.times = [times, times];
      else pair.times[swapped ? 1 : 0] += times;
      pairs.set(key, pair);
    });
    return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  }

  private reads(first: number, count: number, entry: number): boolean {
    for (let r = 0; r < count; r++) if (this.readers[first + r] === entry) return true;
    return false;
  }

  private meet(earlier: number, later: number, id: number): void {
    if (earlier === 0 || earlier >>> 16 === later >>> 16) return;
    this.counts.add((earlier & 0xffff) - 1, (later & 0xffff) - 1, this.tableOf[id]!, 0);
  }
}

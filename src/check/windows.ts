// Race windows: which step of one actor fell between which two consecutive accesses of another one to the same object, at least one of
// the three a write. It says which interleavings a run has met, ordered by locks or not: what was never hit was never tried.

import { TUPLE_LIMIT, TupleCounts } from './tuple-counts.ts';
import type { Footprint } from './footprint.ts';
import type { StepStream } from './step-stream.ts';

/** A window that was hit, by names of steps. */
export interface RaceWindow {
  readonly layout: string;
  readonly before: string;
  readonly intruder: string;
  readonly after: string;
  readonly times: number;
}

/** Accesses of an object that are kept: a window that holds more of them is not counted. A power of two. */
const KEPT = 8;
/** Objects that no kernel has in common between actors: what the model keeps for itself. */
const MODEL = ['frame', 'flush_mark', 'fault_injection'];

export class Windows {
  private readonly stream: StepStream;
  /** The last accesses of each object as a ring: actor * 2^16 + step * 2 + whether it wrote; 0 none. */
  private readonly kept: Int32Array;
  private readonly next: Uint8Array;
  private readonly looked: Uint8Array;
  private readonly counts = new TupleCounts();

  constructor(stream: StepStream) {
    this.stream = stream;
    const { plan, topology } = stream.world;
    if (stream.steps.length >= TUPLE_LIMIT / 2 || topology.actors.length >= TUPLE_LIMIT / 2) {
      throw new RangeError(`race windows can be counted for ${TUPLE_LIMIT / 2} steps and actors, the kernel has ${stream.steps.length}, the scenario ${topology.actors.length}; leave the analysis out`);
    }
    this.kept = new Int32Array(plan.objects * KEPT);
    this.next = new Uint8Array(plan.objects);
    this.looked = Uint8Array.from(stream.tableOf, (table) => {
      const { layout } = plan.tables[table]!;
      return layout.ghost || MODEL.includes(layout.name) ? 0 : 1;
    });
  }

  /** Another run begins: accesses before it open no window in it. */
  begin(): void {
    this.kept.fill(0);
    this.next.fill(0);
  }

  /** Call behind each step. */
  afterStep({ ids, wrote, count }: Footprint): void {
    const { last } = this.stream.world;
    const { kept, next, looked } = this;
    const step = this.stream.stepOfLeaf[last.leaf]!;
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      if (looked[id] === 0) continue;
      const at = next[id]!;
      const entry = (last.actor << 16) | (step << 1) | wrote[k]!;
      const newest = kept[id * KEPT + ((at - 1) & (KEPT - 1))]!;
      if (newest !== 0 && newest >>> 16 !== last.actor) this.close(id, at, entry);
      kept[id * KEPT + at] = entry;
      next[id] = (at + 1) & (KEPT - 1);
    }
  }

  /** Distinct windows hit so far. */
  get distinct(): number {
    return this.counts.size;
  }

  /** Windows that were hit, most frequent first; of equal ones in alphabetical order. */
  report(most = Infinity): RaceWindow[] {
    const { steps, world } = this.stream;
    const all: RaceWindow[] = [];
    this.counts.forEach((before, intruder, after, table, times) => {
      all.push({ layout: world.plan.tables[table]!.layout.name, before: steps[before]!, intruder: steps[intruder]!, after: steps[after]!, times });
    });
    return sortedWindows(all).slice(0, most);
  }

  /** Somebody else was at the object last: if the actor was there before, all that came since fell into its window. */
  private close(id: number, at: number, entry: number): void {
    const { kept } = this;
    const actor = entry >>> 16;
    let back = 2;
    while (back <= KEPT) {
      const found = kept[id * KEPT + ((at - back) & (KEPT - 1))]!;
      if (found === 0) return;
      if (found >>> 16 === actor) break;
      back++;
    }
    if (back > KEPT) return;
    const before = kept[id * KEPT + ((at - back) & (KEPT - 1))]!;
    const table = this.stream.tableOf[id]!;
    for (let k = back - 1; k >= 1; k--) {
      const intruder = kept[id * KEPT + ((at - k) & (KEPT - 1))]!;
      if (((before | intruder | entry) & 1) === 0) continue;
      this.counts.add((before & 0xffff) >> 1, (intruder & 0xffff) >> 1, (entry & 0xffff) >> 1, table);
    }
  }
}

const textOf = (one: RaceWindow): string => `${one.layout} ${one.before} ${one.intruder} ${one.after}`;

/** Most frequent first. */
const sortedWindows = (windows: readonly RaceWindow[]): RaceWindow[] =>
  windows.toSorted((a, b) => b.times - a.times || (textOf(a) < textOf(b) ? -1 : 1));

/** Windows of several runs, counts added up. */
export function mergeWindows(reports: readonly (readonly RaceWindow[])[]): RaceWindow[] {
  const all = new Map<string, RaceWindow>();
  for (const one of reports.flat()) {
    const key = textOf(one);
    all.set(key, { ...one, times: one.times + (all.get(key)?.times ?? 0) });
  }
  return sortedWindows([...all.values()]);
}

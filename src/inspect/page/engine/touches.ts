// Every step that touched certain objects: the history of a page, of a lock, of a word.

import type { Kernel } from '../../../kernel/define.ts';
import type { Observer } from '../../../memory/views.ts';
import { preparedWorld } from '../../../runtime/prepared.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { Forward } from './forward.ts';
import type { Records } from './records.ts';

/** A step that touched one of the objects that were asked about. */
export interface Touch {
  readonly step: number;
  readonly actor: number;
  /** Leaf that the actor was in. */
  readonly leaf: number;
  /** Words of these objects that it read and wrote. */
  readonly read: readonly number[];
  readonly wrote: readonly number[];
}

class TouchLog implements Observer {
  ids: ReadonlySet<number> = new Set();
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  read(id: number, cell: number): void {
    if (this.ids.has(id)) this.reads.add(cell);
  }
  write(id: number, cell: number): void {
    if (this.ids.has(id)) this.writes.add(cell);
  }
}

export interface TouchQuestion {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly records: Records;
  /** Memory in front of step `from`. */
  readonly memory: Int32Array;
  readonly from: number;
  readonly to: number;
  readonly ids: ReadonlySet<number>;
  readonly most: number;
}

/** A world that is asked again and again, of the kernel and topology that it was made for. */
let known: { topology: Topology; world: RunWorld; forward: Forward; log: TouchLog } | undefined;

/** Executes the steps from `from` to `to` and answers those that touch one of the objects, `most` at most. */
export function touches({ kernel, topology, records, memory, from, to, ids, most }: TouchQuestion): Touch[] {
  if (known?.topology !== topology) {
    const { world, observer } = preparedWorld(kernel, topology, () => new TouchLog());
    known = { topology, world, forward: new Forward(world), log: observer };
  }
  const { world, forward, log } = known;
  world.words.set(memory);
  log.ids = ids;
  const found: Touch[] = [];
  for (let step = from; step <= to && found.length < most; step++) {
    log.reads.clear();
    log.writes.clear();
    forward.execute(records, step);
    if (log.reads.size + log.writes.size === 0) continue;
    found.push({ step, actor: records.actor(step), leaf: records.leaf(step), read: [...log.reads], wrote: [...log.writes] });
  }
  return found;
}

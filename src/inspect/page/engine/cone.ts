// What happened before a step, and what it led to: the steps that are connected with it by their actors' order and by what they touch, one of
// them writing. All others are concurrent with it: they could have come in another order. Found by executing a window of the run.

import { FootprintLog } from '../../../check/footprint.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { preparedWorld } from '../../../runtime/prepared.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { Forward } from './forward.ts';
import type { Records } from './records.ts';

/** Steps on either side of the one that is asked about. */
export const CONE_WINDOW = 4000;

/** How a step stands to the one that is asked about. */
export const RELATION = { CONCURRENT: 0, BEFORE: 1, AFTER: 2, ITSELF: 3 } as const;

export interface Cone {
  readonly from: number;
  readonly to: number;
  /** RELATION of step `from + k`. */
  readonly relation: Uint8Array;
  readonly concurrent: number;
}

export interface ConeQuestion {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly records: Records;
  readonly step: number;
  readonly from: number;
  readonly to: number;
  /** Memory in front of step `from`. */
  readonly memory: Int32Array;
}

/** Clocks of an object: of its last write, and of all reads since. */
interface Clocks { readonly write: Int32Array; readonly read: Int32Array }

/** Finds the cone of a step within a window. */
export function coneOf({ kernel, topology, records, step: asked, from, to, memory }: ConeQuestion): Cone {
  const { world, observer: log } = preparedWorld(kernel, topology, (objects) => new FootprintLog(objects));
  world.words.set(memory);
  const forward = new Forward(world);
  const actors = topology.actors.length + 1;
  const clocks = Array.from({ length: actors }, () => new Int32Array(actors));
  const objects = new Map<number, Clocks>();
  const relation = new Uint8Array(to - from + 1);
  const own = records.actor(asked);
  let past: Int32Array | undefined;
  let concurrent = 0;
  const join = (into: Int32Array, other: Int32Array): void => { for (let k = 0; k < actors; k++) if (other[k]! > into[k]!) into[k] = other[k]!; };
  for (let step = from; step <= to; step++) {
    log.clear();
    forward.execute(records, step);
    const actor = records.actor(step);
    const clock = clocks[actor]!;
    for (let k = 0; k < log.count; k++) {
      const known = objects.get(log.ids[k]!);
      if (known === undefined) continue;
      join(clock, known.write);
      if (log.wrote[k] !== 0) join(clock, known.read);
    }
    clock[actor] = step;
    for (let k = 0; k < log.count; k++) {
      let known = objects.get(log.ids[k]!);
      if (known === undefined) objects.set(log.ids[k]!, known = { write: new Int32Array(actors), read: new Int32Array(actors) });
      if (log.wrote[k] !== 0) {
        known.write.set(clock);
        known.read.fill(0);
      } else join(known.read, clock);
    }
    if (step === asked) past = clock.slice();
    else if (step > asked && clock[own]! >= asked) relation[step - from] = RELATION.AFTER;
  }
  for (let step = from; step <= to; step++) {
    if (step === asked) relation[step - from] = RELATION.ITSELF;
    else if (step < asked && past![records.actor(step)]! >= step) relation[step - from] = RELATION.BEFORE;
    else if (relation[step - from] === RELATION.CONCURRENT) concurrent++;
  }
  return { from, to, relation, concurrent };
}

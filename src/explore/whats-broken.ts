// What a schedule breaks, of every kind: whoever replays a finding asks this.

import type { Invariant } from '../check/invariant.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { isTarget, type Broken } from './broken.ts';
import { isEdge, LIVELOCK } from './keys.ts';
import { Player } from './player.ts';
import { keyOfLoop } from './reproduce.ts';
import type { Schedule } from './schedule.ts';

export interface WhatsBroken {
  /** Steps executed: all of the schedule, or those up to a violation. */
  readonly steps: number;
  /** All that is broken at its end: an invariant by its last step; actors that wait for each other; a loop; lock orders; data races; leaks. */
  readonly broken: readonly Broken[];
  /** Edges of the lock order that it shows. */
  readonly edges: readonly Broken[];
}

/** Plays a schedule, each of whose steps must apply. `loop`: steps in front of a loop, which the rest is to be;
 *  `id`: the property that it is to break. */
export function whatsBroken(kernel: Kernel, topology: Topology, schedule: Schedule, invariants: readonly Invariant[], loop?: number, id: string = LIVELOCK): WhatsBroken {
  const played = new Player(kernel, topology, { invariants, analysed: true, edges: true }).play(schedule, { strict: true });
  const edges = played.atEnd.filter(({ key }) => isEdge(key));
  const atEnd = played.atEnd.filter(({ key }) => !isEdge(key));
  const steps = played.steps.length;
  if (played.broken !== undefined && played.atEnd.length === 0) return { steps, broken: [played.broken], edges };
  const cycle = new Player(kernel, topology, { invariants: [], cycles: true }).play(schedule, { strict: true }).broken;
  const key = loop === undefined ? undefined : keyOfLoop(new Player(kernel, topology, { invariants: [] }), schedule.slice(0, loop), schedule.slice(loop), id);
  const livelock = key === undefined ? [] : [{ kind: 'livelock', id, sentence: 'a loop leads back to its beginning', key } as const];
  const found = [...livelock, ...atEnd];
  return { steps, broken: cycle === undefined || found.some((one) => isTarget(cycle, one)) ? found : [cycle, ...found], edges };
}

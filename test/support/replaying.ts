// Replaying a trace to its end, every step verified.

import { Replayer } from '../../src/runtime/replay.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Topology } from '../../src/scenario/topology.ts';
import type { TraceFooter } from '../../src/trace/header.ts';
import type { TraceSource } from '../../src/trace/source.ts';

/** Steps of a trace, and what it ends with. Throws where the replay differs. */
export function replaying(source: TraceSource, kernel: Kernel, topology: Topology): { steps: number; footer: TraceFooter | undefined } {
  const replayer = new Replayer(source, kernel, topology, (objects) => new WriteLog(objects));
  while (replayer.next());
  return { steps: replayer.step, footer: replayer.footer };
}

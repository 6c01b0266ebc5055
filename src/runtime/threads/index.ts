// The runtime `threads`: every worker runs its own XState actors over the one shared memory, truly concurrent; the shadow follows.

import type { Runtime } from '../run.ts';
import { ThreadsRun } from './threads-run.ts';

export { PLACEMENTS, type Placement } from './placement.ts';
export { ThreadsRun } from './threads-run.ts';
export type { WorkerResult } from './worker-loop.ts';

export const threads: Runtime = { name: 'threads', open: (options) => new ThreadsRun(options) };

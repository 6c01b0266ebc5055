// The runtimes that `run --runtime` takes; one row each.

import type { Runtime } from '../runtime/run.ts';
import { simulate } from '../runtime/simulate-run.ts';
import { threads } from '../runtime/threads/index.ts';

export const runtimes: readonly Runtime[] = [simulate, threads];

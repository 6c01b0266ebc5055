// What goes to a worker of the pool when it starts, and what comes back: structured-clone data.

import type { KernelRef } from '../runtime/threads/thread-data.ts';
import type { Topology } from '../scenario/topology.ts';
import type { SampleProgress } from './sample.ts';
import type { SampleOptions, SampleTotals } from './sample-types.ts';

export interface ExploreData {
  readonly kernel: KernelRef;
  readonly topology: Topology;
  /** Without what cannot be sent. */
  readonly options: Omit<SampleOptions, 'invariants' | 'check'>;
  /** Ids of the invariants to check. */
  readonly invariants: readonly string[];
  /** One word: not 0 when the worker is to stop soon. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type FromExplore =
  | { readonly type: 'progress'; readonly progress: SampleProgress }
  | { readonly type: 'done'; readonly totals: SampleTotals }
  | { readonly type: 'failed'; readonly message: string };

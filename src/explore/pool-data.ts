// What goes to a worker of the pool when it starts, and what comes back: structured-clone data.

import type { KernelRef } from '../runtime/threads/thread-data.ts';
import type { Topology } from '../scenario/topology.ts';
import type { SampleProgress } from './sample.ts';
import type { SampleOptions, SampleTotals } from './sample-types.ts';
import type { Part } from './search/head.ts';
import type { SharedSearch } from './search/job.ts';
import type { SearchOptions } from './search/options.ts';

export interface ExploreData {
  readonly kernel: KernelRef;
  readonly topology: Topology;
  /** Without what cannot be sent. */
  readonly options: Omit<SampleOptions, 'invariants' | 'check' | 'isOver'>;
  /** Ids of the invariants to check. */
  readonly invariants: readonly string[];
  /** One word: not 0 when the worker is to stop soon. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type FromExplore =
  | { readonly type: 'progress'; readonly progress: SampleProgress }
  | { readonly type: 'done'; readonly totals: SampleTotals; /** As a Sampler says. */ readonly isTried: boolean }
  | { readonly type: 'failed'; readonly message: string };

/** What a thread of a search is given when it starts. */
export interface SearchData {
  readonly kernel: KernelRef;
  readonly topology: Topology;
  readonly options: Omit<SearchOptions, 'invariants'>;
  readonly invariants: readonly string[];
  readonly shared: SharedSearch;
  /** Which thread it is, from 0. */
  readonly number: number;
}

/** Paths to search; all threads begin together. `foldsPages`: states with pages renamed count as one, if they did so far. */
export interface ToSearch { readonly stacks: readonly Int32Array[]; readonly foldsPages: boolean }

export type FromSearch = { readonly type: 'ready' } | { readonly type: 'part'; readonly part: Part } | { readonly type: 'failed'; readonly message: string };

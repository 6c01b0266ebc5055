// What goes to a thread when it starts, and what comes back: structured-clone data.

import type { PackedTable } from '../../kernel/packed-table.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { TraceBatch } from '../../trace/batch.ts';
import type { ShadowResult, ShadowTask } from './shadow-loop.ts';
import type { WorkerResult, WorkerTask } from './worker-loop.ts';

/** A kernel by name, or, for a person's own, the text that makes it; and its table, which takes long to make. */
export interface KernelRef { readonly name: string; readonly text?: { readonly file: string; readonly text: string }; readonly table: PackedTable }

interface ThreadData { readonly kernel: KernelRef; readonly topology: Topology }
export interface ActorsData extends ThreadData { readonly task: WorkerTask }
export interface ShadowData extends ThreadData { readonly task: ShadowTask; /** Ids of the invariants to check. */ readonly invariants: readonly string[] }

export type FromActors = { readonly type: 'done'; readonly result: WorkerResult } | Failed;
/** As `Tell` says. */
export type FromShadow = { readonly type: 'up' } | { readonly type: 'still'; readonly number: number } | { readonly type: 'batch'; readonly batch: TraceBatch } | { readonly type: 'done'; readonly result: ShadowResult } | Failed;

/** A thread has met an error, and ends. */
export interface Failed { readonly type: 'failed'; readonly message: string }

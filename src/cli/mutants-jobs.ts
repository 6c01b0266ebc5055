// Mutants on several threads: each thread takes one, looks for it in every way, and takes the next.

import { Worker } from 'node:worker_threads';
import { packTable } from '../kernel/packed-table.ts';
import { LaboratoryError } from '../runtime/world.ts';
import type { KernelRef } from '../runtime/threads/thread-data.ts';
import type { StatusLine } from './explore-drive.ts';
import type { Interruption } from './interruption.ts';
import type { NamedKernel } from './kernels.ts';
import type { Looking, Row } from './mutants-rows.ts';
import { workerFile } from '../runtime/threads/worker-file.ts';

const ENTRY = workerFile('mutants');

/** What a thread is started with. */
export interface MutantsData { readonly kernel: KernelRef; readonly looking: Looking; readonly stop: Int32Array }
/** What it answers to the id of a mutant. */
export type FromMutants = { readonly type: 'row'; readonly row: Row | undefined } | { readonly type: 'failed'; readonly message: string };

/** Looks for these mutants, and tells of each row as it is done; rows of an interrupted one do not come. */
export async function rowsOnThreads({ kernel, text }: NamedKernel, ids: readonly string[], looking: Looking, jobs: number, interruption: Interruption, status: StatusLine, tell: (row: Row) => void): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  interruption.stops(() => { Atomics.store(stop, 0, 1); });
  const left = [...ids];
  const busy = new Set<string>();
  let done = 0;
  const data: MutantsData = { kernel: { name: kernel.name, table: packTable(kernel.table), ...(text === undefined ? {} : { text }) }, looking, stop };
  const thread = (number: number): { worker: Worker; over: Promise<void> } => {
    const worker = new Worker(ENTRY, { workerData: data });
    const over = new Promise<void>((resolve, reject) => {
      let at: string | undefined;
      const next = (): void => {
        at = interruption.asked ? undefined : left.shift();
        if (at === undefined) return resolve();
        busy.add(at);
        status.show([`${[...busy].join(', ')}; ${done} of ${ids.length} are done`]);
        worker.postMessage(at);
      };
      const fail = (how: string): void => reject(new LaboratoryError(`thread ${number + 1} of ${jobs} ${how}${at === undefined ? '' : `, with ${at}`}`));
      worker.on('message', (message: FromMutants) => {
        if (message.type === 'failed') return fail(`ended with an error: ${message.message}`);
        busy.delete(at!);
        done++;
        if (message.row !== undefined) tell(message.row);
        next();
      });
      worker.once('error', (error) => fail(`ended with an error: ${error instanceof Error ? error.message : String(error)}`));
      worker.once('exit', (code) => fail(`ended with code ${code} in the middle of its work`));
      next();
    });
    return { worker, over };
  };
  const all = Array.from({ length: Math.min(jobs, ids.length) }, (_one, number) => thread(number));
  try {
    await Promise.all(all.map(({ over }) => over));
  } finally {
    status.clear();
    await Promise.all(all.map(({ worker }) => worker.terminate()));
  }
}

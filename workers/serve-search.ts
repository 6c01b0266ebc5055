// A thread of an exhaustive search: whenever it is given paths, it searches with the others, and answers what it has done.

import { parentPort, workerData } from 'node:worker_threads';
import { Job } from '../src/explore/search/job.ts';
import type { Invariant } from '../src/check/invariant.ts';
import type { FromSearch, SearchData, ToSearch } from '../src/explore/pool-data.ts';
import type { Kernel } from '../src/kernel/define.ts';

/** Serves until the thread is ended. `kernelOf` makes the kernel; `invariants` are those that the thread knows. */
export async function serveSearch(kernelOf: (data: SearchData) => Kernel | Promise<Kernel>, invariants: readonly Invariant[]): Promise<void> {
  const data = workerData as SearchData;
  const say = (message: FromSearch): void => { parentPort!.postMessage(message); };
  const failed = (error: unknown): void => say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  try {
    const { number, topology, options, invariants: ids, shared } = data;
    const job = new Job(number, await kernelOf(data), topology, { ...options, invariants: invariants.filter(({ id }) => ids.includes(id)) }, shared);
    parentPort!.on('message', ({ stacks, foldsPages }: ToSearch) => {
      try {
        say({ type: 'part', part: job.run(stacks, foldsPages) });
      } catch (error) {
        failed(error);
      }
    });
    say({ type: 'ready' });
  } catch (error) {
    failed(error);
  }
}

// A hunt on several threads: each tries scenarios, and this one gathers what they show, in the order of numbers, so that any number of
// jobs find the same.

import { Worker } from 'node:worker_threads';
import type { Cause } from '../explore/hunt/causes.ts';
import type { Hunter } from '../explore/hunt/hunter.ts';
import type { Tried } from '../explore/hunt/try.ts';
import { packTable } from '../kernel/packed-table.ts';
import type { KernelRef } from '../runtime/threads/thread-data.ts';
import { LaboratoryError } from '../runtime/world.ts';
import type { NamedKernel } from './kernels.ts';
import { workerFile } from '../runtime/threads/worker-file.ts';

const ENTRY = workerFile('hunt');
/** Scenarios that are tried ahead of the one that is gathered, for each job: none waits while a finding is shrunk. */
const AHEAD = 8;
/** Milliseconds after which events have their turn. */
const TURN_MS = 20;

/** What a worker is given when it starts; then numbers of scenarios, one at a time. */
export interface HuntData { readonly kernel: KernelRef; readonly seed: number }
/** What it answers. */
export type FromHunt = { readonly type: 'tried'; readonly tried: Tried } | { readonly type: 'failed'; readonly message: string };

export interface HuntPoolOptions {
  readonly kernel: NamedKernel;
  readonly hunter: Hunter;
  readonly seed: number;
  readonly jobs: number;
  /** Number of the scenario in front of which it ends. */
  readonly end: number;
  readonly found: (fresh: readonly Cause[]) => void;
  /** Asked between turns. */
  readonly stopped: () => boolean;
}

/** Hunts until there is no number left or it is stopped; answers whether it came to its end. Rejects with a LaboratoryError when a job fails. */
export async function huntOnThreads({ kernel, hunter, seed, jobs, end, found, stopped }: HuntPoolOptions): Promise<boolean> {
  const workerData: HuntData = { kernel: { name: kernel.kernel.name, table: packTable(kernel.kernel.table), ...(kernel.text === undefined ? {} : { text: kernel.text }) }, seed };
  const workers = Array.from({ length: jobs }, () => new Worker(ENTRY, { workerData }));
  const order: number[] = [];
  const ready = new Map<number, Tried>();
  const idle = new Set(workers);
  let failure: LaboratoryError | undefined;
  let wake = (): void => {};
  for (const worker of workers) {
    const fail = (how: string): void => {
      failure ??= new LaboratoryError(`a job of the hunt ended ${how}`);
      wake();
    };
    worker.on('message', (message: FromHunt) => {
      if (message.type === 'failed') return fail(`with an error: ${message.message}`);
      ready.set(message.tried.n, message.tried);
      idle.add(worker);
      wake();
    });
    worker.on('error', (error) => fail(`with an error: ${error instanceof Error ? error.message : String(error)}`));
    worker.on('exit', (code) => fail(`with code ${code} in the middle of its work`));
  }
  const send = (): void => {
    for (const worker of idle) {
      const n = order.length < AHEAD * jobs ? hunter.next(end) : undefined;
      if (n === undefined) return;
      order.push(n);
      idle.delete(worker);
      worker.postMessage(n);
    }
  };
  try {
    for (send(); order.length > 0; send()) {
      const tried = ready.get(order[0]!);
      if (tried === undefined) await new Promise<void>((resolve) => { wake = resolve; setTimeout(resolve, 100); });
      else {
        ready.delete(order.shift()!);
        const parts = hunter.take(tried);
        for (let part = parts.next(), turned = performance.now(); ; part = parts.next()) {
          if (part.done === true) {
            found(part.value);
            break;
          }
          if (performance.now() - turned < TURN_MS) continue;
          send();
          await new Promise<void>((resolve) => { setImmediate(resolve); });
          if (failure !== undefined || stopped()) break;
          turned = performance.now();
        }
      }
      if (failure !== undefined) throw failure;
      if (stopped()) return false;
    }
    return true;
  } finally {
    for (const worker of workers) worker.removeAllListeners();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

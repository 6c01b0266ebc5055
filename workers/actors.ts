// Entry point of a worker of the runtime threads.

import { parentPort, workerData } from 'node:worker_threads';
import { runWorker } from '../src/runtime/threads/worker-loop.ts';
import type { ActorsData, FromActors } from '../src/runtime/threads/thread-data.ts';
import { kernelOf } from './kernel.ts';

const { kernel, topology, task } = workerData as ActorsData;
const say = (message: FromActors): void => { parentPort!.postMessage(message); };
try {
  say({ type: 'done', result: runWorker(await kernelOf(kernel), topology, task) });
} catch (error) {
  say({ type: 'failed', message: `ended with an error: ${error instanceof Error ? error.message : String(error)}` });
}

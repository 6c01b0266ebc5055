// Entry point of a worker thread of the threads runtime.

import { parentPort, workerData } from 'node:worker_threads';
import { kernels } from '../machines/kernels/index.ts';
import { runWorker } from '../src/runtime/threads/worker-loop.ts';
import type { WorkerData } from '../src/runtime/threads/index.ts';

const { kernel, topology, task } = workerData as WorkerData;
const found = kernels.find((one) => one.name === kernel);
if (found === undefined) throw new Error(`this worker does not know the kernel '${kernel}'`);
parentPort!.postMessage(runWorker(found, topology, task));

// A worker that ends its thread in the middle of a step, as a crash would: it runs the real loop, with a taker that has had enough.

import { parentPort, workerData } from 'node:worker_threads';
import { runWorker } from '../../dist/src/runtime/threads/worker-loop.js';
import { VersionTaker } from '../../dist/src/runtime/threads/versions.js';
import { kernelOf } from '../../dist/workers/kernel.js';

/** Steps after which it is over: those that it has done, since one that meets a conflict is tried any number of times. */
const STEPS = 5000;

class Dying extends VersionTaker {
  done = 0;
  commit() {
    super.commit();
    this.done++;
  }
  take(id) {
    super.take(id);
    if (this.done > STEPS) process.exit(7);
  }
}

const { kernel, topology, task } = workerData;
parentPort.postMessage({ type: 'done', result: runWorker(await kernelOf(kernel), topology, task, (...of) => new Dying(...of)) });

// A worker whose version lock is broken for the objects of one layout (named in the environment): it takes them without
// looking whether another worker has them. Now and then it sleeps behind that, so that another one comes in between on one processor too.

import { parentPort, workerData } from 'node:worker_threads';
import { runWorker } from '../../dist/src/runtime/threads/worker-loop.js';
import { VersionTaker } from '../../dist/src/runtime/threads/versions.js';
import { kernelOf } from '../../dist/workers/kernel.js';

const layout = process.env.BROKEN_LAYOUT;
/** Takings between two sleeps, and milliseconds of a sleep. */
const SLEEPS_EVERY = 16;
const SLEEP_MS = 0.2;
const nobody = new Int32Array(new SharedArrayBuffer(4));

class Broken extends VersionTaker {
  constructor(plan, words, privateObjects) {
    super(plan, words, privateObjects);
    const { firstId, count } = plan.byName.get(layout);
    this.broken = (id) => id >= firstId && id < firstId + count;
    this.all = words;
    this.at = plan.versions;
    this.taken = 0;
  }
  take(id) {
    if (!this.broken(id)) return super.take(id);
    // As if nobody had it.
    const version = Atomics.load(this.all, this.at + id) & ~1;
    for (let k = 0; k < this.count; k++) if (this.objects[k] === id) return undefined;
    this.objects[this.count] = id;
    this.tickets[this.count] = version >>> 1;
    this.wrote[this.count] = 1;
    this.count++;
    if (++this.taken % SLEEPS_EVERY === 0) Atomics.wait(nobody, 0, 0, SLEEP_MS);
    return undefined;
  }
}

const { kernel, topology, task } = workerData;
try {
  parentPort.postMessage({ type: 'done', result: runWorker(await kernelOf(kernel), topology, task, (...of) => new Broken(...of)) });
} catch (error) {
  parentPort.postMessage({ type: 'failed', message: `ended with an error: ${error.message}` });
}

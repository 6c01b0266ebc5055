// Preloaded into every thread of the command: in the second job of a search, the thread ends in the middle of its work, as a crash would
// end it.

import { isMainThread, workerData } from 'node:worker_threads';

/** Words that it takes before it is over. */
let left = 100;

if (!isMainThread && workerData?.number === 1) {
  const { compareExchange } = Atomics;
  Atomics.compareExchange = (...args) => {
    if (--left === 0) process.exit(7);
    return compareExchange(...args);
  };
}

// Preloaded into every thread of the command: in the second job of a search, the thread ends in the middle of its work, as a crash would
// end it.

import { isMainThread, workerData } from 'node:worker_threads';
import { Job } from '../../dist/src/explore/search/job.js';

if (!isMainThread && workerData?.number === 1) Job.prototype.run = () => process.exit(7);

// A thread of a search whose second job ends in the middle of its work, as a crash would end it.

import { workerData } from 'node:worker_threads';
import { Job } from '../../dist/src/explore/search/job.js';

if (workerData.number === 1) Job.prototype.run = () => process.exit(7);
await import('../../dist/workers/search.js');

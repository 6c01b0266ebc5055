// Preloaded into every thread of the command: in a worker of a run, the thread ends after some thousand steps, as a crash would end it.

import { isMainThread, workerData } from 'node:worker_threads';
import * as versions from '../../dist/bundle/src/shared/versions.js';

/** In the bundle, whose chunks export under names of their own. */
const VersionTaker = Object.values(versions).find((one) => one.name === 'VersionTaker');

/** Steps that are done after which it is over. */
const STEPS = 5000;

if (!isMainThread && workerData?.task?.worker === 0) {
  const { commit, take } = VersionTaker.prototype;
  let done = 0;
  VersionTaker.prototype.commit = function () {
    commit.call(this);
    done++;
  };
  VersionTaker.prototype.take = function (id) {
    take.call(this, id);
    if (done > STEPS) process.exit(7);
  };
}

// Entry point of a job of an exploration: one shard of it, in slices, between which it tells how far it is.

import { parentPort, workerData } from 'node:worker_threads';
import { invariants } from '../src/check/invariants/index.ts';
import { Sampler } from '../src/explore/sample.ts';
import type { ExploreData, FromExplore } from '../src/explore/pool-data.ts';
import { kernelOf } from './kernel.ts';

/** Steps of a slice. */
const SLICE = 1 << 16;

const { kernel, topology, options, invariants: ids, stop } = workerData as ExploreData;
const say = (message: FromExplore): void => { parentPort!.postMessage(message); };
try {
  const isOver = (): boolean => Atomics.load(stop, 0) !== 0;
  const sampler = new Sampler(await kernelOf(kernel), topology, { ...options, isOver, invariants: invariants.filter(({ id }) => ids.includes(id)) });
  while (!isOver() && sampler.advance(SLICE)) say({ type: 'progress', progress: sampler.progress() });
  say({ type: 'done', totals: sampler.totals(), isTried: sampler.isTried });
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}

// Entry point of a job of a hunt: tries the scenarios whose numbers it is told.

import { parentPort, workerData } from 'node:worker_threads';
import type { FromHunt, HuntData } from '../src/cli/hunt-pool.ts';
import { trying } from '../src/explore/hunt/try.ts';
import { kernelOf } from './kernel.ts';

const { kernel: ref, seed } = workerData as HuntData;
const say = (message: FromHunt): void => { parentPort!.postMessage(message); };
const kernel = kernelOf(ref);
parentPort!.on('message', async (n: number) => {
  try {
    const parts = trying(await kernel, seed, n);
    let part = parts.next();
    while (part.done !== true) part = parts.next();
    say({ type: 'tried', tried: part.value });
  } catch (error) {
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

// Entry point of the shadow of the runtime threads.

import { parentPort, workerData } from 'node:worker_threads';
import { invariants } from '../src/check/invariants/index.ts';
import { runShadow } from '../src/runtime/threads/shadow-loop.ts';
import type { FromShadow, ShadowData } from '../src/runtime/threads/thread-data.ts';
import { kernelOf } from './kernel.ts';

const { kernel, topology, task, invariants: ids } = workerData as ShadowData;
const say = (message: FromShadow, transfer: ArrayBuffer[] = []): void => { parentPort!.postMessage(message, transfer); };
try {
  const result = runShadow(await kernelOf(kernel), topology, task, invariants.filter(({ id }) => ids.includes(id)), {
    up: () => say({ type: 'up' }),
    batch: (batch) => say({ type: 'batch', batch }, [batch.records.buffer as ArrayBuffer]),
    still: (number) => say({ type: 'still', number }),
  });
  say({ type: 'done', result });
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}

// Entry point of a thread that looks for mutants: it is told the id of one, answers its row, and waits for the next.

import { parentPort, workerData } from 'node:worker_threads';
import { mutants } from '../test/kernels/mutants/index.ts';
import { rowOf } from '../src/cli/mutants-rows.ts';
import type { FromMutants, MutantsData } from '../src/cli/mutants-jobs.ts';
import { kernelOf } from './kernel.ts';

const { kernel: ref, looking, stop } = workerData as MutantsData;
const kernel = kernelOf(ref);
const interruption = { get asked(): boolean { return Atomics.load(stop, 0) !== 0; } };
const quiet = { show: (): void => {}, clear: (): void => {} };

parentPort!.on('message', (id: string) => {
  const answer = (message: FromMutants): void => { parentPort!.postMessage(message); };
  kernel.then((base) => rowOf(base, mutants.find((one) => one.id === id)!, looking, interruption, quiet))
    .then((row) => { answer({ type: 'row', row }); }, (error: unknown) => { answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) }); });
});

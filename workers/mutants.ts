// Entry point of a thread that looks for mutants: it is told the id of one, answers its row, and waits for the next.

import { parentPort, workerData } from 'node:worker_threads';
import { mutants } from '../test/kernels/mutants/index.ts';
import { baseOf } from '../src/explore/mutants/bases.ts';
import { rowOf } from '../src/cli/mutants-rows.ts';
import type { FromMutants, MutantsData } from '../src/cli/mutants-jobs.ts';
import { kernelOf } from './kernel.ts';

const { kernel: ref, weak, looking, stop } = workerData as MutantsData;
const own = ref === undefined ? undefined : kernelOf(ref);
const interruption = { get asked(): boolean { return Atomics.load(stop, 0) !== 0; } };
const quiet = { show: (): void => {}, clear: (): void => {} };

parentPort!.on('message', (id: string) => {
  const answer = (message: FromMutants): void => { parentPort!.postMessage(message); };
  const mutant = mutants.find((one) => one.id === id)!;
  Promise.resolve(own).then((kernel) => rowOf(kernel ?? baseOf(mutant, weak), mutant, looking, interruption, quiet))
    .then((row) => { answer({ type: 'row', row }); }, (error: unknown) => { answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) }); });
});

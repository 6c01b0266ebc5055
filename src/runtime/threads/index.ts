// threads: every worker runs its own XState actors over the one shared memory, truly concurrent; the shadow follows on the
// thread that called.

import { Worker } from 'node:worker_threads';
import { isBlocked } from '../../memory/outcome.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import { runSetup } from '../setup.ts';
import { LaboratoryError, planFor, privateWords, RunWorld } from '../world.ts';
import { firstDifference, Shadow } from './shadow.ts';
import { CONTROL, END, makeShared } from './shared.ts';
import type { WorkerResult, WorkerTask } from './worker-loop.ts';

export interface ThreadsOptions {
  readonly workers: number;
  readonly seed: number;
  /** Steps of each worker at most. */
  readonly steps: number;
  /** Called after each step of the shadow, whose `world.last` it is. */
  readonly afterStep?: (world: RunWorld) => void;
}

export interface ThreadsResult {
  readonly steps: number;
  readonly why: 'finished' | 'deadlock' | 'limit';
  readonly workers: readonly WorkerResult[];
  /** The shadow at the end: equal to physical memory. */
  readonly world: RunWorld;
}

/** What is posted to a worker. */
export interface WorkerData { readonly kernel: string; readonly topology: Topology; readonly task: WorkerTask }

const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
/** Milliseconds in which workers must be up. */
const START_MS = 30_000;

/** Runs a scenario on real worker threads. Throws LaboratoryError when the shadow and physical memory differ. */
export async function runThreads(kernel: Kernel, topology: Topology, options: ThreadsOptions): Promise<ThreadsResult> {
  const plan = planFor(kernel, topology);
  const shared = makeShared(plan, options.workers);
  const memory = new Int32Array(shared.memory);
  const control = new Int32Array(shared.control);
  runSetup(new RunWorld(kernel, topology, plan, memory));
  const shadowWords = privateWords(plan);
  const world = new RunWorld(kernel, topology, plan, shadowWords);
  shadowWords.set(memory);
  const shadow = new Shadow(world, shared, options.afterStep ? () => options.afterStep!(world) : undefined);

  const results: Promise<WorkerResult>[] = [];
  const workers: Worker[] = [];
  let failure: unknown;
  let running = options.workers;
  for (let worker = 0; worker < options.workers; worker++) {
    const actors = topology.actors.flatMap((_spec, i) => (i % options.workers === worker ? [i + 1] : []));
    const data: WorkerData = { kernel: kernel.name, topology, task: { shared, worker, actors, seed: options.seed, steps: options.steps } };
    const thread = new Worker(new URL('../../../workers/actors.js', import.meta.url), { workerData: data });
    workers.push(thread);
    results.push(new Promise((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new LaboratoryError(`worker ${worker} ended with code ${code} and no result`)));
    }));
  }
  for (const result of results) {
    result.catch((error: unknown) => {
      failure ??= error;
      Atomics.store(control, CONTROL.END, END.FAILED);
    }).finally(() => { running--; });
  }
  try {
    const started = Date.now();
    while (Atomics.load(control, CONTROL.READY) < options.workers && failure === undefined) {
      if (Date.now() - started > START_MS) throw new LaboratoryError(`only ${Atomics.load(control, CONTROL.READY)} of ${options.workers} workers were up after ${START_MS / 1000} s`);
      await pause();
    }
    Atomics.store(control, CONTROL.GATE, 1);
    Atomics.notify(control, CONTROL.GATE);
    let still = 0;
    while (running > 0) {
      const followed = shadow.follow(4096);
      // All asleep, everything followed, twice in a row: nobody can go on.
      const asleep = followed === 0 && shadow.drained() && Atomics.load(control, CONTROL.SLEEPERS) >= running;
      still = asleep ? still + 1 : 0;
      if (still > 2 && nobodyCanGoOn(world)) Atomics.compareExchange(control, CONTROL.END, END.RUNNING, END.STANDSTILL);
      await pause();
    }
    if (failure !== undefined) throw failure;
    while (!shadow.drained()) if (shadow.follow(1 << 20) === 0) throw new LaboratoryError('the shadow cannot order what the workers logged: a ticket is missing');
    const cell = firstDifference(plan, shadowWords, memory);
    if (cell >= 0) throw new LaboratoryError(`after ${shadow.steps} steps the shadow differs from physical memory at word ${cell}`);
    const done = await Promise.all(results);
    const limit = Atomics.load(control, CONTROL.END) === END.LIMIT;
    const stuck = topology.actors.some((_spec, i) => !world.leafOf(i + 1).idle);
    return { steps: shadow.steps, why: limit ? 'limit' : stuck ? 'deadlock' : 'finished', workers: done, world };
  } finally {
    await Promise.all(workers.map((thread) => thread.terminate()));
  }
}

/** On the shadow: is every actor blocked or ended? Blocked steps change nothing, so asking is free; one that is not is taken as moving. */
function nobodyCanGoOn(world: RunWorld): boolean {
  const copy = privateWords(world.plan);
  copy.set(world.words);
  const probe = new RunWorld(world.kernel, world.topology, world.plan, copy);
  copy.set(world.words);
  return world.topology.actors.every((_spec, i) => probe.ended(i + 1) || isBlocked(probe.step(i + 1, () => 0)));
}

// A sampling exploration on several threads: n jobs are n shards of it, and what they have found is put together. Two jobs execute the same
// schedules as one. For Node alone.

import { Worker } from 'node:worker_threads';
import { packTable } from '../kernel/packed-table.ts';
import { LaboratoryError } from '../runtime/world.ts';
import { mergeParts, partOf } from './part.ts';
import type { ExploreData, FromExplore } from './pool-data.ts';
import type { Kernel } from '../kernel/define.ts';
import type { SampleProgress } from './sample.ts';
import type { SampleOptions, SampleTotals } from './sample-types.ts';
import type { Topology } from '../scenario/topology.ts';
import { workerFile } from '../runtime/threads/worker-file.ts';

const ENTRY = workerFile('explore');

export interface PoolOptions {
  readonly kernel: Kernel;
  readonly topology: Topology;
  /** The text that makes `kernel`, where that is a person's own: threads can only be sent texts. */
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  readonly options: Omit<SampleOptions, 'check' | 'isOver'>;
  readonly jobs: number;
  /** Told of how far all jobs together are, now and then. */
  readonly progress?: ((progress: SampleProgress) => void) | undefined;
  /** Entry point of the workers, for tests. */
  readonly entry?: URL | undefined;
}

type Done = Extract<FromExplore, { type: 'done' }>;

/** Jobs that a pool may have. */
export const MOST_JOBS = 64;

export class SamplePool {
  private readonly given: PoolOptions;
  private readonly flag = new Int32Array(new SharedArrayBuffer(4));

  constructor(given: PoolOptions) {
    if (!(Number.isInteger(given.jobs) && given.jobs >= 1 && given.jobs <= MOST_JOBS)) throw new RangeError(`an exploration has 1 to ${MOST_JOBS} jobs, not ${given.jobs}`);
    this.given = given;
  }

  /** Ends the exploration soon; `run` then answers what was found so far. */
  stop(): void {
    Atomics.store(this.flag, 0, 1);
  }

  /** Runs all jobs to their ends. Rejects with a LaboratoryError when one fails. */
  async run(): Promise<SampleTotals> {
    const { kernel, topology, kernelText, options: { invariants = [], ...options }, jobs, progress, entry = ENTRY } = this.given;
    const { index, of } = options.shard ?? { index: 0, of: 1 };
    const far: SampleProgress[] = [];
    const table = packTable(kernel.table);
    const job = (number: number): { worker: Worker; totals: Promise<Done> } => {
      const workerData: ExploreData = {
        kernel: { name: kernel.name, table, ...(kernelText === undefined ? {} : { text: kernelText }) }, topology,
        options: { ...options, shard: { index: index + number * of, of: of * jobs } }, invariants: invariants.map(({ id }) => id), stop: this.flag,
      };
      const worker = new Worker(entry, { workerData });
      const totals = new Promise<Done>((resolve, reject) => {
        const fail = (how: string): void => reject(new LaboratoryError(`job ${number + 1} of ${jobs} ${how}`));
        worker.on('message', (message: FromExplore) => {
          if (message.type === 'progress') {
            far[number] = message.progress;
            progress?.(together(far));
          } else if (message.type === 'failed') fail(`ended with an error: ${message.message}`);
          else resolve(message);
        });
        worker.once('error', (error) => fail(`ended with an error: ${error instanceof Error ? error.message : String(error)}`));
        worker.once('exit', (code) => fail(`ended with code ${code} in the middle of its work`));
      });
      return { worker, totals };
    };
    const all = Array.from({ length: jobs }, (_one, number) => job(number));
    try {
      const done = await Promise.all(all.map(({ totals }) => totals));
      // A job whose time was up before it began does not know what the others do.
      const tried = done.filter(({ isTried }) => isTried);
      const parts = (tried.length > 0 ? tried : done.slice(0, 1)).map(({ totals }) => totals);
      const { format: _format, version: _version, kernel: _kernel, fingerprint: _fingerprint, scenario: _scenario, topology: _topology, ...totals } = mergeParts(
        parts.map((part, number) => ({ file: `job ${number + 1}`, part: partOf(part, kernel, topology, '', kernelText?.text) })),
      );
      // The jobs of one shard are that shard.
      return { ...totals, shards: [{ index, of }], complete: totals.complete && tried.length === jobs };
    } finally {
      await Promise.all(all.map(({ worker }) => worker.terminate()));
    }
  }
}

/** The sums of what jobs have told. */
function together(all: readonly (SampleProgress | undefined)[]): SampleProgress {
  const there = all.filter((one) => one !== undefined);
  const sum = (of: (one: SampleProgress) => number): number => there.reduce((total, one) => total + of(one), 0);
  return {
    schedules: sum((one) => one.schedules), steps: sum((one) => one.steps), of: sum((one) => one.of),
    // Jobs find the same things: the one that has found most.
    findings: Math.max(0, ...there.map((one) => one.findings)), windows: Math.max(0, ...there.map((one) => one.windows)),
  };
}

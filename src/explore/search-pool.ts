// An exhaustive search on several threads, which share the set of states: each takes the steps that it comes to first, and hands work over
// to whoever has none. As many states, steps and findings as one thread would have. For Node alone.

import { Worker } from 'node:worker_threads';
import { packTable } from '../kernel/packed-table.ts';
import { LaboratoryError } from '../runtime/world.ts';
import { MOST_JOBS } from './pool.ts';
import { Exchange, sharedExchange } from './search/exchange.ts';
import { PartSearch } from './search/part-search.ts';
import { SharedStates, sharedTable } from './search/shared-states.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Finding } from './finding.ts';
import type { FromSearch, SearchData, ToSearch } from './pool-data.ts';
import { stepsOf } from './search/tally.ts';
import type { Part } from './search/head.ts';
import type { PointOfNoReturn } from './search/no-return.ts';
import type { SearchOptions, SearchProgress, SearchResult } from './search/options.ts';
import { workerFile } from '../runtime/threads/worker-file.ts';

const ENTRY = workerFile('search');

export interface SearchPoolOptions {
  readonly kernel: Kernel;
  readonly topology: Topology;
  /** The text that makes `kernel`, where that is a person's own: threads can only be sent texts. */
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  readonly options: SearchOptions;
  readonly jobs: number;
  /** A checkpoint to go on from. */
  readonly resume?: Uint8Array | undefined;
  /** Entry point of the workers: those of a kernel that is neither built in nor a text have one of their own. */
  readonly entry?: URL | undefined;
}

/** Why a search must be one job's, as the end of a sentence; nothing when several may share it. */
export function oneJobOnly({ order, exact, reduction, graph, depth }: SearchOptions): string | undefined {
  if (order === 'bfs') return 'breadth first, states wait in one queue';
  if (exact === true) return 'whole states lie in one thread';
  if (reduction === true && graph !== true) return 'reduction must know the one path that the search is on';
  return depth === undefined ? undefined : 'how deep a state lies depends on who comes to it first';
}

export class SearchPool {
  /** Steps that each job has taken, when `run` has ended. */
  readonly shares: number[];
  private readonly given: SearchPoolOptions;
  private readonly search: PartSearch;
  private readonly states: SharedStates;
  private readonly exchange: Exchange;
  private readonly workers: Worker[];
  private readonly waiting: { resolve: (part: Part) => void; reject: (error: Error) => void }[] = [];
  private readonly begun: Promise<void>[] = [];
  private failure: LaboratoryError | undefined;

  constructor(given: SearchPoolOptions) {
    const { kernel, topology, kernelText, options, jobs, resume, entry = ENTRY } = given;
    if (!(Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS)) throw new RangeError(`an exploration has 1 to ${MOST_JOBS} jobs, not ${jobs}`);
    const why = oneJobOnly(options);
    if (why !== undefined) throw new RangeError(`this search is one job's: ${why}`);
    this.given = given;
    this.shares = Array.from({ length: jobs }, () => 0);
    const shared = { states: sharedTable(options.states, options.megabytes === undefined ? undefined : options.megabytes * 2 ** 20, options.graph === true), exchange: sharedExchange(jobs) };
    this.states = new SharedStates(shared.states);
    this.exchange = new Exchange(shared.exchange);
    this.states.alone = true;
    const search = new PartSearch(kernel, topology, options, { shared: this.states });
    this.search = resume === undefined ? search : search.from(resume);
    const { invariants = [], known, ...rest } = options;
    const data: Omit<SearchData, 'number'> = {
      kernel: { name: kernel.name, table: packTable(kernel.table), ...(kernelText === undefined ? {} : { text: kernelText }) }, topology,
      options: { ...rest, ...(known === undefined ? {} : { known }) }, invariants: invariants.map(({ id }) => id), shared,
    };
    this.workers = Array.from({ length: jobs }, (_one, number) => this.start(new Worker(entry, { workerData: { ...data, number } satisfies SearchData }), number));
  }

  private start(worker: Worker, number: number): Worker {
    const fail = (how: string): void => {
      this.failure ??= new LaboratoryError(`job ${number + 1} of ${this.given.jobs} ${how}`);
      this.exchange.stop();
      for (const { reject } of this.waiting) reject(this.failure);
    };
    this.begun[number] = new Promise((resolve) => {
      worker.on('message', ({ type }: FromSearch) => { if (type !== 'part') resolve(); });
      worker.once('exit', () => resolve());
    });
    worker.on('message', (message: FromSearch) => {
      if (message.type === 'failed') fail(`ended with an error: ${message.message}`);
      else if (message.type === 'part') this.waiting[number]?.resolve(message.part);
    });
    worker.once('error', (error) => fail(`ended with an error: ${error instanceof Error ? error.message : String(error)}`));
    worker.once('exit', (code) => fail(`ended with code ${code} in the middle of its work`));
    return worker;
  }

  /** All threads are up. `run` need not wait for it. */
  async ready(): Promise<void> {
    await Promise.all(this.begun);
  }

  /** Searches until all is done, a bound ends it, or `stop`. True while there is more to search. Rejects with a LaboratoryError when a job
   *  fails. */
  async run(): Promise<boolean> {
    const { search, states, exchange, workers } = this;
    const { foldsPages } = search;
    const shares: Int32Array[][] = workers.map(() => []);
    search.deal().forEach((stack, k) => shares[k % shares.length]!.push(stack));
    states.count();
    exchange.begin(shares.filter(({ length }) => length > 0).length);
    const parts = workers.map((worker, number) => new Promise<Part>((resolve, reject) => {
      this.waiting[number] = { resolve, reject };
      if (this.failure !== undefined) reject(this.failure);
      else worker.postMessage({ stacks: shares[number]!, foldsPages } satisfies ToSearch);
    }));
    const done = await Promise.all(parts);
    done.forEach(({ tally }, number) => { this.shares[number]! += stepsOf(tally); });
    search.takeUp(done);
    states.refresh();
    exchange.begin(0);
    const { complete, cut } = search.result();
    return !complete && cut === undefined;
  }

  /** Ends `run` soon; nothing is lost, and another `run` goes on. */
  stop(): void {
    this.exchange.stop();
  }

  /** How far all jobs together are. */
  progress(): SearchProgress {
    const { transitions, depth, findings, deepest, bytes } = this.exchange.together();
    this.states.refresh();
    const before = this.search.progress();
    return {
      ...before, states: this.states.size, transitions: before.transitions + transitions, depth: Math.max(before.depth, depth), deepest: Math.max(before.deepest, deepest),
      frontier: before.frontier + depth, findings: Math.max(before.findings, findings), megabytes: Math.ceil((this.states.bytes + bytes) / 2 ** 20),
    };
  }

  /** What came out so far, when `run` has ended. */
  result(): SearchResult {
    return this.search.result();
  }

  /** For each step of a finding's schedule: could it still be avoided? As `Search` says. */
  pointOfNoReturn(finding: Finding): PointOfNoReturn | undefined {
    return this.search.pointOfNoReturn(finding);
  }

  /** The search as it is, as bytes, when `run` has ended. One job may go on with it as well. */
  save(): Uint8Array {
    return this.search.save();
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    for (const worker of this.workers) worker.removeAllListeners();
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

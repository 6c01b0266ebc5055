// A run on real threads, as the thread that called sees it: starts the workers and the shadow, takes the batches that the shadow
// sends, sets limits, notices when a thread dies or nothing moves any more, and ends everybody.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { packTable } from '../../kernel/packed-table.ts';
import { analysisMegabytes, MOST_ANALYSIS_MEGABYTES } from '../../check/analysis.ts';
import type { TraceBatch } from '../../trace/batch.ts';
import { runSetup } from '../setup.ts';
import { Run, type RunOptions, type RunResult } from '../run.ts';
import { waitingActors } from '../standstill.ts';
import { LaboratoryError, planFor, RunWorld } from '../world.ts';
import type { Injection } from '../injection.ts';
import { Pending } from '../pending.ts';
import { copyOfMemory, hangReport, lastStepOf } from './hang.ts';
import { Outside } from './outside.ts';
import { placed } from './placement.ts';
import { CONTROL, Control, END, makeShared, MOST_WORKERS, OWN, type Shared } from './shared.ts';
import type { ActorsData, FromActors, FromShadow, ShadowData } from './thread-data.ts';
import { workerFile } from './worker-file.ts';
import type { ShadowResult } from './shadow-loop.ts';
import type { WorkerResult } from './worker-loop.ts';

/** Seconds in which threads must be up. */
const START_SECONDS = 180;
/** Seconds without a step of anybody, not all asleep, after which a run counts as hung. */
const PATIENCE = 20;
/** Looks of a worker at its doorbell before it sleeps, where workers have processors of their own: some 20 microseconds. */
const LOOKS = 4000;
/** Milliseconds between two looks at whether something moves. */
const LOOK_MS = 250;

/** Milliseconds until what found its receiver busy is offered again. */
const RETRY_MS = 2;

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

interface Threads { readonly workers: readonly Worker[]; readonly shadow: Worker }

export class ThreadsRun extends Run {
  private readonly shared: Shared;
  private readonly control: Control;
  private failure: LaboratoryError | undefined;
  private readonly results: WorkerResult[] = [];
  private done: ShadowResult | undefined;
  /** Resolves `execute` when the shadow has said how it ended, or nothing more is to come. */
  private settle: () => void = () => {};
  private stopped = false;
  private settled = false;
  private readonly pending = new Pending();
  private outside: Outside | undefined;
  /** Number of the last standstill that the shadow has told of. */
  private heardStill = 0;
  /** Ends the run when its seconds are over. */
  private clock: NodeJS.Timeout | undefined;

  constructor(options: RunOptions) {
    const { kernel, topology, threads = {} } = options;
    const { workers = 2 } = threads;
    if (!(Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS)) throw new RangeError(`a run has 1 to ${MOST_WORKERS} workers, not ${workers}`);
    const plan = planFor(kernel, topology);
    const shared = makeShared(plan, workers, threads);
    const shadow = new Int32Array(shared.shadow);
    const world = new RunWorld(kernel, topology, plan, shadow);
    runSetup(world);
    new Int32Array(shared.memory).set(shadow);
    super(options, world);
    this.shared = shared;
    this.control = new Control(shared);
  }

  override stop(): void {
    this.stopped = true;
    this.end(END.INTERRUPTED);
    this.inputs.wake();
  }

  protected override inject(injection: Injection): void {
    this.pending.add(injection);
  }

  /** Steps that each worker has executed so far, mod 2^32; what it shows may be some steps old. */
  workerSteps(): number[] {
    return Array.from({ length: this.shared.workers }, (_one, worker) => this.control.words[this.control.at(worker, OWN.STEPS)]! >>> 0);
  }

  /** Rounds that were begun. */
  get round(): number {
    return Atomics.load(this.control.words, CONTROL.ROUND);
  }

  protected override async execute(): Promise<Omit<RunResult, 'hash' | 'tally'>> {
    if (this.stopped) return { why: 'interrupted', steps: 0, waiting: [], evaluated: [] };
    if ((this.options.threads?.repeat ?? 1) > 1 && (this.inputs.mayCome || this.pending.size > 0)) throw new RangeError('a run in rounds takes nothing from outside: which round should it be for?');
    const threads = this.open();
    void this.letIn();
    const watchdog = setInterval(this.watch(), LOOK_MS);
    try {
      await new Promise<void>((resolve) => { this.settle = resolve; });
    } finally {
      clearTimeout(this.clock);
      clearInterval(watchdog);
      this.settled = true;
      this.inputs.wake();
      await Promise.all([...threads.workers, threads.shadow].map((thread) => thread.terminate()));
    }
    if (this.failure !== undefined) throw this.failure;
    if (this.inputs.failure !== undefined) throw this.inputs.failure;
    const { why, steps, violation, evaluated, rounds, allSteps, analysis, seconds } = this.done!;
    if (why === 'failed') throw new LaboratoryError('the run failed, and nobody said why');
    return {
      why, steps, ...(violation ? { violation } : {}), waiting: why === 'deadlock' ? waitingActors(this.world) : [], evaluated,
      workers: this.results.toSorted((a, b) => a.worker - b.worker), rounds, allSteps, seconds, ...(analysis ? { analysis } : {}),
      ...(this.pending.size > 0 ? { undelivered: this.pending.size } : {}),
    };
  }

  /** Puts what comes in into the world, as soon as its receiver waits for it; says when nothing more will come that could help. */
  private async letIn(): Promise<void> {
    const { inputs, pending, control } = this;
    while (!this.settled) {
      if (inputs.failure !== undefined) {
        this.end(END.INTERRUPTED);
        return;
      }
      // From here on: what comes while the receivers are looked at is looked at next.
      const changed = inputs.changed();
      const still = Atomics.load(control.words, CONTROL.STILL);
      const applied = this.offer();
      // Nobody moves, and what has been said until then has been heard.
      if (still !== 0 && still === this.heardStill && applied === 0 && !inputs.mayCome) {
        Atomics.store(control.words, CONTROL.GIVEN_UP, still);
        control.ring(control.shadow);
      }
      await (pending.size > 0 ? Promise.race([changed, pause(RETRY_MS)]) : changed);
    }
  }

  /** Puts in what its receiver waits for; answers how much that was. */
  private offer(): number {
    const { control, pending } = this;
    if (pending.size === 0 || control.end !== END.RUNNING || Atomics.load(control.words, CONTROL.ROUND) === 0) return 0;
    this.outside ??= new Outside(this.options.kernel, this.options.topology, this.shared);
    return pending.offer((injection) => this.outside!.put(injection));
  }

  private end(reason: number): void {
    Atomics.store(this.control.words, CONTROL.STOP, reason);
    this.control.finish(reason);
  }

  /** Seconds count from when all threads are up. */
  private startClock(): void {
    const { seconds } = this.options.limits ?? {};
    if (seconds !== undefined) this.clock = setTimeout(() => this.end(END.SECONDS), Math.min(seconds * 1000, 0x7fffffff));
  }

  /** Starts all threads. */
  private open(): Threads {
    const { shared, options } = this;
    const { kernel, topology, seed, invariants = [], limits = {}, kernelText, threads = {} } = options;
    const recorded = threads.recorded ?? true;
    const looks = shared.workers <= availableParallelism() ? LOOKS : 0;
    const common = { kernel: { name: kernel.name, table: packTable(kernel.table), ...(kernelText ? { text: kernelText } : {}) }, topology };
    const shadowData: ShadowData = {
      ...common, invariants: invariants.map(({ id }) => id),
      task: { shared, steps: limits.steps ?? Infinity, rounds: threads.repeat ?? 1, recorded, analysed: recorded && (threads.analysed ?? analysisMegabytes(this.world) <= MOST_ANALYSIS_MEGABYTES) },
    };
    const shadow = new Worker(workerFile('shadow'), { workerData: shadowData });
    this.hear(shadow, 'the shadow', (message: FromShadow) => {
      if (message.type === 'batch') this.take(message.batch);
      else if (message.type === 'up') this.startClock();
      else if (message.type === 'still') {
        this.heardStill = message.number;
        this.inputs.wake();
      }
      else if (message.type === 'failed') {
        this.fail(message.message);
        this.settle();
      }
      else {
        this.done = message.result;
        this.maybeSettle();
      }
    });
    const places = placed(topology, shared.workers, threads.placement ?? 'thread');
    const workers = places.map((actors, worker) => {
      const data: ActorsData = { ...common, task: { shared, worker, actors, seed, jitter: threads.jitter ?? 0, recorded, looks } };
      const thread = new Worker(threads.entry ?? workerFile('actors'), { workerData: data });
      this.hear(thread, `worker ${worker}`, (message: FromActors) => {
        if (message.type === 'failed') this.workerDied(worker, message.message);
        else {
          this.results.push(message.result);
          this.maybeSettle();
        }
      }, worker);
      return thread;
    });
    return { workers, shadow };
  }

  /** Listens to a thread: to what it says, and to its death. */
  private hear<M>(thread: Worker, name: string, heard: (message: M) => void, worker?: number): void {
    let last = false;
    thread.on('message', (message: M & { type: string }) => {
      last ||= message.type === 'done' || message.type === 'failed';
      heard(message);
    });
    const died = (how: string): void => {
      if (last) return;
      last = true;
      if (worker === undefined) {
        this.fail(`${name} ${how}`);
        this.settle();
      } else this.workerDied(worker, how);
    };
    thread.once('error', (error) => died(`ended with an error: ${error instanceof Error ? error.message : String(error)}`));
    thread.once('exit', (code) => died(`ended with code ${code} in the middle of the run`));
  }

  /** A worker is no more: what it has logged is followed, then everybody ends. */
  private workerDied(worker: number, how: string): void {
    if (this.failure === undefined) {
      const copy = copyOfMemory(this.world, this.shared);
      this.fail(`worker ${worker} ${how}, ${lastStepOf(copy.world, this.control, worker)}`);
    }
    Atomics.add(this.control.words, CONTROL.DONE, 1);
    this.control.ring(this.control.shadow);
  }

  private fail(sentence: string): void {
    this.failure ??= new LaboratoryError(sentence);
    this.end(END.FAILED);
  }

  private maybeSettle(): void {
    if (this.done !== undefined && (this.failure !== undefined || this.results.length === this.shared.workers)) this.settle();
  }

  private take(batch: TraceBatch): void {
    const { words } = this.control;
    Atomics.add(words, CONTROL.TAKEN, 1);
    Atomics.notify(words, CONTROL.TAKEN);
    this.stream.next(batch);
  }

  /** Called now and then: ends a run in which nothing moves any more. */
  private watch(): () => void {
    const { control } = this;
    const patience = (this.options.threads?.patience ?? PATIENCE) * 1000;
    const began = performance.now();
    let looked = began;
    let still = 0;
    let before = '';
    return () => {
      const now = performance.now();
      // Time in which this thread did not come to look is not counted: the others will not have had a processor either.
      const passed = Math.min(now - looked, 2 * LOOK_MS);
      looked = now;
      if (Atomics.load(control.words, CONTROL.READY) < control.workers) {
        if (now - began > START_SECONDS * 1000) this.hung(`only ${Atomics.load(control.words, CONTROL.READY)} of ${control.workers} workers were up after ${START_SECONDS} s`);
        return;
      }
      const waitsOutside = Atomics.load(control.words, CONTROL.STILL) !== 0 && control.end === END.RUNNING;
      const state = [...this.workerSteps(), control.end, ...[CONTROL.ROUND, CONTROL.DONE, CONTROL.EMITTED].map((word) => Atomics.load(control.words, word))].join();
      if (state !== before || waitsOutside) {
        before = state;
        still = 0;
      } else if ((still += passed) > patience) {
        this.hung(`nothing has moved for ${patience / 1000} s: ${hangReport(this.world, this.shared, this.options.topology)}`);
      }
    };
  }

  private hung(sentence: string): void {
    this.failure ??= new LaboratoryError(sentence);
    this.end(END.FAILED);
    this.settle();
  }
}

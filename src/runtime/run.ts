// The one face of the runtimes. A run is a stream of batches of steps; who wants to know of it subscribes, then it is started.
// Whoever picks the next step hands it to the recorder; that, the limits and the result are the same for every runtime.

import { concatMap, defer, from, mergeMap, Subject, type Observable } from 'rxjs';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Invariant } from '../check/invariant.ts';
import type { Violation } from '../check/violation.ts';
import type { TraceBatch } from '../trace/batch.ts';
import type { TraceFooter } from '../trace/header.ts';
import { Expander, type Message, type StepEvent } from './events.ts';
import { hashOf } from './prepared.ts';
import { Tally } from './tally.ts';
import type { Placement } from './threads/placement.ts';
import type { WorkerResult } from './threads/worker-loop.ts';
import type { RunWorld } from './world.ts';

/** Bounds of a run; without any it goes on until the scenario ends or somebody stops it. */
export interface Limits {
  readonly steps?: number | undefined;
  readonly seconds?: number | undefined;
}

/** How a run on real threads is to be. */
export interface ThreadOptions {
  /** Worker threads, 1 to 16; 2 when left out. The shadow is one more. */
  readonly workers?: number | undefined;
  /** How actors are dealt out; `round-robin` when left out. */
  readonly placement?: Placement | undefined;
  /** Seeded pauses between steps, of so many microseconds at most; 0, none, when left out. */
  readonly jitter?: number | undefined;
  /** Rounds: the scenario begins anew until a round ends with a finding, or there were so many; 1 when left out. The batches of the
   *  run are those of the last round. */
  readonly repeat?: number | undefined;
  /** Seconds without a step of anybody after which the run counts as hung. */
  readonly patience?: number | undefined;
  /** Words of each log, a power of two. */
  readonly logWords?: number | undefined;
  /** Version that every object begins with. */
  readonly firstVersion?: number | undefined;
  /** False: nothing is logged, so there is no trace, no check and no replay; for measuring what they cost. */
  readonly recorded?: boolean | undefined;
  /** Entry point of the workers, for tests. */
  readonly entry?: URL | undefined;
}

export interface RunOptions {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly seed: number;
  /** Evaluated after each step that concerns them; the first violation ends the run. */
  readonly invariants?: readonly Invariant[];
  readonly limits?: Limits;
  /** Executes each part of the run, of some milliseconds; it may end one whose step does not come back by throwing. */
  /** The text that makes `kernel`, where that is a person's own: threads can only be sent texts. */
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  /** For the runtime `threads`. */
  readonly threads?: ThreadOptions | undefined;
  readonly around?: ((part: () => RunResult['why'] | undefined) => RunResult['why'] | undefined) | undefined;
}

/** An actor that waited in the middle of its work when nobody could go on. */
export interface Waiting { readonly actor: string; readonly path: string; readonly step: string }

export interface RunResult {
  readonly why: TraceFooter['why'];
  readonly steps: number;
  /** Hash of memory behind the last step. */
  readonly hash: string;
  /** What was broken, by the last step. */
  readonly violation?: Violation;
  /** Who waits; empty but for a deadlock. */
  readonly waiting: readonly Waiting[];
  /** How often each invariant was evaluated, in the order in which they were given. */
  readonly evaluated: readonly number[];
  /** Who executed how much, and which outcome of which state how often. */
  readonly tally: Tally;
  /** On real threads: what each worker has done. */
  readonly workers?: readonly WorkerResult[];
  /** Rounds that were run, and steps of all of them, where a run may have several. */
  readonly rounds?: number;
  readonly allSteps?: number;
}

/** What a runtime does: executes steps until it has reason to stop. */
export interface Runtime {
  readonly name: string;
  open(options: RunOptions): Run;
}

/** A run that has been set up and not begun. */
export abstract class Run {
  readonly options: RunOptions;
  /** The world in which the steps happen, for runtimes on real threads its shadow. */
  readonly world: RunWorld;
  /** Hash of memory before the first step. */
  readonly startHash: string;
  protected readonly stream = new Subject<TraceBatch>();
  private begun = false;

  protected constructor(options: RunOptions, world: RunWorld) {
    this.options = options;
    this.world = world;
    this.startHash = hashOf(world);
  }

  /** All steps, from the first on, to those who subscribe before the start. Completes when the run ends, however it ends. */
  get batches(): Observable<TraceBatch> {
    return this.stream.asObservable();
  }

  /** Every step with the values that it read and wrote: they are executed again on a memory beside. */
  events(): Observable<StepEvent> {
    return defer(() => {
      if (this.begun) throw new Error('events() must be subscribed to before the run starts');
      const expander = new Expander(this.options.kernel, this.options.topology);
      return this.stream.pipe(concatMap((batch) => from(expander.expand(batch))));
    });
  }

  /** What actors sent each other, in the order in which it was sent. */
  messages(): Observable<Message> {
    return this.events().pipe(mergeMap((event) => event.messages));
  }

  /** Runs to the end. Rejects with a LaboratoryError when a step breaks the rules; the steps before it have been emitted then. */
  async start(): Promise<RunResult> {
    if (this.begun) throw new Error('a run starts once');
    this.begun = true;
    const tally = new Tally(this.world);
    this.stream.subscribe((batch) => tally.take(batch));
    try {
      return { ...await this.execute(), hash: hashOf(this.world), tally };
    } finally {
      this.stream.complete();
    }
  }

  /** Ends the run soon, as interrupted. */
  abstract stop(): void;

  protected abstract execute(): Promise<Omit<RunResult, 'hash' | 'tally'>>;
}

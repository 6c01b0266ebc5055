// The one face of the runtimes. A run is a stream of batches of steps; who wants to know of it subscribes, then it is started.
// Whoever picks the next step hands it to the recorder; that, the limits and the result are the same for every runtime.

import { concatMap, defer, filter, from, mergeMap, share, Subject, type Observable, type Observer } from 'rxjs';
import type { Kernel } from '../kernel/define.ts';
import type { Injection } from '../memory/injection.ts';
import { nearest } from '../kernel/nearest.ts';
import { CommandCompiler } from '../scenario/command.ts';
import { ScenarioError, shown } from '../scenario/errors.ts';
import type { Topology } from '../scenario/topology.ts';
import type { AnalysisReport } from '../check/analysis.ts';
import type { Invariant } from '../check/invariant.ts';
import type { Decision } from '../scenario/types.ts';
import type { Violation } from '../check/violation.ts';
import type { TraceBatch } from '../trace/batch.ts';
import type { TraceFooter } from '../trace/header.ts';
import { Expander, type Message, type StepEvent } from './events.ts';
import { Inputs, type Injected, type Told } from './inputs.ts';
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
  /** How actors are dealt out; `thread` when left out. */
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
  /** Lock order, data races, race windows, contention and coverage are looked for as the run goes on. Left out: if their tables
   *  fit into some hundred megabytes. */
  readonly analysed?: boolean | undefined;
  /** False: nothing is logged, so there is no trace, no check and no replay; for measuring what they cost. */
  readonly recorded?: boolean | undefined;
  /** Entry point of the workers, for tests. */
  readonly entry?: URL | undefined;
}

export interface RunOptions {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly seed: number;
  /** What `topology` was compiled from: needed for commands that come in. */
  readonly scenario?: unknown;
  /** What comes into the run from outside, from its start on. The run goes on waiting for more until this completes; an error ends it. */
  readonly inject$?: Observable<Injected>;
  /** Evaluated after each step that concerns them; the first violation ends the run. */
  readonly invariants?: readonly Invariant[];
  readonly limits?: Limits;
  /** The text that makes `kernel`, where that is a person's own: threads can only be sent texts. */
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  /** For the runtime `threads`. */
  readonly threads?: ThreadOptions | undefined;
  /** On the runtime `simulate`: executes each part of the run, of some milliseconds; it may end one whose step does not come back by throwing. */
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
  /** What came in and found nobody waiting for it when the run ended; missing when there was nothing. */
  readonly undelivered?: number;
  /** Who executed how much, and which outcome of which state how often. */
  readonly tally: Tally;
  /** On real threads: what each worker has done. */
  readonly workers?: readonly WorkerResult[];
  /** Rounds that were run, and steps of all of them, where a run may have several. */
  readonly rounds?: number;
  readonly allSteps?: number;
  /** On real threads: seconds from when all threads were up. */
  readonly seconds?: number;
  /** What the analyses have found, over all rounds. */
  readonly analysis?: AnalysisReport;
}

/** What a runtime does: executes steps until it has reason to stop. */
export interface Runtime {
  readonly name: string;
  open(options: RunOptions): Run;
}

/** An actor of a run, as its surroundings see it. */
export interface RunActor {
  /** What it sends. To be subscribed to before the start. */
  readonly outbox: Observable<Message>;
  /** What it is told: commands, decisions. Whoever has taken it completes it, or the run waits for more when nobody can go on. */
  readonly inbox: Observer<Told>;
}

/** A run that has been set up and not begun. */
export abstract class Run {
  readonly options: RunOptions;
  /** The world in which the steps happen, for runtimes on real threads its shadow. */
  readonly world: RunWorld;
  /** Hash of memory before the first step. */
  readonly startHash: string;
  protected readonly stream = new Subject<TraceBatch>();
  /** What comes in from outside, and whether more may come. */
  protected readonly inputs: Inputs;
  private begun = false;
  private compiler: CommandCompiler | undefined;
  private readonly expanded: Observable<StepEvent> = defer(() => {
    const expander = new Expander(this.options.kernel, this.options.topology);
    return this.stream.pipe(concatMap((batch) => from(expander.expand(batch))));
  }).pipe(share());

  protected constructor(options: RunOptions, world: RunWorld) {
    this.options = options;
    this.world = world;
    this.startHash = hashOf(world);
    this.inputs = new Inputs((injected) => this.compile(injected), (injection) => this.inject(injection));
  }

  /** All steps, from the first on, to those who subscribe before the start. Completes when the run ends, however it ends. */
  get batches(): Observable<TraceBatch> {
    return this.stream.asObservable();
  }

  /** Every step with the values that it read and wrote: they are executed again on a memory beside. */
  events(): Observable<StepEvent> {
    return defer(() => {
      if (this.begun) throw new Error('events() must be subscribed to before the run starts');
      return this.expanded;
    });
  }

  /** What actors sent each other, in the order in which it was sent. */
  messages(): Observable<Message> {
    return this.events().pipe(mergeMap((event) => event.messages));
  }

  /** An actor by its name. */
  actor(name: string): RunActor {
    const names = this.options.topology.actors.map((actor) => actor.name);
    if (!names.includes(name)) throw new ScenarioError('', `there is no actor ${shown(name)}`, nearest(name, names) || `; there is ${names.join(', ')}`);
    const { inputs } = this;
    return {
      outbox: this.messages().pipe(filter((message) => message.from === name)),
      get inbox() { return inputs.inbox(name); },
    };
  }

  /** Runs to the end. Rejects with a LaboratoryError when a step breaks the rules; the steps before it have been emitted then;
   *  with an InputError when something that came in is wrong, or an input failed. */
  async start(): Promise<RunResult> {
    if (this.begun) throw new Error('a run starts once');
    this.begun = true;
    const tally = new Tally(this.world);
    this.stream.subscribe((batch) => tally.take(batch));
    let deafen = (): void => {};
    try {
      if (this.options.inject$ !== undefined) deafen = this.inputs.listen(this.options.inject$);
      return { ...await this.execute(), hash: hashOf(this.world), tally };
    } finally {
      this.inputs.close();
      deafen();
      this.stream.complete();
    }
  }

  /** Ends the run soon, as interrupted. */
  abstract stop(): void;

  /** Queues what has come in; the runtime puts it into the world as soon as it can. May be called before the start. */
  protected abstract inject(injection: Injection): void;

  private compile(injected: Injected): Injection {
    const { scenario, kernel, topology } = this.options;
    const { to, do: ops, decision } = (typeof injected === 'object' && injected !== null ? injected : {}) as { to?: unknown; do?: unknown; decision?: unknown };
    if (typeof to !== 'string' || (ops === undefined) === (decision === undefined)) throw new ScenarioError('', "what comes in is an actor's name and either operations or a decision: { to, do } or { to, decision }");
    if (scenario === undefined) throw new ScenarioError('', "the run was opened without its 'scenario', so nothing can come in");
    this.compiler ??= new CommandCompiler(scenario, kernel, topology);
    return decision === undefined ? this.compiler.command(to, ops) : this.compiler.decision(to, decision as Decision);
  }

  protected abstract execute(): Promise<Omit<RunResult, 'hash' | 'tally'>>;
}

// What a worker does: over and over, the next step of one of its own actors, the outcome to the XState actor, the record to the
// log (worker-step.ts). It sleeps on its doorbell when none of its actors can go on. A run is one round, or many that begin anew.

import type { AnyActorRef } from 'xstate';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import { Random } from '../random.ts';
import { planFor, RunWorld } from '../world.ts';
import { Jitter } from './jitter.ts';
import { LogWriter } from './log.ts';
import { Parking } from './parking.ts';
import { CONTROL, Control, END, OWN, type Shared } from './shared.ts';
import { StepRecorder } from './step-recorder.ts';
import { VersionTaker } from './versions.ts';
import { startActors } from './worker-actors.ts';
import { stepper, TRIED } from './worker-step.ts';

export interface WorkerTask {
  readonly shared: Shared;
  readonly worker: number;
  /** Numbers of the actors that this worker runs. */
  readonly actors: readonly number[];
  readonly seed: number;
  /** Microseconds of a pause between steps at most; 0: none. */
  readonly jitter: number;
  /** Steps are logged for the shadow. Without it nothing can be replayed: for measuring what recording costs. */
  readonly recorded: boolean;
  /** Looks at its doorbell before it sleeps. */
  readonly looks: number;
}

/** What a worker reports when the run is over. */
export interface WorkerResult {
  readonly worker: number;
  /** Names of its actors. */
  readonly actors: readonly string[];
  readonly steps: number;
  /** Steps that met an object which another thread had taken, and were tried again. */
  readonly conflicts: number;
  /** Times that none of its actors could go on. */
  readonly sleeps: number;
}

/** Makes what takes the versions; a test gives a broken one. */
export type TakerFor = (plan: Plan, words: Words, privateObjects: number) => VersionTaker;

/** Times that a step is tried again at once when it met a conflict. */
const TRIES = 8;
/** Milliseconds of a pause when nothing but conflicts is to be had: whoever holds the object has lost its processor. */
const CONFLICT_MS = 0.05;
/** Steps between two times that a worker shows how far it is, less 1; a power of two less 1. */
const SHOWN_MASK = 63;
/** Steps of a burst, less 1; a power of two less 1. */
const BURST_MASK = 4095;
/** Looks at the start of a round before a worker sleeps until the others are there. */
const SPINS = 20_000;

/** Runs a worker's actors to the end of the run. Call inside a worker thread: it sleeps. */
export function runWorker(kernel: Kernel, topology: Topology, task: WorkerTask, takerFor: TakerFor = (...of) => new VersionTaker(...of)): WorkerResult {
  const loop = new WorkerLoop(kernel, topology, task, takerFor);
  try {
    loop.run();
  } finally {
    // Of an error too, the steps before it are what explains it.
    loop.publish();
  }
  return loop.result();
}

class WorkerLoop {
  private readonly topology: Topology;
  private readonly task: WorkerTask;
  private readonly control: Control;
  /** The control block, and this worker's places in it. */
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly atBell: number;
  private readonly atSteps: number;
  private readonly taker: VersionTaker;
  private readonly world: RunWorld;
  private readonly steps: StepRecorder;
  private readonly parking: Parking;
  private readonly random = new Random(0);
  private readonly jitter: Jitter | undefined;
  /** By actor number. */
  private readonly xstate: AnyActorRef[] = [];
  private readonly tryStep: (place: number) => number;
  private executed = 0;
  /** Tries in a row that met a conflict. */
  private fruitless = 0;
  private sleeps = 0;

  constructor(kernel: Kernel, topology: Topology, task: WorkerTask, takerFor: TakerFor) {
    const plan = planFor(kernel, topology);
    const words = new Int32Array(task.shared.memory);
    this.topology = topology;
    this.task = task;
    this.control = new Control(task.shared);
    this.words = this.control.words;
    this.atBell = this.control.at(task.worker, OWN.BELL);
    this.atSteps = this.control.at(task.worker, OWN.STEPS);
    this.taker = takerFor(plan, words, plan.byName.get('frame')!.count);
    this.world = new RunWorld(kernel, topology, plan, words, this.taker);
    this.steps = new StepRecorder(new LogWriter(task.shared.logs[task.worker]!), this.control, this.world.table);
    this.parking = new Parking(task.shared.waiters, this.control, task.worker, topology.actors.length, plan.objects);
    this.jitter = task.jitter > 0 ? new Jitter(task.jitter) : undefined;
    this.tryStep = stepper({
      world: this.world, taker: this.taker, parking: this.parking, random: this.random, actors: this.xstate,
      recorder: task.recorded ? this.steps : undefined, words: this.words, atActor: this.control.at(task.worker, OWN.ACTOR),
    });
    // Now, not in the first round: XState takes milliseconds to make a machine.
    for (const actor of task.actors) this.world.table.machine(topology.actors[actor - 1]!.machine);
  }

  run(): void {
    const { control } = this;
    Atomics.add(control.words, CONTROL.READY, 1);
    control.ring(control.shadow);
    for (let round = 1; this.awaitRound(round); round++) {
      this.begin(round);
      this.arrive(round);
      this.work();
      this.publish();
      Atomics.add(control.words, CONTROL.DONE, 1);
      control.ring(control.shadow);
    }
  }

  publish(): void {
    this.steps.publish();
    this.showSteps();
  }

  result(): WorkerResult {
    const { task, taker, executed, sleeps } = this;
    return {
      worker: task.worker, actors: task.actors.map((actor) => this.topology.actors[actor - 1]!.name),
      steps: executed, conflicts: taker.conflicts, sleeps,
    };
  }

  private showSteps(): void {
    this.words[this.atSteps] = this.executed | 0;
  }

  /** Sleeps until the round may begin; false when there is no further one. */
  private awaitRound(round: number): boolean {
    const { control, task } = this;
    for (;;) {
      const bell = control.bell(task.worker);
      if (control.end === END.QUIT) return false;
      if (Atomics.load(control.words, CONTROL.ROUND) === round) return true;
      control.sleep(task.worker, bell);
    }
  }

  /** Actors at the start of a round: where memory has them. */
  private begin(round: number): void {
    const { world, task, topology } = this;
    // Every worker and every round has its own random numbers, all of them from the one seed.
    const seed = task.seed + (round - 1) * 64 + task.worker;
    this.random.restart(seed);
    this.jitter?.restart(seed);
    const live = task.actors.filter((actor) => !world.ended(actor));
    const refs = startActors(world.table, live.map((actor) => ({ name: topology.actors[actor - 1]!.name, leaf: world.frames[actor]!.leaf })));
    live.forEach((actor, k) => { this.xstate[actor] = refs[k]!; });
    this.parking.reset(live);
  }

  /** Waits for the other workers, so that short rounds overlap: at first by looking, since waking up takes longer than such a round. */
  private arrive(round: number): void {
    const { control, task } = this;
    const all = round * control.workers;
    if (Atomics.add(control.words, CONTROL.ARRIVED, 1) + 1 === all) {
      control.ringAll();
      return;
    }
    const here = (): boolean => Atomics.load(control.words, CONTROL.ARRIVED) >= all || control.end !== END.RUNNING;
    for (let k = 0; k < SPINS; k++) if (here()) return;
    for (let bell = control.bell(task.worker); !here(); bell = control.bell(task.worker)) control.sleep(task.worker, bell);
  }

  private work(): void {
    const { control, parking, task, words, atBell } = this;
    let bell = Atomics.load(words, atBell);
    this.fruitless = 0;
    // Whoever ends the round rings, so that a burst need not look at the end itself.
    while (Atomics.load(words, CONTROL.END) === END.RUNNING) {
      const now = Atomics.load(words, atBell);
      if (now !== bell) {
        bell = now;
        parking.wake();
      }
      if (parking.ready === 0) {
        this.publish();
        control.ring(control.shadow);
        if (this.rungWhileLooking(bell)) continue;
        this.sleeps++;
        control.sleep(task.worker, bell);
        continue;
      }
      this.burst(bell);
      if (parking.ready === 0 || this.fruitless < TRIES * parking.ready) continue;
      // What another worker has taken it gives back only if it runs.
      this.steps.publish();
      Atomics.wait(words, atBell, bell, CONFLICT_MS);
      this.fruitless = 0;
    }
  }

  /** Looks at the bell for some microseconds, if this worker has a processor for itself: an answer from another worker mostly comes within
   *  them, and sleeping and waking up takes longer. */
  private rungWhileLooking(bell: number): boolean {
    const { words, atBell, task } = this;
    for (let k = 0; k < task.looks; k++) if (Atomics.load(words, atBell) !== bell) return true;
    return false;
  }

  /** Steps until the bell is another one, nobody can go on, or nothing but conflicts is to be had. A function of its own, called again and
   *  again, which the JIT makes faster than a loop that is only ever entered once. */
  private burst(bell: number): void {
    const { parking, words, atBell, random, jitter, tryStep } = this;
    while (parking.ready > 0 && Atomics.load(words, atBell) === bell) {
      const tried = tryStep(random.below(parking.ready));
      if (tried === TRIED.CONFLICT) {
        if (++this.fruitless >= TRIES * parking.ready) return;
        continue;
      }
      this.fruitless = 0;
      if (tried === TRIED.BLOCKED) continue;
      this.executed++;
      if ((this.executed & SHOWN_MASK) === 0) {
        this.showSteps();
        if ((this.executed & BURST_MASK) === 0) return;
      }
      if (jitter !== undefined) jitter.pause();
    }
  }
}

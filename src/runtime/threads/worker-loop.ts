// What a worker does: over and over, the next step of one of its own actors, the outcome to the XState actor, the record to the
// log. It sleeps on its doorbell when none of its actors can go on. A run is one round, or many that begin anew.

import { createActor, type AnyActorRef } from 'xstate';
import { blockedOn, isBlocked } from '../../memory/outcome.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';
import { leafOfSnapshot, memoisedLogic, outcomeEvent } from '../../kernel/memoised.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import { Random } from '../random.ts';
import { LaboratoryError, planFor, RunWorld } from '../world.ts';
import { Jitter } from './jitter.ts';
import { LogWriter } from './log.ts';
import { Parking } from './parking.ts';
import { CONTROL, Control, END, OWN, type Shared } from './shared.ts';
import { StepRecorder } from './step-recorder.ts';
import { CONFLICT, VersionTaker } from './versions.ts';

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
  private readonly atActor: number;
  private readonly atBell: number;
  private readonly atSteps: number;
  private readonly taker: VersionTaker;
  private readonly world: RunWorld;
  private readonly steps: StepRecorder;
  private readonly parking: Parking;
  private random: Random;
  private jitter: Jitter | undefined;
  private readonly xstate: AnyActorRef[] = [];
  private readonly finalLeaf: Uint8Array;
  private readonly choose = (n: number): number => this.random.below(n);
  private executed = 0;
  private sleeps = 0;

  constructor(kernel: Kernel, topology: Topology, task: WorkerTask, takerFor: TakerFor) {
    const plan = planFor(kernel, topology);
    const words = new Int32Array(task.shared.memory);
    this.topology = topology;
    this.task = task;
    this.control = new Control(task.shared);
    this.words = this.control.words;
    this.atActor = this.control.at(task.worker, OWN.ACTOR);
    this.atBell = this.control.at(task.worker, OWN.BELL);
    this.atSteps = this.control.at(task.worker, OWN.STEPS);
    this.taker = takerFor(plan, words, plan.byName.get('frame')!.count);
    this.world = new RunWorld(kernel, topology, plan, words, this.taker);
    this.steps = new StepRecorder(new LogWriter(task.shared.logs[task.worker]!), this.control, this.world.table);
    this.parking = new Parking(task.shared.waiters, this.control, task.worker, topology.actors.length, plan.objects);
    this.random = new Random(0);
    // Now, not in the first round: XState takes milliseconds to make a machine.
    for (const actor of task.actors) this.world.table.machine(topology.actors[actor - 1]!.machine);
    this.finalLeaf = Uint8Array.from(this.world.table.leaves, (leaf) => (leaf.final ? 1 : 0));
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
    this.random = new Random(seed);
    this.jitter = task.jitter > 0 ? new Jitter(seed, task.jitter) : undefined;
    const live = task.actors.filter((actor) => !world.ended(actor));
    for (const actor of live) this.xstate[actor] = createActor(memoisedLogic(world.table, world.frames[actor]!.leaf), { systemId: topology.actors[actor - 1]!.name }).start();
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
    const { control, parking, task } = this;
    const { words, atBell } = this;
    let bell = Atomics.load(words, atBell);
    let fruitless = 0;
    while (Atomics.load(words, CONTROL.END) === END.RUNNING) {
      const now = Atomics.load(words, atBell);
      if (now !== bell) {
        bell = now;
        parking.wake();
      }
      if (parking.ready === 0) {
        this.publish();
        control.ring(control.shadow);
        this.sleeps++;
        control.sleep(task.worker, bell);
        continue;
      }
      if (this.tryStep(this.random.below(parking.ready))) fruitless = 0;
      else if (++fruitless >= TRIES * parking.ready) {
        // What another worker has taken it gives back only if it runs.
        this.steps.publish();
        Atomics.wait(words, atBell, bell, CONFLICT_MS);
        fruitless = 0;
      }
    }
  }

  /** Tries the next step of the candidate at this place; false when it met a conflict. */
  private tryStep(place: number): boolean {
    const { parking, world } = this;
    const actor = parking.candidates[place]!;
    let result = this.attempt(actor);
    if (result === undefined) return false;
    if (isBlocked(result)) {
      const object = blockedOn(result);
      parking.announce(object);
      // Asked once more behind the announcement: who writes the object from here on sees it.
      result = this.attempt(actor);
      if (result === undefined) return false;
      if (isBlocked(result)) {
        if (blockedOn(result) === object) parking.park(place, object);
        return true;
      }
    }
    if (this.finalLeaf[world.last.to] !== 0) parking.remove(place);
    this.done();
    return true;
  }

  /** Executes the next step of an actor; nothing when it met a conflict, and was taken back. */
  private attempt(actor: number): number | undefined {
    const { taker, world } = this;
    this.words[this.atActor] = actor;
    taker.begin();
    let result: number;
    try {
      result = world.step(actor, this.choose);
    } catch (error) {
      taker.rollBack();
      if (error !== CONFLICT) throw error;
      taker.conflicts++;
      return undefined;
    }
    if (isBlocked(result)) {
      taker.rollBack();
      return result;
    }
    const ref = this.xstate[actor]!;
    ref.send(outcomeEvent(result));
    if (leafOfSnapshot(ref.getSnapshot()) !== world.last.to) {
      taker.rollBack();
      throw new LaboratoryError(`the XState actor of '${this.topology.actors[actor - 1]!.name}' is not in the state that the table says`);
    }
    if (this.task.recorded) this.steps.record(world.last, taker);
    taker.commit();
    return result;
  }

  /** Behind a step: wakes whom it may concern. */
  private done(): void {
    const { taker, parking } = this;
    this.executed++;
    if ((this.executed & SHOWN_MASK) === 0) this.showSteps();
    for (let k = 0; k < taker.count; k++) if (taker.wrote[k] !== 0) parking.written(taker.objects[k]!);
    if (this.jitter !== undefined) this.jitter.pause();
  }
}

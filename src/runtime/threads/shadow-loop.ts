// What the shadow's thread does: follows the logs, has every step recorded and checked, sends whole batches to the main thread,
// finds out when a round is over and why, compares memories at its end, and begins the next round.

import { Analysis, type AnalysisReport } from '../../check/analysis.ts';
import type { Invariant } from '../../check/invariant.ts';
import type { Violation } from '../../check/violation.ts';
import type { Kernel } from '../../kernel/define.ts';
import { blockedOn, isBlocked } from '../../memory/outcome.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { TraceBatch } from '../../trace/batch.ts';
import type { Injection } from '../injection.ts';
import { Recorder } from '../recorder.ts';
import { WriteLog } from '../write-log.ts';
import { outsideCanHelp } from '../standstill.ts';
import { LaboratoryError, planFor, privateWords, RunWorld } from '../world.ts';
import { CONTROL, Control, END, type Shared } from './shared.ts';
import { firstDifference, Shadow } from './shadow.ts';
import { versionWord } from './versions.ts';

export interface ShadowTask {
  readonly shared: Shared;
  /** Steps of a round at most. */
  readonly steps: number;
  /** Rounds; the first that ends with a finding is the last. */
  readonly rounds: number;
  /** False: there are no logs to follow; only the end of the run is to be seen to. */
  readonly recorded: boolean;
  /** Lock order, data races, race windows are looked for. */
  readonly analysed: boolean;
}

/** How the last round ended. */
export interface ShadowResult {
  readonly why: 'finished' | 'deadlock' | 'violation' | 'steps' | 'seconds' | 'interrupted' | 'failed';
  readonly steps: number;
  readonly violation?: Violation;
  readonly evaluated: readonly number[];
  /** Rounds that were run, and steps of all of them. */
  readonly rounds: number;
  readonly allSteps: number;
  /** Seconds from when all threads were up. */
  readonly seconds: number;
  /** Of all rounds. */
  readonly analysis?: AnalysisReport;
}

/** What the main thread is told. */
export interface Tell {
  /** All threads are up, and the first round begins. */
  up(): void;
  batch(batch: TraceBatch): void;
  /** Nobody can go on; the standstill has this number. */
  still(number: number): void;
}

/** Batches that may be on their way to the main thread. */
const MOST_UNDERWAY = 16;
/** Milliseconds after which what was not sent is sent, when there is nothing else to do. */
const FLUSH_MS = 25;
/** Batches of a round that are kept back when there are several rounds: only the last round's are sent. */
const MOST_KEPT = 256;

/** Follows a run to its end. Call inside the shadow's thread: it sleeps. */
export function runShadow(kernel: Kernel, topology: Topology, task: ShadowTask, invariants: readonly Invariant[], tell: Tell): ShadowResult {
  return new ShadowLoop(kernel, topology, task, invariants, tell).run();
}

class ShadowLoop {
  private readonly task: ShadowTask;
  private readonly control: Control;
  private readonly world: RunWorld;
  private readonly memory: Int32Array<SharedArrayBuffer>;
  private readonly log: WriteLog;
  private readonly shadow: Shadow;
  private readonly probe: Probe;
  private readonly analysis: Analysis | undefined;
  private readonly recorder: Recorder;
  private readonly tell: Tell;
  /** State at the start of every round. */
  private readonly start: Int32Array;
  private round = 0;
  private allSteps = 0;
  private standstills = 0;
  /** Batches of this round that were not sent yet. */
  private kept: TraceBatch[] = [];
  /** State behind the last step that counts, once there is one: the steps that follow it are executed, and forgotten. */
  private cut: Int32Array | undefined;
  /** Why the round before ended. */
  private reason: number = END.RUNNING;

  constructor(kernel: Kernel, topology: Topology, task: ShadowTask, invariants: readonly Invariant[], tell: Tell) {
    const plan = planFor(kernel, topology);
    const words = new Int32Array(task.shared.shadow);
    this.task = task;
    this.tell = tell;
    this.control = new Control(task.shared);
    this.memory = new Int32Array(task.shared.memory);
    this.log = new WriteLog(plan.objects);
    this.world = new RunWorld(kernel, topology, plan, words, this.log);
    this.probe = new Probe(this.world);
    this.analysis = task.analysed ? new Analysis(this.world) : undefined;
    this.start = words.slice(0, plan.stateWords);
    this.recorder = new Recorder(this.world, invariants, (batch) => { this.take(batch); }, { forward: task.rounds === 1 });
    this.log.watchOnly(this.recorder.wanted());
    this.shadow = new Shadow(this.world, task.shared, () => { this.log.clear(); }, (injection) => { this.afterStep(injection); });
  }

  run(): ShadowResult {
    try {
      this.awaitWorkers();
      this.tell.up();
      return this.rounds();
    } catch (error) {
      // What was executed before explains it.
      if (this.task.rounds === 1) this.recorder.flush();
      throw error;
    }
  }

  private rounds(): ShadowResult {
    const { control, task } = this;
    const began = performance.now();
    let why: ShadowResult['why'];
    do {
      this.begin();
      why = this.follow();
      this.allSteps += this.recorder.steps;
    } while (this.round < task.rounds && (why === 'finished' || why === 'steps'));
    this.recorder.flush();
    for (const batch of this.kept) this.send(batch);
    Atomics.store(control.words, CONTROL.END, END.QUIT);
    control.ringAll();
    const { steps, violation, evaluated } = this.recorder;
    const seconds = (performance.now() - began) / 1000;
    return { seconds, why, steps, ...(violation ? { violation } : {}), evaluated, rounds: this.round, allSteps: this.allSteps, ...(this.analysis ? { analysis: this.analysis.report() } : {}) };
  }

  private awaitWorkers(): void {
    const { control } = this;
    for (;;) {
      const bell = control.bell(control.shadow);
      if (Atomics.load(control.words, CONTROL.READY) === control.workers || control.end !== END.RUNNING) return;
      control.sleep(control.shadow, bell);
    }
  }

  /** Puts both memories to the start of a round and lets the workers go. */
  private begin(): void {
    const { control, world, memory, task } = this;
    this.round++;
    if (this.round > 1) {
      world.words.set(this.start);
      memory.set(this.start);
      this.kept = [];
      this.recorder.restart();
      this.analysis?.begin();
    }
    this.cut = undefined;
    this.shadow.restart();
    memory.fill(versionWord(task.shared.firstVersion), world.plan.versions, world.plan.versions + world.plan.objects);
    new Int32Array(task.shared.waiters).fill(0);
    if (this.round > 1) Atomics.compareExchange(control.words, CONTROL.END, this.reason, END.RUNNING);
    // Who wanted to stop between two rounds has found no round to end.
    const stop = Atomics.load(control.words, CONTROL.STOP);
    if (stop !== 0) this.end(stop);
    if (this.recorder.violation !== undefined) {
      this.cut = this.start;
      this.end(END.VIOLATION);
    }
    Atomics.store(control.words, CONTROL.ROUND, this.round);
    control.ringAll();
  }

  /** Follows a round to its end. */
  private follow(): ShadowResult['why'] {
    const { control, shadow } = this;
    let flushed = performance.now();
    for (;;) {
      const bell = control.bell(control.shadow);
      if (shadow.follow() > 0) {
        Atomics.store(control.words, CONTROL.STILL, 0);
        continue;
      }
      Atomics.store(control.words, CONTROL.UNORDERED, shadow.drained() ? 0 : 1);
      if (control.end !== END.RUNNING) {
        if (this.allDone()) return this.ended();
      } else if (this.standsStill()) continue;
      const now = performance.now();
      const due = flushed + FLUSH_MS - now;
      if (due <= 0) {
        if (this.cut === undefined && this.task.rounds === 1) this.recorder.flush();
        flushed = now;
      }
      control.sleep(control.shadow, bell, due > 0 ? due : FLUSH_MS);
    }
  }

  /** All workers have finished the round: what they logged is all there is. */
  private allDone(): boolean {
    return Atomics.load(this.control.words, CONTROL.DONE) >= this.round * this.control.workers;
  }

  /** Ends the round when nobody can go on any more. */
  private standsStill(): boolean {
    const { control, shadow } = this;
    if (Atomics.load(control.words, CONTROL.ARRIVED) < this.round * control.workers) return false;
    const bells = control.bells();
    if (!control.allAsleep() || !shadow.drained()) return false;
    if (!control.allAsleep() || control.bells().some((bell, worker) => bell !== bells[worker])) return false;
    const mover = this.task.recorded ? this.probe.whoCanGoOn() : undefined;
    if (mover !== undefined) throw new LaboratoryError(`all workers sleep, and '${mover}' could go on: a wake-up was lost`);
    return this.mayWaitForOutside() ? false : this.end(END.STANDSTILL);
  }

  /** Nobody can go on: the main thread is told, and what has happened so far, and it says when nothing more will come from outside. */
  private mayWaitForOutside(): boolean {
    const { words } = this.control;
    if (Atomics.load(words, CONTROL.STILL) !== 0) return Atomics.load(words, CONTROL.GIVEN_UP) !== this.standstills;
    const { world, task } = this;
    if (task.rounds > 1 || !world.topology.actors.some((_spec, i) => world.leafOf(i + 1).outside !== undefined) || !outsideCanHelp(world)) return false;
    this.standstills++;
    this.recorder.flush();
    Atomics.store(words, CONTROL.STILL, this.standstills);
    this.tell.still(this.standstills);
    return true;
  }

  private end(reason: number): boolean {
    return this.control.finish(reason);
  }

  /** The round is over for everybody. */
  private ended(): ShadowResult['why'] {
    const { control, shadow, world, recorder } = this;
    while (shadow.follow() > 0);
    const reason = control.end;
    this.reason = reason;
    if (reason === END.FAILED) {
      shadow.discard();
      return 'failed';
    }
    if (!shadow.drained()) throw new LaboratoryError('the shadow cannot order what the workers logged: a ticket is missing');
    if (!this.task.recorded) world.words.set(this.memory);
    const cell = firstDifference(world.plan, world.words, this.memory);
    if (cell >= 0) throw new LaboratoryError(`behind step ${shadow.steps} the shadow differs from physical memory at word ${cell}`);
    if (this.cut !== undefined) world.words.set(this.cut);
    else if (reason === END.STANDSTILL) this.probe.waits((actor, object) => { this.analysis?.blocked(actor, object); });
    if (recorder.violation !== undefined) return 'violation';
    switch (reason) {
      case END.STEPS: return 'steps';
      case END.SECONDS: return 'seconds';
      case END.INTERRUPTED: return 'interrupted';
      default: return world.topology.actors.some((_spec, i) => !world.leafOf(i + 1).idle) ? 'deadlock' : 'finished';
    }
  }

  private afterStep(injection: Injection | undefined): void {
    if (this.cut !== undefined) return;
    const { log, recorder } = this;
    if (injection === undefined) this.analysis?.afterStep(this.shadow.footprint);
    const held = injection === undefined ? recorder.record(log.written, log.count) : recorder.recordInjection(injection, log.written, log.count);
    if (held && this.recorder.steps < this.task.steps) return;
    // What the workers did meanwhile is followed, so that memories can be compared, and is no part of the run.
    this.cut = this.world.words.slice(0, this.world.plan.stateWords);
    this.end(held ? END.STEPS : END.VIOLATION);
  }

  private take(batch: TraceBatch): void {
    if (this.task.rounds === 1) {
      this.send(batch);
      return;
    }
    if (this.kept.length === MOST_KEPT) {
      throw new LaboratoryError(`a round has more than ${batch.first - 1} steps; rounds that are repeated are to be short`);
    }
    this.kept.push(batch);
  }

  /** Sends a batch; waits while the main thread has too many of them. */
  private send(batch: TraceBatch): void {
    const { words } = this.control;
    for (;;) {
      const taken = Atomics.load(words, CONTROL.TAKEN);
      if (Atomics.load(words, CONTROL.EMITTED) - taken < MOST_UNDERWAY || this.control.end === END.QUIT) break;
      Atomics.wait(words, CONTROL.TAKEN, taken);
    }
    Atomics.add(words, CONTROL.EMITTED, 1);
    this.tell.batch(batch);
  }
}

/** A copy of a world, to be asked what could happen in it. */
class Probe {
  private readonly original: RunWorld;
  private copy: RunWorld | undefined;

  constructor(original: RunWorld) {
    this.original = original;
  }

  /** The first actor that could execute a step. */
  whoCanGoOn(): string | undefined {
    const copy = this.fresh();
    return copy.topology.actors.find((_spec, i) => !copy.ended(i + 1) && !isBlocked(copy.step(i + 1, () => 0)))?.name;
  }

  /** When nobody can go on: each actor that waits, and for which object. */
  waits(visit: (actor: number, object: number) => void): void {
    const copy = this.fresh();
    for (let actor = 1; actor <= copy.topology.actors.length; actor++) if (!copy.ended(actor)) visit(actor, blockedOn(copy.step(actor, () => 0)));
  }

  private fresh(): RunWorld {
    const { kernel, topology, plan, words } = this.original;
    this.copy ??= new RunWorld(kernel, topology, plan, privateWords(plan));
    this.copy.words.set(words);
    return this.copy;
  }
}

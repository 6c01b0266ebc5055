// replay: executes the steps of a trace again on a fresh world, holding each against what the trace says of it, and memory at
// the end against its hash. Anything else than the same run is refused at the step where it shows.

import { isBlocked, outcomeName } from '../memory/outcome.ts';
import type { Observer, Words } from '../memory/views.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { checkInjectionRecord, checkRecord, malformedStep } from '../trace/check.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { TraceError } from '../trace/errors.ts';
import type { TraceFooter } from '../trace/header.ts';
import { outcomeNames, outcomesToTrace } from '../trace/outcomes.ts';
import type { TraceSource } from '../trace/source.ts';
import { EventMaker, type StepEvent } from './events.ts';
import { applyInjection, injectionProblem, type Injection } from './injection.ts';
import { hashOf, preparedWorld } from './prepared.ts';
import { runSetup } from './setup.ts';
import { ValueLog } from './values.ts';
import type { RunWorld } from './world.ts';

/** The replay of a trace did something else than the run. */
export class ReplayError extends Error {
  override name = 'ReplayError';
  /** Step at which it shows; 0: before the first. */
  readonly step: number;
  /** The kernel came with the trace: its text may be to blame. */
  readonly ownKernel: boolean;

  constructor(source: TraceSource, step: number, sentence: string) {
    super(`${source.name}${step === 0 ? '' : `, step ${step}`}: ${sentence}`);
    this.step = step;
    this.ownKernel = source.header.kernelText !== undefined;
  }
}

/** Refuses a trace that was made from other sources than these, before a step of it is executed. */
export function checkVersion(source: TraceSource, kernel: Kernel, fingerprint: string, version: string): void {
  const { header } = source;
  const refuse = (problem: 'version' | 'malformed', sentence: string): never => { throw new TraceError(problem, sentence).of(source.name); };
  if (header.fingerprint !== fingerprint) {
    refuse('version', `was recorded by faultline ${header.faultline} with other sources of kernel '${header.kernel}' (${header.fingerprint}, here ${fingerprint}, faultline ${version}); `
      + `replay it with those, or run only its schedule with replay --kernel ${header.kernel}`);
  }
  if (header.leaves !== kernel.table.leaves.length || header.outcomes.join() !== outcomeNames(kernel.table).join()) {
    refuse('malformed', `has a header whose states or outcomes are not those of kernel '${header.kernel}'`);
  }
}

/** Goes through a trace step by step. */
export class Replayer<O extends Observer = Observer> {
  readonly source: TraceSource;
  readonly world: RunWorld;
  /** Told of every access of the steps. */
  readonly observer: O;
  /** Steps executed so far. */
  step = 0;
  /** Known once the last step was executed. */
  footer: TraceFooter | undefined;
  private readonly outcomes: Int32Array;
  private batches: Generator<TraceBatch, TraceFooter>;
  private batch: TraceBatch | undefined;
  private at = 0;
  /** Place of the batch's next injection. */
  private injection = 0;
  /** Instructions that came with the trace have been executed, or may be from now on. */
  private injected = false;
  private wanted = NO_CHOICE;

  /** The trace must have passed checkVersion. */
  constructor(source: TraceSource, kernel: Kernel, topology: Topology, observerFor: (objects: number, words: Words) => O) {
    this.source = source;
    const { world, observer } = preparedWorld(kernel, topology, observerFor);
    this.world = world;
    this.observer = observer;
    this.outcomes = outcomesToTrace(world.table);
    this.batches = source.batches();
    this.compareStart();
  }

  /** Executes the next step; false behind the last one. `world.last` tells what it was. */
  next(): boolean {
    if (this.footer !== undefined || !this.fetch()) return false;
    const { records } = this.batch!;
    const at = this.at * RECORD.WORDS;
    const { world } = this;
    const actor = records[at]!;
    const number = this.step + 1;
    const differs = (sentence: string): ReplayError => new ReplayError(this.source, number, sentence);
    if (actor === OUTSIDE_ACTOR) return this.inject(this.batch!.injections?.[this.injection++], at, number);
    const name = world.topology.actors[actor - 1]?.name;
    if (name === undefined) throw malformedStep(this.source, number, `there is no actor ${actor}; the scenario has ${world.topology.actors.length}`);
    checkRecord(this.source, records, at, number);
    const leaf = world.leafOf(actor);
    if (leaf.number !== records[at + RECORD.LEAF]) {
      const other = world.table.leaves[records[at + RECORD.LEAF]!]!;
      throw differs(`the trace has '${name}' in state '${other.path}', here it is in '${leaf.path}'`);
    }
    if (leaf.final) throw differs(`'${name}' has ended`);
    this.wanted = records[at + RECORD.CHOICE]!;
    const result = this.execute(actor, number);
    const expected = this.source.header.outcomes[records[at + RECORD.OUTCOME]!]!;
    if (isBlocked(result)) throw differs(`'${leaf.step}' of '${name}' is blocked here; the trace has outcome '${expected}'`);
    if (this.outcomes[result] !== records[at + RECORD.OUTCOME]) throw differs(`'${leaf.step}' of '${name}' answers '${outcomeName(result)}' here; the trace has outcome '${expected}'`);
    if (world.last.choices === 0 && this.wanted !== NO_CHOICE) throw differs(`'${leaf.step}' of '${name}' has no choice here; the trace has choice ${this.wanted}`);
    this.at++;
    this.step = number;
    return true;
  }

  /** What came in by the last step; nothing when it was a step of an actor. */
  get lastInjection(): Injection | undefined {
    return this.world.last.actor === OUTSIDE_ACTOR ? this.batch?.injections?.[this.injection - 1] : undefined;
  }

  /** Puts in what came in there. `world.last.actor` is 0 then. */
  private inject(injection: Injection | undefined, at: number, number: number): boolean {
    const { source, world } = this;
    if (injection === undefined) throw malformedStep(source, number, 'it is an injection, and the trace does not have it');
    checkInjectionRecord(source, this.batch!.records, at, number, injection.actor);
    const problem = injectionProblem(world, injection);
    if (problem !== undefined) throw malformedStep(source, number, problem);
    if (!applyInjection(world, injection)) {
      const { name } = world.topology.actors[injection.actor - 1]!;
      throw new ReplayError(source, number, `something comes in for '${name}', which does not wait for it here, in state '${world.leafOf(injection.actor).path}'`);
    }
    this.injected = true;
    this.at++;
    this.step = number;
    return true;
  }

  /** Executes the next step of an actor. What instructions that came in make go wrong is the trace's fault. */
  private execute(actor: number, number: number): number {
    try {
      return this.world.step(actor, this.choose);
    } catch (error) {
      if (!this.injected || !(error instanceof RangeError)) throw error;
      throw malformedStep(this.source, number, `it cannot be executed, since a command that came in names what is not there: ${error.message}`);
    }
  }

  /** Goes to the state behind step `step`, or to the end if that comes first; backwards by starting again. */
  runTo(step: number): void {
    if (step < this.step) this.restart();
    while (this.step < step && this.next());
  }

  /** Goes back to the state before the first step. */
  restart(): void {
    this.close();
    runSetup(this.world);
    this.batches = this.source.batches();
    this.batch = undefined;
    this.at = 0;
    this.injection = 0;
    this.injected = false;
    this.step = 0;
    this.footer = undefined;
  }

  /** Lets go of the file when the trace is not read to its end. */
  close(): void {
    this.batches.return(undefined as never);
  }

  private readonly choose = (n: number): number => {
    const number = this.step + 1;
    if (this.wanted === NO_CHOICE) throw new ReplayError(this.source, number, `the step has a choice of ${n} here; the trace has none`);
    if (this.wanted >= n) throw malformedStep(this.source, number, `the trace has choice ${this.wanted}; there are ${n}, counted from 0`);
    return this.wanted;
  };

  /** Sees to it that there is a record at `at`; false behind the last one, where the final hash is compared. */
  private fetch(): boolean {
    while (this.batch === undefined || this.at === this.batch.count) {
      const more = this.batches.next();
      if (more.done === true) {
        this.footer = more.value;
        const hash = hashOf(this.world);
        if (this.footer.why !== 'failed' && hash !== this.footer.hash) throw new ReplayError(this.source, this.step, `behind it, the last, memory is ${hash} here; the trace has ${this.footer.hash}`);
        return false;
      }
      this.batch = more.value;
      this.at = 0;
      this.injection = 0;
    }
    return true;
  }

  private compareStart(): void {
    const hash = hashOf(this.world);
    const { start } = this.source.header;
    if (hash !== start) throw new ReplayError(this.source, 0, `the set-up of the scenario leaves memory ${hash} here; the trace has ${start}`);
  }
}

/** Every step of a trace with the values that it read and wrote, from step `from` to step `to`. */
export function* eventsOfTrace(source: TraceSource, kernel: Kernel, topology: Topology, from = 1, to = Infinity): Generator<StepEvent, TraceFooter | undefined> {
  const replayer = new Replayer(source, kernel, topology, (_objects, words) => new ValueLog(words));
  const { world, observer } = replayer;
  const maker = new EventMaker(world, observer);
  try {
    while (replayer.step < to) {
      observer.clear();
      if (!replayer.next()) break;
      if (replayer.step >= from) yield maker.event(replayer.step, replayer.lastInjection);
    }
    return replayer.footer;
  } finally {
    replayer.close();
  }
}

// Any step of a run at once: memory is kept every so many steps, the rest is executed again. One world runs without anybody watching, as
// quick as there is; a second one takes its memory over and executes the one step that somebody looks at, with every value noted.

import type { Kernel } from '../../../kernel/define.ts';
import type { Injection } from '../../../memory/injection.ts';
import { applyInjection } from '../../../runtime/injection.ts';
import { blockedOn, isBlocked } from '../../../memory/outcome.ts';
import { EventMaker, type StepEvent } from '../../../runtime/events.ts';
import { hashOf, preparedWorld } from '../../../runtime/prepared.ts';
import { ValueLog } from '../../../runtime/values.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { InspectError } from './errors.ts';
import { Forward } from './forward.ts';
import type { Records } from './records.ts';

/** Steps between two copies of memory, at least: what is executed at most to reach a step. */
const LEAST_STRIDE = 4096;
/** Bytes that all copies may take. */
const MOST_BYTES = 1 << 28;
/** Events kept, since people go back and forth. */
const KEPT_EVENTS = 4096;

/** What an actor's next step is found to be: the object that it is blocked on or -1, and of how many it has to choose (0: nothing). */
export interface Peeked { readonly object: number; readonly choices: number; readonly blocked: boolean }

export class Playback {
  /** Memory behind step `at`. What it executed last is that step, if its values were asked for. */
  readonly world: RunWorld;
  records: Records;
  /** Hash of memory before the first step. */
  readonly startHash: string;
  /** Step behind which `world` stands. */
  at = 0;
  private readonly log: ValueLog;
  private readonly maker: EventMaker;
  private readonly watched: Forward;
  private readonly runner: Forward;
  private runnerAt = 0;
  private copies: Int32Array[] = [];
  private stride = LEAST_STRIDE;
  private readonly most: number;
  private readonly events = new Map<number, StepEvent>();

  constructor(kernel: Kernel, topology: Topology, records: Records) {
    this.records = records;
    const { world } = preparedWorld(kernel, topology);
    const watched = preparedWorld(kernel, topology, (_objects, words) => new ValueLog(words));
    this.startHash = hashOf(world);
    this.runner = new Forward(world);
    this.world = watched.world;
    this.watched = new Forward(watched.world);
    this.log = watched.observer;
    this.maker = new EventMaker(watched.world, watched.observer);
    this.most = Math.max(4, Math.floor(MOST_BYTES / (world.plan.constants * 4)));
    this.copies = [world.words.slice()];
  }

  /** Hash of memory behind step `at`. */
  get hash(): string {
    return hashOf(this.world);
  }

  /** Somebody else has come to this step: a copy of memory there is kept if one is wanted. */
  offer(step: number, words: Int32Array): void {
    if (step === this.copies.length * this.stride) this.keep(words);
  }

  /** Brings `world` behind step `step`, its values noted: `world.last` and what `event` answers are of it. */
  go(step: number): void {
    if (step === this.at + 1) this.watch(step);
    else {
      this.place(Math.max(0, step - 1));
      if (step > 0) this.watch(step);
    }
  }

  /** Brings `world` to where it was before step `step + 1`, without executing anything under watch. */
  place(step: number): void {
    this.runTo(step);
    this.take(step);
  }

  /** A step with every value that it read and wrote. Leaves `world` where it is. */
  event(step: number): StepEvent {
    return this.range(step, step)[0]!;
  }

  /** The events from `from` to `to`, both with. */
  range(from: number, to: number): StepEvent[] {
    const result: StepEvent[] = [];
    const { at } = this;
    for (let step = from; step <= to; step++) {
      let event = this.events.get(step);
      if (event === undefined) {
        if (this.at !== step - 1) this.place(step - 1);
        event = this.watch(step);
      }
      result.push(event);
    }
    if (this.at !== at) this.place(at);
    return result;
  }

  /** Steps behind `step` are others now. */
  cut(step: number): void {
    for (const key of this.events.keys()) if (key > step) this.events.delete(key);
    this.copies.length = Math.min(this.copies.length, Math.floor(step / this.stride) + 1);
    if (this.runnerAt > step) this.restore(this.copies.length - 1);
    if (this.at > step) this.place(step);
  }

  /** Goes on with other steps, which are the same up to `step`, where it stands. */
  takeOver(records: Records, step: number): void {
    this.cut(step);
    this.records = records;
  }

  /** Adds a step of an actor behind the last one, where `world` must stand, and goes there. */
  append(actor: number, choice: number): void {
    const { world, records } = this;
    this.log.clear();
    const from = world.leafOf(actor).number;
    const result = world.step(actor, (n) => Math.max(0, Math.min(choice, n - 1)));
    if (isBlocked(result)) throw new InspectError(`${world.topology.actors[actor - 1]!.name} cannot take a step here`);
    records.push(actor, from, this.watched.numberOf(result), world.last.choices === 0 ? -1 : world.last.choice);
    this.noted();
  }

  /** Adds what comes in from outside; false when its receiver does not wait for it. */
  appendInjection(injection: Injection): boolean {
    this.log.clear();
    if (!applyInjection(this.world, injection)) return false;
    this.records.pushInjection(injection);
    this.noted();
    return true;
  }

  private noted(): void {
    this.at = this.records.count;
    this.events.set(this.at, this.maker.event(this.at, this.records.injection(this.at)));
  }

  /** Memory behind a step, for others who execute from there. */
  memory(step: number): Int32Array {
    this.runTo(step);
    return this.runner.world.words;
  }

  /** Hash of memory behind a step. */
  hashAt(step: number): string {
    this.runTo(step);
    return hashOf(this.runner.world);
  }

  /** What an actor's next step would do here, first choice; `world` stays as it is. */
  peek(actor: number): Peeked {
    const { world, log } = this;
    if (world.ended(actor)) return { object: -1, choices: 0, blocked: true };
    const kept = { ...world.last };
    let choices = 0;
    log.clear();
    const result = world.step(actor, (n) => {
      choices = n;
      return 0;
    });
    for (const { cell, before, written } of log.take()) if (written) world.words[cell] = before;
    Object.assign(world.last, kept);
    return { object: isBlocked(result) ? blockedOn(result) : -1, choices, blocked: isBlocked(result) };
  }

  private watch(step: number): StepEvent {
    this.log.clear();
    this.watched.execute(this.records, step);
    this.at = step;
    const event = this.maker.event(step, this.records.injection(step));
    if (this.events.size >= KEPT_EVENTS) this.events.delete(this.events.keys().next().value!);
    this.events.set(step, event);
    return event;
  }

  private take(step: number): void {
    this.world.words.set(this.runner.world.words);
    this.at = step;
  }

  private runTo(step: number): void {
    const nearest = Math.min(this.copies.length - 1, Math.floor(step / this.stride));
    if (step < this.runnerAt || nearest * this.stride > this.runnerAt) this.restore(nearest);
    const { runner, records } = this;
    let next = this.copies.length * this.stride;
    while (this.runnerAt < step) {
      runner.execute(records, this.runnerAt + 1);
      this.runnerAt++;
      if (this.runnerAt !== next) continue;
      this.keep(runner.world.words);
      next = this.copies.length * this.stride;
    }
  }

  private restore(copy: number): void {
    this.runner.world.words.set(this.copies[copy]!);
    this.runnerAt = copy * this.stride;
  }

  private keep(words: Int32Array): void {
    this.copies.push(words.slice());
    if (this.copies.length <= this.most) return;
    // Every second copy is enough.
    this.copies = this.copies.filter((_copy, k) => k % 2 === 0);
    this.stride *= 2;
  }
}

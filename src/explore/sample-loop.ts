// Executes schedules of one world, one after the other, as a strategy decides: the state at the start is put back, blocked actors are
// parked until somebody writes what they wait for, and every decision is kept. It allocates nothing per step.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import { Parking } from '../runtime/parking.ts';
import type { WriteLog } from '../runtime/write-log.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Decision } from './schedule.ts';
import type { Strategy } from './strategy.ts';

/** What came of asking for a step: it was executed; nobody can go on; the strategy gave the schedule up. */
export const STEPPED = 0, STILL = 1, GIVEN_UP = 2;

export class ScheduleLoop extends Parking {
  readonly world: RunWorld;
  /** Steps of this schedule so far. */
  steps = 0;
  /** Who took each of them, and its choice; -1 none. */
  readonly actors: Uint16Array;
  readonly choices: Int32Array;
  /** Number of the step, from 1, that each actor took last in this schedule; 0 none yet. */
  readonly lastStep: Int32Array;
  /** Object that each parked actor waits for; -1: not parked. */
  readonly waitsOn: Int32Array;
  /** Told of each actor that was found blocked, and on what. */
  parked: (actor: number, object: number) => void = () => {};
  private readonly start: Int32Array;
  private readonly state: Int32Array;
  private readonly alive: Int32Array;
  private readonly finalLeaf: Uint8Array;
  private strategy!: Strategy;
  private readonly choose = (n: number): number => this.strategy.choose(n);

  /** Of a world that stands where schedules begin, with the log that watches it. A schedule has at most `bound` steps. */
  constructor(world: RunWorld, log: WriteLog, bound: number) {
    super(log, world.topology.actors.length, world.plan.objects);
    this.world = world;
    const { plan, table, topology } = world;
    this.state = world.words.subarray(0, plan.stateWords) as Int32Array;
    this.start = Int32Array.from(this.state);
    this.finalLeaf = Uint8Array.from(table.leaves, (leaf) => (leaf.final ? 1 : 0));
    const actors = topology.actors.length;
    this.alive = Int32Array.from(topology.actors.keys(), (i) => i + 1).filter((actor) => !world.ended(actor));
    this.waitsOn = new Int32Array(actors + 1).fill(-1);
    this.lastStep = new Int32Array(actors + 1);
    this.actors = new Uint16Array(bound);
    this.choices = new Int32Array(bound);
  }

  /** Actors that have not ended where schedules begin. */
  get living(): number {
    return this.alive.length;
  }

  /** Back to the start, under a strategy that has begun its next schedule. */
  begin(strategy: Strategy): void {
    this.strategy = strategy;
    this.reset();
  }

  /** Memory as it was where schedules begin, nobody parked. */
  reset(): void {
    this.state.set(this.start);
    this.steps = 0;
    const { alive, place, waitsOn } = this;
    this.ready = 0;
    this.lastStep.fill(0);
    for (let k = 0; k < alive.length; k++) {
      const actor = alive[k]!;
      const object = waitsOn[actor]!;
      if (object >= 0) this.forget(object);
      place[actor] = -1;
      this.wake(actor);
    }
  }

  /** Takes the steps of this schedule once more, from the start; `visit` is told how many were taken, from 0 on. The schedule is over. */
  playAgain(visit: (steps: number) => void): void {
    const { world } = this;
    this.state.set(this.start);
    visit(0);
    for (let step = 0; step < this.steps; step++) {
      world.step(this.actors[step]!, () => Math.max(0, this.choices[step]!));
      visit(step + 1);
    }
  }

  /** Lets the strategy pick until somebody steps. `world.last` and the log tell of the step. */
  next(): number {
    const { world, log, strategy, candidates } = this;
    while (this.ready > 0) {
      const at = strategy.pick(candidates, this.ready);
      if (at < 0) return GIVEN_UP;
      const actor = candidates[at]!;
      log.clear();
      const result = world.step(actor, this.choose);
      if (isBlocked(result)) {
        this.park(actor, blockedOn(result));
        continue;
      }
      const { steps } = this;
      this.actors[steps] = actor;
      this.choices[steps] = world.last.choice;
      this.steps = steps + 1;
      this.lastStep[actor] = steps + 1;
      this.wakeWritten();
      if (this.finalLeaf[world.last.to] !== 0) this.sleep(actor);
      return STEPPED;
    }
    return STILL;
  }

  /** Asks everybody who may be able to go on, and parks those who cannot; true when nobody is left. The schedule is over: nobody moves. */
  settle(): boolean {
    const { world, state } = this;
    const kept = state.slice();
    const { watch } = world;
    world.watch = undefined;
    for (let at = this.ready - 1; at >= 0; at--) {
      const actor = this.candidates[at]!;
      const result = world.step(actor, () => 0);
      if (isBlocked(result)) this.park(actor, blockedOn(result));
      else state.set(kept);
    }
    world.watch = watch;
    return this.ready === 0;
  }

  /** Calls `visit` for each actor that may be able to go on. */
  forCandidates(visit: (actor: number) => void): void {
    for (let at = 0; at < this.ready; at++) visit(this.candidates[at]!);
  }

  /** The first `steps` decisions of this schedule. */
  schedule(steps = this.steps): Decision[] {
    return Array.from({ length: steps }, (_one, k) => ({ actor: this.actors[k]!, choice: this.choices[k]! }));
  }

  protected override wake(actor: number): void {
    this.waitsOn[actor] = -1;
    super.wake(actor);
  }

  protected override park(actor: number, object: number): void {
    super.park(actor, object);
    this.waitsOn[actor] = object;
    this.parked(actor, object);
  }
}
